// One engine decision beside its floor, in a process that does nothing else. The documents come in through the contract, as at the door.
import { parseFingerprint, parseManifest } from '@berth/contract';
import { decide } from '@berth/engine';
import { fingerprint, manifest, PHASES } from './documents.mjs';
import { standIn, standInPairs } from './stand-in.mjs';

function parsed(result) {
  if (result.kind !== 'ok') throw new Error(`the bench's own document is refused: ${JSON.stringify(result)}`);
  return result.value;
}

const needs = parsed(parseManifest(manifest('bench', 'host-0'), 'evaluate')).needs;
const facts = parsed(parseFingerprint(fingerprint('host-0'), 'evaluate')).facts;
const question = { manifest: needs, target: facts, policy: 'strict', phases: PHASES };
const slots = needs.memslots.length;
const pairs = standInPairs(4096);
const verdict = decide(question);
if (verdict.outcome !== 'compatible')
  throw new Error(`the decision measured is ${verdict.outcome}: ${JSON.stringify(verdict.wouldFail)}`);

let kept = 0; // what is used cannot be optimised away

function nanoseconds(milliseconds, batch) {
  const until = performance.now() + milliseconds;
  const start = performance.now();
  let done = 0;
  while (performance.now() < until) done += batch();
  return ((performance.now() - start) * 1e6) / done;
}

function engineBatch() {
  for (let i = 0; i < 16; i++) kept += decide(question).findings.length;
  return 16 * slots;
}

function standInBatch() {
  for (const [slot, host] of pairs) kept += standIn(slot, host);
  return pairs.length;
}

process.on('message', ({ milliseconds }) => {
  const floor = nanoseconds(milliseconds, standInBatch);
  const engine = nanoseconds(milliseconds, engineBatch);
  process.send({ result: { floor, engine, slots, kept } });
});
process.on('disconnect', () => process.exit(0));
