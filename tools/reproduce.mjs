// Writes the documents of the example of one check, and the command that asks the rulebook about them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsOf, readExamples } from './reasons/examples.mjs';

const USAGE = 'node tools/reproduce.mjs CHECK [FOLDER]';
const FILES = { manifest: 'manifest', fingerprint: 'target', sourceFingerprint: 'source' };

function fail(message) {
  process.stderr.write(`reproduce: ${message}\nusage: ${USAGE}\n`);
  process.exit(1);
}

function supposedOf(proposal) {
  const said = Object.entries(proposal ?? {}).filter(([, value]) => value !== undefined);
  return said.map(([name, value]) => `${name}=${value}`).join(',');
}

const [check, folder = '.'] = process.argv.slice(2);
if (check === undefined) fail('which check?');
const example = (await readExamples()).get(check);
if (example === undefined) fail(`there is no check \`${check}\``);

const { question, finding } = example;
const { registered, ...documents } = documentsOf(question);
mkdirSync(folder, { recursive: true });
const options = Object.entries(documents).map(([name, document]) => {
  const file = join(folder, `${FILES[name]}.json`);
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  return `--${FILES[name]} ${file}`;
});
const supposed = supposedOf(question.proposal);
options.push(
  ...(question.phases === undefined ? [] : [`--phases ${question.phases.join(',')}`]),
  ...(question.policy === undefined ? [] : [`--policy ${question.policy}`]),
  ...(supposed === '' ? [] : [`--suppose ${supposed}`]),
);
process.stdout.write(`berth evaluate ${options.join(' ')}\n`);
if (registered !== undefined)
  process.stdout.write(`# and the target registered with ${JSON.stringify(registered)}, which no document says\n`);
process.stdout.write(`# ${finding.severity} ${finding.reason}: ${finding.message}\n`);
