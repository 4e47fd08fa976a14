// Changes the engine's checks and tables, one small thing at a time, and asks whether anything notices. A mutant is killed by
// the kept questions (test/engine/rulebook: `npm test` holds their answers to the stored ones), by the compiler (`npm test`
// builds first), or by the tests beside the code. Exit 0: all are, but for those that are listed as equivalent. 1: a mutant
// survived, or the list is wrong. 2: it could not be told.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Equivalents } from './mutate/equivalents.mjs';
import { Judge, progress } from './mutate/judge.mjs';
import { mutantsOf, readProgram } from './mutate/mutants.mjs';
import { drawer } from './mutate/random.mjs';
import { STORED } from './mutate/rulebook.mjs';

const USAGE = `npm run mutate -- [--only PATH] [--sample N] [--seed SEED] [--jobs N] [--equivalents FILE] [--stored FILE]
  --only         mutants of the files whose path, from libs/engine/src on, has PATH in it
  --sample       N of the mutants, drawn by the seed
  --seed         any text; printed, so that a run can be had again
  --jobs         workers; as many as there are cores
  --equivalents  a list of mutants that change nothing, instead of tools/mutate/equivalents.json
  --stored       stored answers, instead of test/engine/rulebook/answers.json`;

class UsageError extends Error {}

function readArguments() {
  const text = (value) => (value === undefined ? { type: 'string' } : { type: 'string', default: value });
  const values = parsed({
    only: text(''),
    sample: text(),
    seed: text(`${process.pid}`),
    jobs: text(`${availableParallelism()}`),
    equivalents: text(),
    stored: text(STORED),
  });
  return { ...values, jobs: count(values, 'jobs'), sample: values.sample && count(values, 'sample') };
}

function parsed(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function count(values, name) {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1) throw new UsageError(`--${name}: \`${values[name]}\` is no count`);
  return number;
}

async function run({ only, sample, equivalents: list, ...settings }) {
  const program = readProgram();
  const all = mutantsOf(program, only);
  if (all.length === 0) throw new UsageError(`--only: no file has \`${only}\` in its path`);
  const mutants = sample === undefined ? all : drawer(settings.seed).shuffled(all).slice(0, sample);
  console.log(`${mutants.length} of ${all.length} mutants, seed ${settings.seed}, ${settings.jobs} workers`);
  const equivalents = Equivalents.read(list);
  const judge = new Judge(program, settings);
  const { byQuestions, byCompiler, left } = await judge.ask(mutants);
  const unlisted = left.filter((mutant) => !equivalents.has(mutant));
  const survivors = await judge.test(unlisted);
  progress('');
  const wrong = [
    ...equivalents.stale(all, only).map((entry) => ['listed as equivalent, and no mutant', entry]),
    ...mutants
      .filter((mutant) => equivalents.has(mutant) && !left.includes(mutant))
      .map((mutant) => ['listed as equivalent, and killed', mutant]),
  ];
  print([...survivors.map((mutant) => ['survived', mutant]), ...wrong]);
  const byTests = unlisted.length - survivors.length;
  console.log(`killed by the kept questions ${byQuestions}, by the compiler ${byCompiler}, by tests ${byTests}`);
  console.log(
    [
      `${mutants.length} mutants`,
      `${byQuestions + byCompiler + byTests} killed`,
      `${survivors.length} survived`,
      `${left.length - unlisted.length} equivalent (listed)`,
      `${Math.round(performance.now() / 1000)} s`,
    ].join(', '),
  );
  return survivors.length + wrong.length > 0 ? 1 : 0;
}

const short = (text) => (text.length > 240 ? `${text.slice(0, 240)} …` : text);

function print(lines) {
  const place = ({ file, line }) => `libs/engine/src/${file}${line === undefined ? '' : `:${line}`}`;
  const sorted = lines
    .map(([title, mutant]) => ({ title, mutant, place: place(mutant) }))
    .sort((a, b) => a.place.localeCompare(b.place, 'en', { numeric: true }));
  for (const { title, mutant, place: at } of sorted)
    console.log(`${at} ${title}\n  - ${short(mutant.was)}\n  + ${short(mutant.becomes)}`);
}

try {
  process.exitCode = await run(readArguments());
} catch (error) {
  process.stderr.write(`mutate: ${error.message}\n${error instanceof UsageError ? `usage: ${USAGE}\n` : ''}`);
  process.exitCode = 2;
}
