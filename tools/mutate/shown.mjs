// What is only shown to people: sentences, and the functions and variables that hold nothing but parts of them.
import ts from 'typescript';

/** What properties and parameters that hold a sentence are called. */
const SENTENCES = new Set([
  'message',
  'remedy',
  'cite',
  'title',
  'statement',
  'meaning',
  'change',
  'expected',
  'proposedBy',
  'why',
]);

function isSentence(node, checker) {
  const { parent } = node;
  if (parent === undefined || hasWords(node)) return parent !== undefined;
  if (ts.isPropertyAssignment(parent) && parent.initializer === node) return SENTENCES.has(parent.name.getText());
  return isArgument(node, parent) && SENTENCES.has(parameterOf(node, parent, checker));
}

function isArgument(node, parent) {
  return (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.arguments?.includes(node);
}

/** The name of the parameter that an argument is given to. */
function parameterOf(argument, call, checker) {
  return checker.getResolvedSignature(call)?.parameters[call.arguments.indexOf(argument)]?.name;
}

/** Nothing that a program goes by has a space in it. */
function hasWords(node) {
  if (ts.isStringLiteralLike(node)) return /\s/.test(node.text);
  return ts.isTemplateExpression(node) && /\s/.test(node.getText().replaceAll(/\$\{[^}]*\}/g, ''));
}

/** Tells whether a node is only shown. */
export function shownNodes(files, checker) {
  const onlyShown = new Set();
  const isShown = (node) => isSentence(node, checker) || onlyShown.has(node);
  const isWithinShown = (node) => node !== undefined && (isShown(node) || isWithinShown(node.parent));
  const uses = usesOf(files, checker);
  for (const { names, node } of files.flatMap((file) => textsIn(file, checker))) {
    const used = names.flatMap((name) => uses.get(checker.getSymbolAtLocation(name)) ?? []);
    if (used.length > 0 && used.every(isWithinShown)) onlyShown.add(node);
  }
  return isShown;
}

/** Functions and variables that hold nothing but text, by the names that they are used under. */
function textsIn(file, checker) {
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionDeclaration(node) && node.name !== undefined && returnsText(node, checker))
      found.push({ names: [node.name], node });
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
      const names = namesIn(node.name);
      if (names.every((name) => isText(checker.getTypeAtLocation(name)))) found.push({ names, node: node.initializer });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function namesIn(name) {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.filter(ts.isBindingElement).flatMap((element) => namesIn(element.name));
}

const isText = ({ flags }) => (flags & ts.TypeFlags.StringLike) !== 0;

function returnsText(declaration, checker) {
  return isText(checker.getReturnTypeOfSignature(checker.getSignatureFromDeclaration(declaration)));
}

/** Where each symbol is used, but for where it is declared, imported or exported. */
function usesOf(files, checker) {
  const uses = new Map();
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isIdentifier(node) && node.parent.name !== node) {
      const symbol = originOf(checker.getSymbolAtLocation(node), checker);
      if (symbol !== undefined)
        uses
          .set(symbol, uses.get(symbol) ?? [])
          .get(symbol)
          .push(node);
    }
    ts.forEachChild(node, visit);
  };
  for (const file of files) visit(file);
  return uses;
}

function originOf(symbol, checker) {
  if (symbol === undefined) return undefined;
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}
