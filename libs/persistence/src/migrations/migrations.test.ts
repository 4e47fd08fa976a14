import {
  type Caller,
  type Job,
  Migrations,
  newId,
  nextState,
  OutboxRelay,
  type TicketClaims,
  type TicketSigner,
} from '@berth/application';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  fingerprint,
  manifest,
  migrationsOn,
  minutesAgo,
  openFleet,
  type TestFleet,
} from '../../../../test/support/fleet.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM, UNFIT_HOST } from '../../../../test/support/migratable.js';

const SETTINGS = { ticketMilliseconds: 300_000, deadlineMilliseconds: 3_600_000 };

let fleet: TestFleet;
let vms = 0;
beforeAll(async () => {
  fleet = await openFleet();
  await host('source');
  await host('target');
});
afterAll(() => fleet?.close());

const host = (name: string, parts: object = MIGRATABLE_HOST, caller = fleet.operator, minutes = 5) =>
  fleet.registerFingerprint.run(
    caller,
    name,
    fingerprint(minutesAgo(minutes), { ...parts, machineId: `machine of ${name}`, bootId: `boot of ${name}` }),
  );

async function vm(caller = fleet.operator): Promise<string> {
  const name = `vm-${++vms}`;
  await fleet.registerManifest.run(caller, name, manifest({ ...MIGRATABLE_VM, runId: `run of ${name}` }));
  return name;
}

async function opened(target = 'target', migrations = fleet.migrations): Promise<{ id: string; vm: string }> {
  const name = await vm();
  const answer = await migrations.open(fleet.operator, { vm: name, target });
  if (answer.kind !== 'opened') throw new Error(answer.kind);
  return { id: answer.migration.id, vm: name };
}

async function started(): Promise<{ id: string; vm: string }> {
  const it = await opened();
  await fleet.migrations.verify(fleet.operator, it.id);
  await fleet.migrations.start(fleet.operator, it.id);
  return it;
}

const query = (sql: string, values: readonly unknown[] = []) =>
  fleet.database.pool.query(sql, [...values]).then(({ rows }) => rows);
const stateOf = async (id: string): Promise<string | undefined> => {
  const found = await fleet.migrations.get(fleet.operator, id);
  return found.kind === 'done' ? found.migration.state : undefined;
};
const passTime = (id: string) =>
  query(
    `UPDATE migration SET expires_at = expires_at - interval '1 day', deadline_at = deadline_at - interval '1 day' WHERE id = $1`,
    [id],
  );

function promised(): { readonly kept: Promise<void>; readonly keep: () => void } {
  let keep = (): void => undefined;
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  return { kept, keep: () => keep() };
}

/** A signer that a test may hold up, and that tells what it was asked to sign. */
function heldSigner(): TicketSigner & {
  readonly claims: TicketClaims[];
  readonly asked: Promise<void>;
  release(): void;
} {
  const claims: TicketClaims[] = [];
  const [asked, gate] = [promised(), promised()];
  return {
    claims,
    asked: asked.kept,
    release: gate.keep,
    sign: async (each) => {
      claims.push(each);
      asked.keep();
      await gate.kept;
      return `header.${claims.length}.signature`;
    },
  };
}

const withSigner = (signer: TicketSigner): Migrations =>
  new Migrations({ work: fleet.database.work, store: fleet.database.migrations, signer, newId }, SETTINGS);

/** How many transactions of this database wait for a lock. */
const waiting = async (): Promise<number> => {
  const [row] = await query(
    `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return row?.n;
};

describe('a ticket', () => {
  test('pins all that the migration was admitted on', async () => {
    const signer = heldSigner();
    signer.release();
    const { id, vm: name } = await opened('target', withSigner(signer));
    const found = await fleet.migrations.get(fleet.operator, id);
    if (found.kind !== 'done') throw new Error(found.kind);
    const { pins, prediction, expiresAt, ticket } = found.migration;
    expect(signer.claims).toEqual([
      {
        fleet: 'default',
        migration: id,
        vm: name,
        runId: `run of ${name}`,
        source: 'source',
        target: 'target',
        manifest: pins.manifest,
        fingerprint: pins.fingerprint,
        bootId: 'boot of target',
        rulebook: pins.rulebook,
        issuedAt: prediction.evaluatedAt,
        expiresAt,
      },
    ]);
    expect(ticket).toBe('header.1.signature');
    expect(expiresAt.getTime() - prediction.evaluatedAt.getTime()).toBe(SETTINGS.ticketMilliseconds);
  });

  test('holds no longer than the target’s facts stay fresh', async () => {
    await host('beating');
    const record = await fleet.hosts.get(fleet.operator, 'beating');
    if (record.kind !== 'found') throw new Error(record.kind);
    await fleet.hosts.heartbeat(fleet.operator, 'beating', { bootId: 'boot of beating', digest: record.digest });
    const { id } = await opened('beating');
    const [row] = await query(
      `SELECT m.expires_at = date_trunc('milliseconds', greatest(l.beat_at, h.received_at)) + interval '60 seconds' AS fits
       FROM migration m JOIN host h ON h.name = m.target JOIN host_liveness l ON l.host = m.target WHERE m.id = $1`,
      [id],
    );
    expect(row).toEqual({ fits: true });
  });

  test('that cannot be signed opens nothing, and its key may be used again', async () => {
    const name = await vm();
    const kept = { key: 'unsigned', requestDigest: 'sha256:x', print: () => 'printed' };
    const broken = withSigner({ sign: () => Promise.reject(new Error('no key')) });
    await expect(broken.open(fleet.operator, { vm: name, target: 'target' }, kept)).rejects.toThrow('no key');
    expect(await query('SELECT FROM migration WHERE vm = $1', [name])).toEqual([]);
    expect(await query(`SELECT FROM idempotency_key WHERE key = 'unsigned'`)).toEqual([]);
    expect(await fleet.migrations.open(fleet.operator, { vm: name, target: 'target' }, kept)).toMatchObject({
      kind: 'opened',
    });
    expect(await query(`SELECT status, body FROM idempotency_key WHERE key = 'unsigned'`)).toEqual([
      { status: 201, body: 'printed' },
    ]);
  });
});

describe('what a migration is evaluated on', () => {
  test('does not change before the commit', async () => {
    await host('held', MIGRATABLE_HOST, fleet.operator, 5);
    const signer = heldSigner();
    const name = await vm();
    const opening = withSigner(signer).open(fleet.operator, { vm: name, target: 'held' });
    await signer.asked;
    const done: string[] = [];
    const writes = [
      host('held', UNFIT_HOST, fleet.operator, 4).then(() => done.push('fingerprint')),
      fleet.hosts.patch(fleet.operator, 'source', { state: 'cordoned' }).then(() => done.push('state')),
      fleet.vms.patch(fleet.operator, name, { labels: new Map() }).then(() => done.push('VM')),
    ];
    await expect.poll(waiting).toBe(writes.length);
    expect(done).toEqual([]);
    signer.release();
    const answer = await opening;
    await Promise.all(writes);
    await fleet.hosts.patch(fleet.operator, 'source', { state: 'active' });
    if (answer.kind !== 'opened') throw new Error(answer.kind);
    // Admitted on what was true then; the next step sees what is true now.
    expect(await fleet.migrations.verify(fleet.operator, answer.migration.id)).toMatchObject({
      kind: 'not-compatible',
      verdict: { decision: { wouldFail: { reason: 'IPA_SIZE_UNSUPPORTED' } } },
    });
  });

  test('includes the heartbeats of its hosts', async () => {
    await host('heard');
    const { digest } = (await fleet.hosts.get(fleet.operator, 'heard')) as { digest: string };
    await fleet.hosts.heartbeat(fleet.operator, 'heard', { bootId: 'boot of heard', digest });
    const signer = heldSigner();
    const name = await vm();
    const opening = withSigner(signer).open(fleet.operator, { vm: name, target: 'heard' });
    await signer.asked;
    const reboot = fleet.hosts.heartbeat(fleet.operator, 'heard', { bootId: 'the next boot', digest });
    await expect.poll(waiting).toBe(1);
    signer.release();
    expect(await opening).toMatchObject({ kind: 'opened' });
    await reboot;
  });
});

describe('one open migration for a VM', () => {
  test('is what the index holds, whatever the code does', async () => {
    const { id, vm: name } = await opened();
    const [row] = await query('SELECT * FROM migration WHERE id = $1', [id]);
    const again = `INSERT INTO migration SELECT (jsonb_populate_record(NULL::migration, $1::jsonb)).*`;
    const copy = JSON.stringify({ ...row, id: newId() });
    await expect(query(again, [copy])).rejects.toThrow('migration_open_vm_key');
    await fleet.migrations.cancel(fleet.operator, id);
    await query(again, [copy]);
    expect(await query('SELECT state FROM migration WHERE vm = $1 ORDER BY state', [name])).toEqual([
      { state: 'admitted' },
      { state: 'revoked' },
    ]);
  });

  test('is one in each fleet', async () => {
    for (const name of ['source', 'target']) await host(name, MIGRATABLE_HOST, fleet.stranger);
    const ours = await vm();
    await fleet.registerManifest.run(fleet.stranger, ours, manifest(MIGRATABLE_VM));
    const callers: Caller[] = [fleet.operator, fleet.stranger];
    const answers = await Promise.all(
      callers.map((caller) => fleet.migrations.open(caller, { vm: ours, target: 'target' })),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(['opened', 'opened']);
  });
});

describe('what was written of a migration', () => {
  test('is never changed', async () => {
    const { id } = await started();
    await fleet.migrations.report(fleet.operator, id, { side: 'target', outcome: 'landed' });
    for (const table of ['migration_step', 'migration_report']) {
      await expect(query(`UPDATE ${table} SET at = now() WHERE migration = $1`, [id])).rejects.toThrow('never change');
      await expect(query(`DELETE FROM ${table} WHERE migration = $1`, [id])).rejects.toThrow('never change');
    }
    await expect(query('DELETE FROM migration WHERE id = $1', [id])).rejects.toThrow('foreign key');
  });
});

describe('a migration whose time has come', () => {
  test('is seen to by a job that waits in the outbox until then', async () => {
    await query('TRUNCATE outbox');
    const { id } = await started();
    const sent: Job[] = [];
    const relay = new OutboxRelay(fleet.database.outbox, { send: async (jobs) => void sent.push(...jobs) });
    expect([await relay.drain(), await relay.backlog()]).toEqual([0, { unsent: 0, oldest: undefined }]);
    await query(`UPDATE outbox SET due_at = due_at - interval '2 hours'`);
    expect((await relay.backlog()).unsent).toBe(3);
    await relay.drain();
    const payload = { v: 1, fleet: 'default', migration: id };
    const queue = 'berth.migration.due';
    expect(sent).toEqual(
      ['admitted', 'verified', 'in-flight'].map((what) => ({ queue, id: `${id}.${what}`, payload })),
    );
    // A job that comes too early changes nothing.
    expect(await fleet.migrations.due('default', id)).toBe('in-flight');
    await passTime(id);
    expect(await fleet.migrations.due('default', id)).toBe('unreported');
  });

  test('is seen to without its job, and whatever becomes of another', async () => {
    await fleet.migrations.sweep();
    const [first, broken, last] = [await opened(), await opened(), await started()];
    await query('TRUNCATE outbox');
    for (const { id } of [first, broken, last]) await passTime(id);
    await query(`UPDATE migration SET prediction = 'not JSON' WHERE id = $1`, [broken.id]);
    await expect(fleet.migrations.sweep()).rejects.toThrow('JSON');
    expect([await stateOf(first.id), await stateOf(last.id)]).toEqual(['revoked', 'unreported']);
    await query(`UPDATE migration SET prediction = (SELECT prediction FROM migration WHERE id = $2) WHERE id = $1`, [
      broken.id,
      first.id,
    ]);
    expect([await fleet.migrations.sweep(), await stateOf(broken.id), await fleet.migrations.sweep()]).toEqual([
      1,
      'revoked',
      0,
    ]);
  });

  test('is not one whose time has not', async () => {
    const { id } = await opened();
    const { id: moving } = await started();
    await fleet.migrations.sweep();
    expect([await stateOf(id), await stateOf(moving)]).toEqual(['admitted', 'in-flight']);
  });
});

describe('many at once', () => {
  const ACTS = ['open', 'verify', 'start', 'landed', 'failed', 'cancel', 'expire', 'sweep'] as const;
  const acts = fc.array(fc.constantFrom(...ACTS), { minLength: 4, maxLength: 12 });

  async function act(what: (typeof ACTS)[number], name: string, target: string, by: string): Promise<unknown> {
    const caller: Caller = { fleet: 'default', keyId: by, role: 'orchestrator' };
    if (what === 'open') return fleet.migrations.open(caller, { vm: name, target });
    if (what === 'sweep') return fleet.migrations.sweep();
    const [row] = await query('SELECT id FROM migration WHERE vm = $1 ORDER BY id DESC LIMIT 1', [name]);
    return row === undefined ? undefined : actOn(what, row.id, caller);
  }

  function actOn(what: Exclude<(typeof ACTS)[number], 'open' | 'sweep'>, id: string, caller: Caller): Promise<unknown> {
    switch (what) {
      case 'expire':
        return passTime(id);
      case 'landed':
      case 'failed':
        return fleet.migrations.report(caller, id, { side: 'source', outcome: what });
      default:
        return fleet.migrations[what](caller, id);
    }
  }

  test('each history is a path through the table, and a VM moves once for each landing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(acts, { minLength: 2, maxLength: 4 }), async (clients) => {
        const name = await vm();
        const client = async (wanted: readonly (typeof ACTS)[number][], index: number): Promise<void> => {
          const target = index % 2 === 0 ? 'target' : 'source';
          for (const what of wanted) await act(what, name, target, `client ${index}`);
        };
        await act('open', name, 'target', 'client 0');
        await Promise.all(clients.map(client));
        await expectSound(name);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  async function expectSound(name: string): Promise<void> {
    const rows = await query('SELECT id, state, source, target FROM migration WHERE vm = $1 ORDER BY id', [name]);
    const open = rows.filter(({ state }) => ['admitted', 'verified', 'in-flight', 'unreported'].includes(state));
    expect(open.length).toBeLessThanOrEqual(1);
    for (const { id, state } of rows) {
      const steps = await query(
        'SELECT from_state, trigger, to_state FROM migration_step WHERE migration = $1 ORDER BY n',
        [id],
      );
      const path = steps.map((step, index) => nextState(steps[index - 1]?.to_state ?? null, step.trigger));
      expect(path).toEqual(steps.map(({ to_state }) => to_state));
      expect(path.at(-1)).toBe(state);
    }
    const landed = rows.filter(({ state }) => state === 'landed');
    const [{ host: standsOn, revision } = { host: undefined, revision: 0 }] = await query(
      'SELECT host, revision FROM vm WHERE name = $1',
      [name],
    );
    expect([standsOn, revision]).toEqual([landed.at(-1)?.target ?? 'source', 1 + landed.length]);
  }
});

test('a program that is told to wait less does', async () => {
  const hasty = migrationsOn(fleet.database, { ticketMilliseconds: 1_000, deadlineMilliseconds: 1_000 });
  const { id } = await opened('target', hasty);
  await hasty.verify(fleet.operator, id);
  await hasty.start(fleet.operator, id);
  await expect.poll(() => hasty.due('default', id), { timeout: 10_000 }).toBe('unreported');
});
