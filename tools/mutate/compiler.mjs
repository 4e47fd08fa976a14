// Would a mutant compile? What does not, `npm test` refuses before any test: it builds first.
import ts from 'typescript';

export class Compiler {
  #program;
  #host;
  #importers = new Map();

  constructor(program) {
    this.#program = program;
    const { noUnusedLocals: _, noUnusedParameters: __, ...options } = program.getCompilerOptions();
    this.options = options;
    this.#host = ts.createCompilerHost(options);
    for (const file of program.getSourceFiles()) this.#importers.set(file.fileName, importersOf(file, program));
  }

  /** The first complaint about a file with another text, or about one that imports it. */
  complaint(path, text) {
    const changed = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
    const getSourceFile = (name, version) =>
      name === path ? changed : (this.#program.getSourceFile(name) ?? this.#host.getSourceFile(name, version));
    const program = ts.createProgram(
      this.#program.getRootFileNames(),
      this.options,
      { ...this.#host, getSourceFile },
      this.#program,
    );
    for (const name of [path, ...(this.#importers.get(path) ?? [])]) {
      const [first] = program.getSemanticDiagnostics(program.getSourceFile(name));
      if (first !== undefined) return ts.flattenDiagnosticMessageText(first.messageText, ' ');
    }
    return undefined;
  }
}

function importersOf(file, program) {
  const ofThis = (other) => (literal) =>
    program.getResolvedModuleFromModuleSpecifier(literal, other)?.resolvedModule?.resolvedFileName === file.fileName;
  return program
    .getSourceFiles()
    .filter((other) => !other.isDeclarationFile && other.imports.some(ofThis(other)))
    .map(({ fileName }) => fileName);
}
