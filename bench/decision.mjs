// The engine's decisions beside their floor, in a process that does nothing else. Run by itself it prints what it measures.
// A decision is timed on documents that were parsed before, a VM and a host after the other in rotation, as the API's document cache
// hands them out; and on documents just parsed, of which the engine has never heard. What it keeps is what follows from one document
// alone (a fingerprint's facts and generation, which registers no check speaks of), and nothing of an answer.
import { cpus, loadavg } from 'node:os';
import { decide } from '@berth/engine';
import { QUESTIONS } from './questions.mjs';
import { standIn, standInPairs } from './stand-in.mjs';

const SLICE = 8; // decisions between two looks at the clock: short, so that what else runs here falls into few of them
const KNOWN = 64; // VMs and hosts in rotation
const STINT_MS = 20; // long enough for each to have the caches to itself
const pairs = standInPairs(4096);
let kept = 0; // what is used cannot be optimised away

const asked = QUESTIONS.map((question) => ({ ...question, known: Array.from({ length: KNOWN }, question.ask) }));
for (const { title, known, outcome } of asked) {
  const answer = decide(known[0]);
  if (answer.outcome === outcome) continue;
  throw new Error(`${title}: ${answer.outcome}, not ${outcome}: ${JSON.stringify(answer.wouldFail)}`);
}

function askStandIn() {
  for (const [slot, host] of pairs) kept += standIn(slot, host);
}

function decideEach(questions) {
  for (const question of questions) kept += decide(question).findings.length;
}

/** A slice of work as it is timed; what comes before `work` is not. */
const FLOOR = () => ({ count: pairs.length, work: askStandIn });

function decisionsOn(next) {
  const questions = Array.from({ length: SLICE }, next);
  return { count: SLICE, work: () => decideEach(questions) };
}

/** Microseconds for each, slice by slice. */
function stint(slice, seen) {
  const until = performance.now() + STINT_MS;
  while (performance.now() < until) {
    const { count, work } = slice();
    const start = performance.now();
    work();
    seen.push(((performance.now() - start) * 1000) / count);
  }
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** In turns: whatever disturbs one disturbs the others too. */
function measure(milliseconds) {
  let turn = 0;
  const floor = [];
  const seen = asked.map(() => ({ again: [], first: [] }));
  const until = performance.now() + milliseconds;
  while (performance.now() < until) {
    stint(FLOOR, floor);
    for (const [at, { known, ask }] of asked.entries()) {
      stint(() => decisionsOn(() => known[turn++ % KNOWN]), seen[at].again);
      stint(() => decisionsOn(ask), seen[at].first);
    }
  }
  return {
    floor: median(floor) * 1000,
    decisions: seen.map(({ again, first }) => ({ again: median(again), first: median(first) })),
  };
}

/** The floor in nanoseconds for one slot on one host, the decisions in microseconds. */
function result(milliseconds) {
  const { floor, decisions } = measure(milliseconds);
  const rows = asked.map(({ title, known }, at) => {
    const { findings } = decide(known[0]);
    const fields = findings.flatMap(({ actual }) => actual.fields ?? []).length;
    return { title, findings: findings.length, fields, ...decisions[at] };
  });
  return { floor, slots: asked[0].known[0].manifest.memslots.length, decisions: rows, kept };
}

function print() {
  result(3000); // warms up
  const { floor, slots, decisions } = result(5000);
  console.log(`node ${process.version}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`);
  console.log(`stand-in, a slot on a host: ${floor.toFixed(1)} ns`);
  for (const { title, findings, fields, again, first } of decisions) {
    const ratio = ((again * 1000) / slots / floor).toFixed(0);
    const found = `${findings} findings${fields === 0 ? '' : `, ${fields} register fields`}`;
    console.log(
      `${title} (${found}): ${again.toFixed(1)} µs, first seen ${first.toFixed(1)} µs, ${ratio} × stand-in a slot`,
    );
  }
}

if (process.send === undefined) print();
process.on('message', ({ milliseconds }) => process.send({ result: result(milliseconds) }));
process.on('disconnect', () => process.exit(0));
