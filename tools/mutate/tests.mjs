// The tests of the engine that are not the kept questions, run on one mutant after another.
import { basename, dirname, join } from 'node:path';
import { createVitest } from 'vitest/node';
import { ROOT } from './sources.mjs';

/** Not those that ask nothing but kept questions: what these did not notice, they do not. */
const INCLUDED = ['libs/engine/src/**/*.test.ts', 'test/engine/recorded-hosts.test.ts'];
/** Laws draw other pairs each time, so that they would kill a mutant one day and not the other. */
const LEFT_OUT = ['**/*.property.test.ts', '**/node_modules/**'];
const CHECKS = join(ROOT, 'libs', 'engine', 'src', 'checks');
const SOURCE = ['berth-source'];

export class Tests {
  #vitest;
  #all;
  #swapped;

  static async open(workers) {
    const tests = new Tests();
    await tests.#open(workers);
    return tests;
  }

  async #open(maxWorkers) {
    const swap = {
      name: 'mutant',
      enforce: 'pre',
      load: (id) => (id.split('?')[0] === this.#swapped?.path ? this.#swapped.text : undefined),
    };
    this.#vitest = await createVitest(
      {
        root: ROOT,
        config: false,
        watch: false,
        reporters: [{}],
        bail: 1,
        pool: 'forks',
        isolate: false,
        // It goes by what is in the files.
        fsModuleCache: false,
        testTimeout: 60_000,
        maxWorkers,
        include: INCLUDED,
        exclude: LEFT_OUT,
      },
      {
        resolve: { conditions: SOURCE },
        ssr: { resolve: { conditions: SOURCE, externalConditions: SOURCE } },
        plugins: [swap],
      },
    );
    this.#all = await this.#vitest.globTestSpecifications();
  }

  /** Does a test fail where a module has this text? Those beside it are asked first, then those in its folder. */
  async fail(path, text) {
    const own = join(dirname(path), `${basename(path, '.ts')}.test.ts`);
    const nearer = [
      ({ moduleId }) => moduleId === own,
      ({ moduleId }) => dirname(moduleId) === dirname(path) && dirname(path) !== CHECKS,
    ];
    for (const isNear of nearer) {
      const near = this.#all.filter(isNear);
      if (near.length > 0 && (await this.#run(near, path, text))) return true;
    }
    return this.#run(this.#all, path, text);
  }

  async #run(specifications, path, text) {
    const before = this.#swapped?.path;
    this.#swapped = { path, text };
    for (const changed of new Set([before ?? path, path])) this.#vitest.invalidateFile(changed);
    const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications(specifications, true);
    if (testModules.length === 0) throw new Error(`no test ran on ${path}`);
    return unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
  }

  async close() {
    await this.#vitest.close();
  }
}
