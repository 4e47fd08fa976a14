// Who kills each mutant: the kept questions, the compiler, or the tests beside the code; in this order, the quickest first.
import { Compiler } from './compiler.mjs';
import { mutated } from './mutants.mjs';
import { Pool } from './pool.mjs';
import { Tests } from './tests.mjs';

/** One line, rewritten as the run goes on; nothing where nobody watches. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

export class Judge {
  #program;
  #compiler;
  #settings;

  /** `settings`: how many `jobs`, the `seed` of the order in which is asked, and the file of the `stored` answers. */
  constructor(program, settings) {
    this.#program = program;
    this.#compiler = new Compiler(program);
    this.#settings = settings;
  }

  #textOf({ path }) {
    return this.#program.getSourceFile(path).text;
  }

  #mutated(mutant) {
    return mutated(this.#textOf(mutant), mutant);
  }

  /** How many the questions and the compiler kill, and the mutants that are left. */
  async ask(mutants) {
    const { jobs, ...settings } = this.#settings;
    const pool = new Pool(jobs, settings);
    try {
      const departed = await pool.departed;
      if (departed.length > 0)
        throw new Error(`the stored answers are not those of these sources: ${departed.slice(0, 5).join('; ')}`);
      return await this.#askAll(mutants, pool);
    } finally {
      await pool.close();
    }
  }

  async #askAll(mutants, pool) {
    const count = { byQuestions: 0, byCompiler: 0, left: [] };
    let done = 0;
    const ask = async (mutant) => {
      const killer = await pool.killerOf(mutant);
      if (killer !== undefined) count.byQuestions += 1;
      else if (this.#compiler.complaint(mutant.path, this.#mutated(mutant)) !== undefined) count.byCompiler += 1;
      else count.left.push(mutant);
      done += 1;
      progress(`${done} of ${mutants.length} asked, ${count.left.length} left to the tests`);
    };
    await Promise.all(mutants.map(ask));
    return count;
  }

  /** Those that no test fails on. */
  async test(mutants) {
    const survivors = [];
    if (mutants.length === 0) return survivors;
    const tests = await Tests.open(this.#settings.jobs);
    try {
      const [first] = mutants;
      if (await tests.fail(first.path, this.#textOf(first)))
        throw new Error('the tests fail on the sources as they stand: `npm test` first');
      for (const [at, mutant] of mutants.entries()) {
        progress(`${at} of ${mutants.length} tested, ${survivors.length} survive`);
        if (!(await tests.fail(mutant.path, this.#mutated(mutant)))) survivors.push(mutant);
      }
    } finally {
      await tests.close();
    }
    return survivors;
  }
}
