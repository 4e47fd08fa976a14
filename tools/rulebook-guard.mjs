// Is what the rulebook says to the kept questions what is stored under its version? Exit 0: yes. 1: no, and what differs is named.
// `--write` stores what it says now. What was committed under a version is given out: it is not written over, unless
// `--force-unreleased` says that nobody has that version yet.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { difference, givenOutOtherwise } from './mutate/guard.mjs';
import { readRulebook, readStored, STORED } from './mutate/rulebook.mjs';
import { ROOT } from './mutate/sources.mjs';

const USAGE = 'node tools/rulebook-guard.mjs [--write [--force-unreleased]] [--file FILE]';

function arguments_() {
  const options = {
    write: { type: 'boolean', default: false },
    'force-unreleased': { type: 'boolean', default: false },
    file: { type: 'string', default: STORED },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`rulebook-guard: ${error.message}\nusage: ${USAGE}\n`);
    return process.exit(1);
  }
}

/** What was given out last: the committed file, or the file itself where there is no repository. */
function givenOut(file) {
  const { status, stdout } = spawnSync('git', ['show', `HEAD:./${relative(ROOT, file)}`], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return JSON.parse(stdout);
  const isRepository = spawnSync('git', ['rev-parse', '--git-dir'], { cwd: ROOT }).status === 0;
  return existsSync(file) && !isRepository ? readStored(file) : undefined;
}

/** One line for each name, so that a change of one answer is a change of one line. */
function print({ rulebook, answers }) {
  const lines = Object.entries(answers).map(([id, digests]) => `    ${JSON.stringify(id)}: ${JSON.stringify(digests)}`);
  return `{\n  "rulebook": ${JSON.stringify(rulebook)},\n  "answers": {\n${lines.join(',\n')}\n  }\n}\n`;
}

function list(title, ids) {
  if (ids.length === 0) return;
  const shown = ids.slice(0, 40).map((id) => `  ${id}`);
  const more = ids.length > shown.length ? [`  and ${ids.length - shown.length} more`] : [];
  process.stderr.write(`${[`${title} (${ids.length}):`, ...shown, ...more].join('\n')}\n`);
}

function fail(message) {
  process.stderr.write(`rulebook-guard: ${message}\n`);
  process.exit(1);
}

const { write, file, 'force-unreleased': isForced } = arguments_();
const { engine, kept, answersOf, departure } = await readRulebook();
const now = answersOf(engine, kept);

if (write) {
  const changed = isForced ? [] : givenOutOtherwise(givenOut(file), now, departure);
  list('answered otherwise', changed);
  if (changed.length > 0)
    fail(`these answers are given out as those of rulebook ${now.rulebook}: bump RULEBOOK or undo`);
  writeFileSync(file, print(now));
  console.log(`rulebook ${now.rulebook}: ${Object.keys(now.answers).length} digests written`);
} else {
  if (!existsSync(file)) fail('no answers are stored: node tools/rulebook-guard.mjs --write');
  const { changed, unlike, advice } = difference(readStored(file), now, departure);
  list('answered otherwise', changed);
  list('asked otherwise, new or gone', unlike);
  if (advice !== undefined) fail(advice);
  console.log(`rulebook ${now.rulebook}: ${Object.keys(now.answers).length} digests are as stored`);
}
