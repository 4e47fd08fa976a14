// Every recorded host as the source of a plain VM, against every one as its target: which pairs would do, and why not.
import { parseArgs } from 'node:util';
import { PHASES, POLICIES } from '@berth/engine';
import pc from 'picocolors';
import { askPairs } from './matrix/ask-pairs.mjs';
import { ASSUMED } from './matrix/hosts.mjs';
import { printMatrix } from './matrix/print-matrix.mjs';

const USAGE = 'npm run matrix -- [--policy POLICY] [--phases PHASE,PHASE] [-o table|json]';

function fail(message) {
  process.stderr.write(`matrix: ${message}\nusage: ${USAGE}\n`);
  process.exit(1);
}

function arguments_() {
  const options = { policy: { type: 'string' }, phases: { type: 'string' }, output: { type: 'string', short: 'o' } };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function each(words, known, what) {
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) fail(`\`${unknown}\` is no ${what}: ${known.join(', ')}`);
  return words;
}

const { policy = 'strict', phases, output = 'table' } = arguments_();
each([policy], POLICIES, 'policy');
each([output], ['table', 'json'], 'output');
const matrix = askPairs({ policy, phases: each(phases?.split(',') ?? [...PHASES], PHASES, 'phase') });

const COLOURS = { compatible: pc.green, incompatible: pc.red, indeterminate: pc.yellow };
if (output === 'json') process.stdout.write(`${JSON.stringify({ assumed: ASSUMED, ...matrix })}\n`);
else process.stdout.write(`${printMatrix(matrix, (outcome, text) => COLOURS[outcome](text)).join('\n')}\n`);
