// What the type checker knows of a node.
import ts from 'typescript';

export function isBoolean(expression, checker) {
  return (checker.getTypeAtLocation(expression).flags & ts.TypeFlags.BooleanLike) !== 0;
}

/** Another word that could stand where one of a closed list does, as code; `undefined` where any text could. */
export function siblingOf(node, checker) {
  const words = wordsAt(node, checker);
  if (words.length === 0) return undefined;
  const own = node.kind === ts.SyntaxKind.NullKeyword ? undefined : node.text;
  const at = words.indexOf(own);
  const other = words[(at + 1) % words.length];
  return other === own ? undefined : `'${other}'`;
}

function wordsAt(node, checker) {
  const { parent } = node;
  const expected = ts.isBinaryExpression(parent)
    ? checker.getTypeAtLocation(parent.left === node ? parent.right : parent.left)
    : checker.getContextualType(node);
  const types = partsOf(expected);
  if (types.some((one) => (one.flags & ts.TypeFlags.String) !== 0)) return [];
  const words = wordsIn(types);
  return words.length > 1 || !ts.isPropertyAssignment(parent)
    ? words
    : wordsOfCard(parent.name.getText(), node, checker);
}

function partsOf(type) {
  if (type === undefined) return [];
  return type.isUnion() ? type.types : [type];
}

function wordsIn(types) {
  return types.filter((one) => one.isStringLiteral()).map((one) => one.value);
}

/** In a part of a card that is spread into several, nothing but its name tells what a property is. */
function wordsOfCard(name, node, checker) {
  const card = checker.resolveName('CheckCard', node, ts.SymbolFlags.Interface, false) ?? cardOf(node, checker);
  const property = card && checker.getPropertyOfType(checker.getDeclaredTypeOfSymbol(card), name);
  return property === undefined ? [] : wordsIn(partsOf(checker.getTypeOfSymbol(property)));
}

let card;

function cardOf(node, checker) {
  card ??= findCard(node, checker);
  return card;
}

function findCard(node, checker) {
  const types = node.getSourceFile().statements.filter(ts.isImportDeclaration);
  const from = types.find(({ moduleSpecifier }) => /\/check\.js$/.test(moduleSpecifier.text));
  const module = from && checker.getSymbolAtLocation(from.moduleSpecifier);
  return module && checker.getExportsOfModule(module).find(({ name }) => name === 'CheckCard');
}

/** May an object do without this property, as far as types go? */
export function mayBeLeftOut(property, object, checker) {
  const expected = checker.getContextualType(object);
  if (expected === undefined || property.name === undefined) return false;
  const declared = checker.getPropertyOfType(checker.getNonNullableType(expected), property.name.getText());
  if (declared === undefined) return true;
  return (declared.flags & ts.SymbolFlags.Optional) !== 0;
}
