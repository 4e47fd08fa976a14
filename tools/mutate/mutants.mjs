// Every small change of the engine's code and tables that ought to be noticed. Sentences that are only shown are left alone,
// and so are types and imports.
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { changesOf } from './changes.mjs';
import { shownNodes } from './shown.mjs';
import { ROOT } from './sources.mjs';

const ENGINE = join(ROOT, 'libs', 'engine');
export const ENGINE_SOURCES = join(ENGINE, 'src');

/** The checks, and the tables that they go by. */
const MUTATED = [
  /^(checks|registers|catalogue|policies|devices)\//,
  /^(checks|generations|capabilities|stage2|evidence|fault-path|ipa|mte|offers|reads|vma|contradictions)\.ts$/,
];

export function readProgram() {
  const config = join(ENGINE, 'tsconfig.json');
  const { fileNames, options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    ENGINE,
  );
  return ts.createProgram(fileNames, { ...options, noEmit: true, composite: false, incremental: false });
}

/** The mutants of the files whose path, from the engine's sources on, has `only` in it. */
export function mutantsOf(program, only = '') {
  const checker = program.getTypeChecker();
  const files = program.getSourceFiles().filter(({ fileName }) => dirname(fileName).startsWith(ENGINE_SOURCES));
  const shown = shownNodes(files, checker);
  return files
    .map((file) => ({ file, path: relative(ENGINE_SOURCES, file.fileName) }))
    .filter(({ path }) => MUTATED.some((pattern) => pattern.test(path)) && path.includes(only))
    .flatMap(({ file, path }) => mutantsIn(file, path, { checker, shown }));
}

function mutantsIn(file, path, about) {
  const found = new Map();
  for (const { node, is, kind, end = node.end } of changesIn(file, about)) {
    const start = node.getStart(file);
    if (file.text.slice(start, end) !== is) found.set(`${start} ${end} ${is}`, { file: path, start, end, is, kind });
  }
  return [...found.values()].map((mutant) => ({ ...mutant, path: file.fileName, ...described(file, mutant) }));
}

function* changesIn(node, about) {
  if (isNoCode(node, about)) return;
  yield* changesOf(node, about);
  for (const child of childrenOf(node)) yield* changesIn(child, about);
}

function childrenOf(node) {
  const children = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

function isNoCode(node, { shown }) {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeNode(node)) return true;
  return ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || shown(node);
}

/** Where a mutant stands, and its lines before and after: what names it when the lines around it move. */
function described(file, { start, end, is }) {
  const { text } = file;
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const to = next < 0 ? text.length : next;
  const plain = (code) => code.replaceAll(/\s+/g, ' ').trim();
  return {
    line: file.getLineAndCharacterOfPosition(start).line + 1,
    in: namedAt(file, start),
    was: plain(text.slice(from, to)),
    becomes: plain(text.slice(from, start) + is + text.slice(end, to)),
  };
}

function namedAt(file, position) {
  const statement = file.statements.find((one) => one.getStart(file) <= position && position < one.end);
  if (statement === undefined) return '';
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0].name.getText(file);
  return statement.name?.getText(file) ?? '';
}

/** The text of a file with the mutant in it. */
export function mutated(text, { start, end, is }) {
  return text.slice(0, start) + is + text.slice(end);
}
