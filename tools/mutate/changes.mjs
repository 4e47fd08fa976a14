// What may be put in the place of one node. Each change stands alone.
import ts from 'typescript';
import { isBoolean, mayBeLeftOut, siblingOf } from './types.mjs';

const { SyntaxKind: Kind } = ts;

/** Changes of one node: `is` is the code that takes the place of `node`, or of what is there up to `end`. */
export function* changesOf(node, about) {
  for (const change of CHANGES) yield* change(node, about);
}

const CHANGES = [
  conditions,
  comparisons,
  logic,
  arithmetic,
  booleans,
  numbers,
  strings,
  verdicts,
  elements,
  properties,
  statements,
  calls,
  generations,
];

const put = (node, is, kind) => ({ node, is, kind });

const COMPARED = new Map([
  [Kind.EqualsEqualsEqualsToken, ['!==']],
  [Kind.ExclamationEqualsEqualsToken, ['===']],
  [Kind.LessThanToken, ['<=', '>=']],
  [Kind.LessThanEqualsToken, ['<', '>']],
  [Kind.GreaterThanToken, ['>=', '<=']],
  [Kind.GreaterThanEqualsToken, ['>', '<']],
]);

const LOGIC = new Map([
  [Kind.AmpersandAmpersandToken, '||'],
  [Kind.BarBarToken, '&&'],
]);

const ARITHMETIC = new Map([
  [Kind.PlusToken, '-'],
  [Kind.MinusToken, '+'],
  [Kind.AsteriskToken, '/'],
  [Kind.SlashToken, '*'],
  [Kind.PercentToken, '*'],
  [Kind.LessThanLessThanToken, '>>'],
  [Kind.GreaterThanGreaterThanToken, '<<'],
  [Kind.AmpersandToken, '|'],
  [Kind.BarToken, '&'],
]);

function* conditions(node, { checker }) {
  const condition = conditionOf(node);
  if (condition !== undefined) {
    yield put(condition, 'true', 'condition');
    yield put(condition, 'false', 'condition');
  }
  const asked = condition ?? predicateOf(node, checker);
  if (asked !== undefined && isNegatable(asked)) yield put(asked, `!(${asked.getText()})`, 'condition');
}

function conditionOf(node) {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : undefined;
}

/** What a function answers with, where that is a yes or a no. */
function predicateOf(node, checker) {
  const answered = ts.isArrowFunction(node) && !ts.isBlock(node.body) ? node.body : undefined;
  const expression = ts.isReturnStatement(node) ? node.expression : answered;
  return expression !== undefined && isBoolean(expression, checker) ? expression : undefined;
}

/** Others are changed where they stand. */
function isNegatable(expression) {
  if (ts.isParenthesizedExpression(expression)) return isNegatable(expression.expression);
  if (ts.isPrefixUnaryExpression(expression)) return false;
  if (expression.kind === Kind.TrueKeyword || expression.kind === Kind.FalseKeyword) return false;
  return !ts.isBinaryExpression(expression) || !COMPARED.has(expression.operatorToken.kind);
}

function* comparisons(node) {
  if (!ts.isBinaryExpression(node)) return;
  const { operatorToken } = node;
  for (const other of COMPARED.get(operatorToken.kind) ?? []) yield put(operatorToken, other, 'comparison');
}

function* logic(node) {
  if (ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken)
    yield put(node, node.operand.getText(), 'negation');
  if (!ts.isBinaryExpression(node)) return;
  const { left, right, operatorToken } = node;
  const other = LOGIC.get(operatorToken.kind);
  if (other === undefined && operatorToken.kind !== Kind.QuestionQuestionToken) return;
  // In parentheses: `a && b || c` is another question than `a && (b || c)`.
  if (other !== undefined) yield put(node, `((${left.getText()}) ${other} (${right.getText()}))`, 'logic');
  yield put(node, `(${left.getText()})`, 'logic');
  yield put(node, `(${right.getText()})`, 'logic');
}

function* arithmetic(node) {
  if (!ts.isBinaryExpression(node)) return;
  const other = ARITHMETIC.get(node.operatorToken.kind);
  if (other !== undefined) yield put(node.operatorToken, other, 'arithmetic');
}

function* booleans(node) {
  if (node.kind === Kind.TrueKeyword) yield put(node, 'false', 'boolean');
  if (node.kind === Kind.FalseKeyword) yield put(node, 'true', 'boolean');
}

function* numbers(node) {
  if (!ts.isNumericLiteral(node) && !ts.isBigIntLiteral(node)) return;
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return;
  const one = ts.isBigIntLiteral(node) ? '1n' : '1';
  for (const sign of ['+', '-']) yield put(node, `(${node.getText()} ${sign} ${one})`, 'number');
}

function* strings(node, { checker }) {
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
  if (!isText && node.kind !== Kind.NullKeyword) return;
  if (isName(node)) return;
  const sibling = siblingOf(node, checker);
  if (sibling !== undefined) yield put(node, sibling, 'word');
  if (sibling === undefined && isText) yield put(node, node.getText().includes('/') ? "'/mutant'" : "'mutant'", 'word');
}

/** Names of properties, and what stands in a template or a type. */
function isName(node) {
  const { parent } = node;
  return (ts.isPropertyAssignment(parent) && parent.name === node) || ts.isLiteralTypeNode(parent);
}

const PASS = "({ kind: 'pass' })";
const REJECT = "({ kind: 'reject', actual: {}, message: '' })";
const UNKNOWN = "({ kind: 'unknown', missing: ['/mutant'], actual: {} })";

function* verdicts(node) {
  const said = verdictOf(node);
  if (said === undefined) return;
  if (said !== 'pass') yield put(node, PASS, 'verdict');
  if (said !== 'reject') yield put(node, REJECT, 'verdict');
  if (said !== 'unknown') yield put(node, UNKNOWN, 'verdict');
}

function verdictOf(node) {
  if (ts.isIdentifier(node) && node.text === 'pass') return isRead(node) ? 'pass' : undefined;
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const { text } = node.expression;
  return text === 'reject' || text === 'unknown' ? text : undefined;
}

function isRead({ parent }) {
  return ts.isReturnStatement(parent) || ts.isConditionalExpression(parent) || ts.isArrowFunction(parent);
}

function* elements(node) {
  if (!ts.isArrayLiteralExpression(node)) return;
  for (const element of node.elements) yield { ...put(element, '', 'element'), end: endOf(element, node.elements) };
}

function* properties(node, { checker, shown }) {
  if (!ts.isObjectLiteralExpression(node)) return;
  for (const property of node.properties) {
    if (ts.isPropertyAssignment(property) && shown(property.initializer)) continue;
    if (ts.isSpreadAssignment(property) || mayBeLeftOut(property, node, checker))
      yield { ...put(property, '', 'property'), end: endOf(property, node.properties) };
  }
}

/** A part of a list goes with the comma behind it. */
function endOf(part, parts) {
  const next = parts[parts.indexOf(part) + 1];
  const comma = part.getSourceFile().text.indexOf(',', part.end);
  return next === undefined ? part.end : comma + 1;
}

function* statements(node) {
  const removable =
    ts.isExpressionStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isContinueStatement(node) ||
    ts.isBreakStatement(node);
  if (removable) yield put(node, '{}', 'statement');
}

const CALLS = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['find', 'findLast'],
  ['findLast', 'find'],
]);

function* calls(node) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
  const { name, expression } = node.expression;
  const other = CALLS.get(name.text);
  if (other !== undefined) yield put(name, other, 'call');
  if (name.text === 'filter') yield put(node, expression.getText(), 'call');
}

/** Of a check that holds in every generation: not in the first, and not in the last. */
function* generations(node) {
  if (!ts.isIdentifier(node) || node.text !== 'EVERY_GENERATION' || !ts.isPropertyAssignment(node.parent)) return;
  yield put(node, 'EVERY_GENERATION.slice(1)', 'generations');
  yield put(node, 'EVERY_GENERATION.slice(0, -1)', 'generations');
}
