// `npm run bench -- [--rounds 5] [--seconds 1]`: what Berth costs beside its floors, all measured in this one run, in turns.
// Not a gate: a missed goal is printed, not failed. A wrong answer fails.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Child } from './child.mjs';
import { ANSWERS, Fleet } from './fleet.mjs';
import { ROWS } from './goals.mjs';
import { judge, print } from './report.mjs';
import { startServices } from './services.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string' }, seconds: { type: 'string' } } });
const rounds = Number(values.rounds ?? 5);
const seconds = Number(values.seconds ?? 1);
const milliseconds = seconds * 1000;

// Ten minutes back, a millisecond on for each request: always younger than what is stored, never ahead of the server.
const clock = { from: Date.now() - 600_000, serial: 0 };
const sent = Object.fromEntries(ROWS.map(({ id }) => [id, 0]));
const say = (line) => process.stderr.write(`${line}\n`);

function check(id, { statuses, lastBody, count }) {
  sent[id] += count;
  const refused = Object.entries(statuses).filter(([status]) => status !== '200');
  if (refused.length > 0) throw new Error(`${id}: ${JSON.stringify(statuses)}, last answer ${lastBody}`);
  if (!ANSWERS[id](JSON.parse(lastBody))) throw new Error(`${id}: not the answer it should be: ${lastBody}`);
}

function rowsOf({ generator, commit, helloPort, services, plans }) {
  const http = (id, port, plan) => async (connections, time) => {
    const result = await generator.ask({ port, connections, milliseconds: time, plans: plan, clock });
    clock.serial = result.serial;
    check(id, result);
    return { p50: result.p50, p99: result.p99, rate: result.rate };
  };
  return {
    hello: http('hello', helloPort, [[{ method: 'GET', path: '/hello' }]]),
    commit: (connections, time) => commit.ask({ connections, milliseconds: time }),
    ...Object.fromEntries(Object.entries(plans).map(([id, plan]) => [id, http(id, services.port, plan)])),
  };
}

const both = async (row, time) => ({ one: await row(1, time), eight: await row(8, time) });

async function measure(rows, decision) {
  const seen = Object.fromEntries(ROWS.map(({ id }) => [id, []]));
  const decisions = [];
  for (const { id } of ROWS) await both(rows[id], milliseconds); // the first turn only warms up
  await decision.ask({ milliseconds });
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    for (const { id } of ROWS) seen[id].push(await both(rows[id], milliseconds));
    decisions.push(await decision.ask({ milliseconds }));
  }
  return { seen, decisions };
}

/** The writes that were answered are there: each changed fingerprint is one revision, an unchanged one is none. */
async function checkEffects(fleet, before) {
  const moved = (await fleet.revisions('moving')) - before.moving;
  const stood = (await fleet.revisions('still')) - before.still;
  if (moved !== sent['put-changed']) throw new Error(`${sent['put-changed']} changes made ${moved} revisions`);
  if (stood !== 0) throw new Error(`unchanged fingerprints made ${stood} revisions`);
}

async function run(services, children) {
  const [generator, commit, hello, decision] = children;
  const { port: helloPort } = await hello.answer();
  await commit.ask({ open: services.databaseUrl });
  const fleet = new Fleet(services);
  await fleet.load(clock);
  const before = { still: await fleet.revisions('still'), moving: await fleet.revisions('moving') };
  const rows = rowsOf({ generator, commit, helloPort, services, plans: fleet.plans() });
  const { seen, decisions } = await measure(rows, decision);
  await checkEffects(fleet, before);
  return { seen, decisions, judged: judge(seen, decisions) };
}

async function keep(result) {
  const at = new Date().toISOString();
  const machine = { node: process.version, cpu: cpus()[0].model, cores: cpus().length, load: loadavg() };
  const file = new URL(`results/${at.slice(0, 19).replaceAll(':', '')}.json`, import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ at, machine, rounds, seconds, sent, ...result }, null, 1)}\n`);
  say(`\nwritten to bench/results/${file.pathname.split('/').pop()}`);
}

const services = await startServices();
const children = ['load-generator', 'commit-floor', 'hello-server', 'decision'].map((it) => new Child(`./${it}.mjs`));
try {
  const result = await run(services, children);
  process.stdout.write(`${print(result.judged, { rounds, seconds })}\n`);
  await keep(result);
} finally {
  await Promise.all(children.map((child) => child.stop().catch(() => undefined)));
  await services.stop();
}
