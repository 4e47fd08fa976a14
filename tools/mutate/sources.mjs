// Loads the repository's own sources, TypeScript as it stands, so that one module can be swapped for a changed one and only
// what depends on it is evaluated again.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { HIT, Places, withHits } from './coverage.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const OPTIONS = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.CommonJS,
  esModuleInterop: true,
  isolatedModules: true,
  allowJs: true,
};

const META = '__meta';

/** CommonJS has no `import.meta`: the module is given one by name. */
function withMeta(context) {
  const visit = (node) =>
    ts.isMetaProperty(node) ? context.factory.createIdentifier(META) : ts.visitEachChild(node, visit, context);
  return (file) => ts.visitNode(file, visit);
}

function compile(path, text, more = []) {
  const { outputText } = ts.transpileModule(text, {
    fileName: path.replace(/\.mjs$/, '.js'),
    compilerOptions: OPTIONS,
    transformers: { before: [withMeta, ...more] },
  });
  return new Function('exports', 'require', META, HIT, outputText);
}

/** The file that a specifier names, where it is one of ours. */
function fileOf(specifier, from) {
  const room = /^@berth\/(\w+)$/.exec(specifier);
  if (room !== null) return join(ROOT, 'libs', room[1], 'src', 'index.ts');
  if (!specifier.startsWith('.')) return undefined;
  const path = resolve(dirname(from), specifier);
  const source = path.replace(/\.js$/, '.ts');
  return existsSync(source) ? source : path;
}

export class Sources {
  #modules = new Map();
  #packages = new Map();
  #hit;

  /** Reads the modules that an entry needs; packages are imported as they are. */
  async read(entry) {
    const paths = [entry];
    for (const path of paths) {
      if (this.#modules.has(path)) continue;
      const text = readFileSync(path, 'utf8');
      const needs = new Map();
      for (const specifier of specifiersIn(path, text)) {
        const file = fileOf(specifier, path);
        if (file === undefined) await this.#import(specifier);
        else paths.push(file);
        needs.set(specifier, file);
      }
      this.#modules.set(path, { text, needs, run: compile(path, text) });
    }
    return this;
  }

  async #import(specifier) {
    if (this.#packages.has(specifier)) return;
    const namespace = await import(specifier);
    this.#packages.set(specifier, { __esModule: true, ...namespace });
  }

  textOf(path) {
    return this.#modules.get(path).text;
  }

  /** Evaluates an entry. `loaded` are modules to take as they are; what is evaluated is added to them. */
  evaluate(entry, loaded = new Map()) {
    const found = loaded.get(entry);
    if (found !== undefined) return found;
    const exports = {};
    loaded.set(entry, exports);
    const { run, needs } = this.#modules.get(entry);
    this.#run(run, exports, entry, needs, loaded);
    return exports;
  }

  #run(run, exports, path, needs, loaded) {
    const require = (specifier) => {
      const file = needs.get(specifier);
      return file === undefined ? this.#packages.get(specifier) : this.evaluate(file, loaded);
    };
    run(exports, require, { url: pathToFileURL(path).href, dirname: dirname(path) }, this.#hit);
  }

  /** The same sources, in which every place tells `hits` that it is come to; and the places of each module, by its path. */
  telling(hits) {
    const telling = new Sources();
    const places = new Map();
    let last = -1;
    const next = () => {
      last += 1;
      return last;
    };
    telling.#packages = this.#packages;
    telling.#hit = hits.hit;
    for (const [path, { text, needs }] of this.#modules) {
      places.set(path, new Places(next));
      telling.#modules.set(path, { text, needs, run: compile(path, text, [withHits(places.get(path))]) });
    }
    return { sources: telling, places };
  }

  /** The entry, with `text` in the place of one module: all that does not depend on it is taken from `loaded`. */
  evaluateWith(entry, path, text, loaded) {
    const dependants = this.#dependantsOf(path);
    const fresh = new Map([...loaded].filter(([other]) => !dependants.has(other)));
    const exports = {};
    fresh.set(path, exports);
    this.#run(compile(path, text), exports, path, this.#modules.get(path).needs, fresh);
    return this.evaluate(entry, fresh);
  }

  #dependants = new Map();

  #dependantsOf(path) {
    const known = this.#dependants.get(path);
    if (known !== undefined) return known;
    const found = new Set([path]);
    for (const one of found)
      for (const [other, { needs }] of this.#modules) if ([...needs.values()].includes(one)) found.add(other);
    this.#dependants.set(path, found);
    return found;
  }
}

/** What is imported for more than its types. */
function specifiersIn(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return file.statements
    .filter((one) => ts.isImportDeclaration(one) || ts.isExportDeclaration(one))
    .filter((one) => one.moduleSpecifier !== undefined && !isOfTypes(one))
    .map((one) => one.moduleSpecifier.text);
}

function isOfTypes(declaration) {
  if (ts.isExportDeclaration(declaration)) return declaration.isTypeOnly;
  const clause = declaration.importClause;
  if (clause === undefined) return false;
  const named = clause.namedBindings;
  if (clause.isTypeOnly) return true;
  if (clause.name !== undefined || named === undefined || ts.isNamespaceImport(named)) return false;
  return named.elements.every((element) => element.isTypeOnly);
}
