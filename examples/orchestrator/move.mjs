// Moves one VM: `node move.mjs VM TARGET [JOURNAL]`. Started again with the same journal after a crash, it goes on where it was.
// Exit 0: it landed. 3: Berth says no. 4: Berth cannot tell. 5: it was tried and failed, or was revoked. 1: look yourself.
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, Refused } from './berth.mjs';
import * as hypervisor from './hypervisor.mjs';

const [vm, target, journalFile = `./${vm}.journal`] = process.argv.slice(2);
const EXIT = { landed: 0, incompatible: 3, indeterminate: 4, failed: 5 };
const FACTS_MS = 60_000;
const SETTLED_MS = 600_000;
const say = (...words) => console.log(...words);

// What must not be forgotten is written down before it is done: the key before it is used, the start before the VMM is told.
let journal = { vm, target, key: randomUUID() };

async function note(more) {
  journal = { ...journal, ...more };
  await writeFile(`${journalFile}.new`, JSON.stringify(journal));
  await rename(`${journalFile}.new`, journalFile);
}

async function recall() {
  const text = await readFile(journalFile, 'utf8').catch(() => undefined);
  if (text !== undefined) journal = JSON.parse(text);
  if (journal.vm !== vm || journal.target !== target) throw new Error(`${journalFile} is of another migration`);
  await note({});
}

const act = (id, what, body, key) => call('POST', `/v1/migrations/${id}/${what}`, { body, key });

/** The same key gets the same migration, however often it is asked: an answer that was lost loses nothing. */
async function open() {
  if (journal.id !== undefined) return call('GET', `/v1/migrations/${journal.id}`);
  const headers = { 'idempotency-key': journal.key };
  const migration = await call('POST', '/v1/migrations', { body: { vm, target }, headers });
  await note({ id: migration.id });
  return migration;
}

/** At the last moment, on behalf of the target; with a key of its agent, by the target itself. */
async function verify(id) {
  const givenUp = Date.now() + FACTS_MS;
  for (;;) {
    try {
      return await act(id, 'verify', await hypervisor.lookAt(target), process.env.BERTH_TARGET_KEY);
    } catch (error) {
      // The target is not what is registered of it. Its agent is about to say what it is now.
      if (error.code !== 'FACTS_CHANGED' || Date.now() > givenUp) throw error;
      await sleep(2_000);
    }
  }
}

/** Both sides say the same, so that a late report needs nobody else. Only an answer ends it: until then Berth counts on two hosts. */
async function report({ outcome, raw, side = 'target' }, id) {
  const patienceMs = 24 * 3_600_000;
  const other = side === 'target' ? 'source' : 'target';
  const body = outcome === 'landed' ? { side, outcome } : { side, outcome, raw };
  await call('POST', `/v1/migrations/${id}/report`, { body, patienceMs });
  return call('POST', `/v1/migrations/${id}/report`, { body: { side: other, outcome }, patienceMs });
}

/** A migration that nobody watches any more goes on by itself. */
async function settledHost() {
  const givenUp = Date.now() + SETTLED_MS;
  for (;;) {
    const host = await hypervisor.hostOf(vm);
    if (host !== undefined || Date.now() > givenUp) return host;
    await sleep(2_000);
  }
}

/** From the start on the VM may run on either host, and nobody but this program knows whether the VMM was told. */
async function tried({ id, source, ticket }) {
  await hypervisor.deliver(vm, target, ticket);
  if (journal.told !== true) {
    await note({ told: true });
    return report(await hypervisor.migrate(vm, source, target), id);
  }
  // It was told, and then we died: what is, is asked of the two hosts, and never guessed.
  const host = await settledHost();
  if (host !== source && host !== target)
    throw new Error(`neither ${source} nor ${target} runs ${vm}: look, then report`);
  return report({ outcome: host === target ? 'landed' : 'failed', raw: `found on ${host} after a crash` }, id);
}

async function move() {
  await recall();
  let migration = await open();
  say(migration.state, migration.id, `${migration.source} → ${target}`);
  if (migration.state === 'admitted') {
    await hypervisor.deliver(vm, target, migration.ticket);
    migration = await verify(migration.id);
    say(migration.state);
  }
  // Not before this is answered, and not when it says anything but `in-flight`, is the VMM told to migrate.
  if (migration.state === 'verified') migration = await act(migration.id, 'start');
  say(migration.state);
  if (migration.state === 'in-flight' || migration.state === 'unreported') migration = await tried(migration);
  await rm(journalFile, { force: true });
  say(migration.state, migration.why);
  if (migration.actual?.comparison === 'false-yes')
    say('Berth should have known:', migration.actual.falseYes.join(', '));
  return migration.state === 'landed' ? EXIT.landed : EXIT.failed;
}

/** What an answer that says no means. */
async function exitOf(error) {
  if (!(error instanceof Refused)) throw error;
  say(error.message);
  switch (error.code) {
    case 'NOT_COMPATIBLE':
      await rm(journalFile, { force: true });
      return EXIT[error.problem.verdict.outcome];
    case 'MIGRATION_ENDED':
      await rm(journalFile, { force: true });
      return EXIT.failed;
    case 'MIGRATION_OPEN':
      // Somebody else moves it. Theirs to end; what can be waited for is an event of that migration.
      say(`held by ${error.problem.migration}`);
      return 1;
    default:
      return 1;
  }
}

process.exitCode = await move().catch(exitOf);
