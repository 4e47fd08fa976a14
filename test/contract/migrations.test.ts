import { beforeAll, describe, expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import type { Exchange } from '../support/http-client.js';
import { MigrationLab } from '../support/http-migrations.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM, UNFIT_HOST } from '../support/migratable.js';

const api = useApi();
const lab = new MigrationLab(api);
beforeAll(() => lab.prepare());

const codeOf = ({ status, json }: Exchange): readonly [number, string] => [status, json?.code];
const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

/** A 503 says that it is not known what became of the call: whoever hears it asks again. */
async function patient(call: () => Promise<Exchange>): Promise<Exchange> {
  const answer = await call();
  return answer.status === 503 ? patient(call) : answer;
}

/** All that a change to a migration writes, but for the numbers that events are given later. */
const written = (id: string, vm: string): Promise<unknown[]> =>
  api.query(
    `SELECT (SELECT m::text FROM migration m WHERE id = $1) AS migration, (SELECT v::text FROM vm v WHERE name = $2) AS vm,
  (SELECT count(*) FROM migration_step WHERE migration = $1) AS steps, (SELECT count(*) FROM migration_report WHERE migration = $1) AS reports,
  (SELECT count(*) FROM audit) AS audit, (SELECT count(*) FROM event) AS events, (SELECT count(*) FROM outbox) AS outbox`,
    [id, vm],
  );

/** A target of its own, so that what is done to it concerns no other test. */
async function onOwnTarget(
  name: string,
): Promise<{ readonly vm: string; readonly id: string; readonly digest: string }> {
  const digest = await lab.host(name);
  const vm = await lab.vm();
  const opened = await lab.open(vm, { target: name });
  expect(opened.status).toBe(201);
  return { vm, id: opened.json.id, digest };
}

describe('a migration', () => {
  test('is opened, verified, started and landed, and says how it came there', async () => {
    const vm = await lab.vm();
    const opened = await lab.open(vm, { expect: { vmRevision: 1, hostRevision: 1 } });
    expect(opened.status).toBe(201);
    const { id, ticket, basis } = opened.json;
    expect(opened.headers.get('location')).toBe(`/v1/migrations/${id}`);
    expect(opened.headers.get('idempotency-replayed')).toBeNull();
    expect(opened.json).toMatchObject({
      vm,
      source: 'mig-source',
      target: 'mig-target',
      state: 'admitted',
      policy: 'strict',
      deadlineAt: null,
      report: null,
      prediction: { outcome: 'compatible', wouldFail: null },
    });
    expect(basis).toMatchObject({
      vm,
      vmRevision: 1,
      host: 'mig-target',
      runId: `run of ${vm}`,
      bootId: 'boot of mig-target',
    });
    expect(Date.parse(opened.json.expiresAt) - Date.parse(opened.json.prediction.evaluatedAt)).toBe(300_000);

    const verified = await lab.act(id, 'verify');
    expect([verified.json.state, verified.json.basis]).toEqual(['verified', basis]);
    expect(verified.json.ticket.split('.')).toHaveLength(3);
    expect(ticket.split('.')).toHaveLength(3);
    const started = await lab.act(id, 'start');
    expect([started.json.state, started.json.ticket]).toEqual(['in-flight', verified.json.ticket]);
    const startedAt = started.json.history.at(-1).at;
    expect(Math.abs(Date.parse(started.json.deadlineAt) - Date.parse(startedAt) - 3_600_000)).toBeLessThan(5_000);
    const landed = await lab.act(id, 'landed');
    expect(landed.json).toMatchObject({
      state: 'landed',
      report: { side: 'target', outcome: 'landed', accepted: true },
    });
    expect(landed.json.history.map((step: Record<string, unknown>) => [step['from'], step['to'], step['why']])).toEqual(
      [
        [null, 'admitted', 'opened'],
        ['admitted', 'verified', 'verified on behalf of the target'],
        ['verified', 'in-flight', 'started'],
        ['in-flight', 'landed', 'the target reported landed'],
      ],
    );
    expect((await api.admin.get(`/v1/vms/${vm}`)).json).toMatchObject({ host: 'mig-target', revision: 2 });
    expect(await lab.get(id)).toEqual(landed.json);
  });

  test('writes each step with its audit row and its event', async () => {
    const { id, vm } = await lab.bring('landed');
    const actions = await api.query('SELECT action, detail FROM audit WHERE subject = $1 ORDER BY id', [id]);
    expect(actions.map(({ action }) => action)).toEqual([
      'migration.open',
      'migration.verify',
      'migration.start',
      'migration.report',
    ]);
    expect(actions.at(-1)?.['detail']).toMatchObject({ vm, from: 'in-flight', to: 'landed' });
    const events = await api.query('SELECT type, data FROM event WHERE subject = $1 ORDER BY id', [`migrations/${id}`]);
    expect(events.map(({ type }) => type)).toEqual([
      'migration.admitted',
      'migration.verified',
      'migration.started',
      'migration.landed',
    ]);
    expect(JSON.parse(events.at(-1)?.['data'])).toEqual({
      migration: id,
      vm,
      source: 'mig-source',
      target: 'mig-target',
      state: 'landed',
      why: 'the target reported landed',
    });
    const moved = await api.query(`SELECT data FROM event WHERE subject = $1 AND type = 'vm.relocated'`, [`vms/${vm}`]);
    expect(moved.map(({ data }) => JSON.parse(data))).toEqual([
      { vm, revision: 2, from: 'mig-source', to: 'mig-target' },
    ]);
  });

  test('is listed, newest first, by state, VM and hosts', async () => {
    const { id, vm } = await lab.bring('landed');
    const second = await lab.open(vm, { target: 'mig-source' });
    const ids = async (query: string): Promise<string[]> =>
      (await api.admin.get(`/v1/migrations?${query}`)).json.items.map((item: { id: string }) => item.id);
    expect(await ids(`vm=${vm}`)).toEqual([second.json.id, id]);
    expect(await ids(`vm=${vm}&state=landed`)).toEqual([id]);
    expect(await ids(`vm=${vm}&target=mig-source&source=mig-target&state=admitted`)).toEqual([second.json.id]);
    expect(await ids(`vm=${vm}&target=nowhere`)).toEqual([]);
    const first = await api.admin.get(`/v1/migrations?vm=${vm}&limit=1`);
    expect(await ids(`vm=${vm}&limit=1&cursor=${first.json.nextCursor}`)).toEqual([id]);
    expect(codeOf(await api.admin.get('/v1/migrations?state=lost'))).toEqual([400, 'INVALID_QUERY']);
    expect(codeOf(await api.admin.get(`/v1/vms?cursor=${first.json.nextCursor}`))).toEqual([400, 'CURSOR_INVALID']);
  });

  test('that nobody has is unknown, whatever its id looks like', async () => {
    for (const id of ['0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11', 'x', 'constructor']) {
      expect(codeOf(await api.admin.get(`/v1/migrations/${id}`))).toEqual([404, 'MIGRATION_UNKNOWN']);
      for (const act of ['verify', 'start', 'landed', 'cancel'] as const)
        expect(codeOf(await lab.act(id, act))).toEqual([404, 'MIGRATION_UNKNOWN']);
    }
  });
});

describe('opening', () => {
  test('names what is wrong with the request', async () => {
    const vm = await lab.vm();
    const cases = [
      [{ vm: 'nobody', target: 'mig-target' }, 422, 'NAME_UNKNOWN', '/vm'],
      [{ vm, target: 'nowhere' }, 422, 'NAME_UNKNOWN', '/target'],
      [{ vm, target: 'mig-target', expect: { vmRevision: 7 } }, 409, 'REVISION_CONFLICT', '/expect'],
      [{ vm, target: 'mig-target', policy: 'proposal:fallback' }, 422, 'INVALID_DOCUMENT', '/policy'],
      [{ vm, target: 'mig-target', policy: 'lenient' }, 422, 'INVALID_DOCUMENT', '/policy'],
      [{ vm, target: 'mig-target', phases: ['memslot'] }, 422, 'INVALID_DOCUMENT', '/phases'],
      [{ vm, target: 'mig-target', proposal: {} }, 422, 'INVALID_DOCUMENT', '/proposal'],
      [{ vm }, 422, 'INVALID_DOCUMENT', '/target'],
      [{ vm: '..', target: 'mig-target' }, 422, 'INVALID_DOCUMENT', '/vm'],
      [{ vm, target: 'mig-target', expect: { hostRevision: -1 } }, 422, 'INVALID_DOCUMENT', '/expect/hostRevision'],
    ] as const;
    for (const [body, status, code, pointer] of cases) {
      const refused = await api.admin.post('/v1/migrations', body);
      expect([refused.status, refused.json.code, refused.json.errors[0].pointer]).toEqual([status, code, pointer]);
    }
    expect((await api.admin.get(`/v1/vms/${vm}`)).json.openMigration).toBeNull();
  });

  test('needs to know where the VM runs', async () => {
    await api.admin.put('/v1/vms/placeless/manifest', { schema: 'berth.manifest/1', ...MIGRATABLE_VM });
    const refused = await lab.open('placeless');
    expect([...codeOf(refused), refused.json.errors[0].pointer]).toEqual([422, 'VM_WITHOUT_HOST', '/vm']);
    expect((await api.admin.get('/v1/vms/placeless')).json.mayRunOn).toEqual([]);
  });

  test('needs a yes, and carries the verdict that is none', async () => {
    const vm = await lab.vm();
    await lab.host('unfit', UNFIT_HOST);
    const refused = await lab.open(vm, { target: 'unfit' });
    expect(codeOf(refused)).toEqual([422, 'NOT_COMPATIBLE']);
    expect(refused.json.verdict).toMatchObject({
      outcome: 'incompatible',
      wouldFail: { reason: 'IPA_SIZE_UNSUPPORTED' },
      basis: { vm, host: 'unfit', policy: 'strict' },
    });
    const home = await lab.open(vm, { target: 'mig-source' });
    expect([...codeOf(home), home.json.verdict.wouldFail.reason]).toEqual([422, 'NOT_COMPATIBLE', 'SAME_HOST']);
    const { devices: _, ...untold } = MIGRATABLE_VM;
    const unsure = await lab.vm({ ...untold, devices: undefined }, 'unsure');
    const doubted = await lab.open(unsure);
    expect([...codeOf(doubted), doubted.json.verdict.outcome]).toEqual([422, 'NOT_COMPATIBLE', 'indeterminate']);
    expect((await lab.open(vm, { policy: 'kernel' })).json).toMatchObject({
      policy: 'kernel',
      basis: { policy: 'kernel' },
    });
  });

  test('50 clients at once: one opens it, and the others hear who did', async () => {
    const vm = await lab.vm();
    const answers = await times(50, (client) =>
      patient(() => lab.open(vm, {}, { 'idempotency-key': `client-${client}-of-${vm}` })),
    );
    const [winner, ...more] = answers.filter(({ status }) => status === 201);
    expect(more).toEqual([]);
    const losers = answers.filter(({ status }) => status !== 201);
    expect(losers.map(({ status, json }) => [status, json.code, json.migration])).toEqual(
      Array.from({ length: 49 }, () => [409, 'MIGRATION_OPEN', winner?.json.id]),
    );
    expect(await api.query('SELECT FROM migration WHERE vm = $1', [vm])).toHaveLength(1);
  });

  test('finds a migration whose time has passed no longer in its way', async () => {
    const vm = await lab.vm();
    const { id } = (await lab.open(vm)).json;
    await lab.passTime(id);
    expect((await lab.open(vm)).status).toBe(201);
    expect(await lab.get(id)).toMatchObject({ state: 'revoked', why: 'admitted, and not started in time' });
  });
});

describe('an Idempotency-Key', () => {
  const under = (key: string, body: object, client = api.admin): Promise<Exchange> =>
    client.post('/v1/migrations', body, { headers: { 'idempotency-key': key } });

  test('gets the same bytes again, and has one effect', async () => {
    const vm = await lab.vm();
    const first = await under('one', { vm, target: 'mig-target', expect: { vmRevision: 1, hostRevision: 1 } });
    expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null]);
    const again = await under('one', { expect: { hostRevision: 1, vmRevision: 1 }, target: 'mig-target', vm });
    expect([again.status, again.headers.get('idempotency-replayed'), again.text]).toEqual([201, 'true', first.text]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    await lab.act(first.json.id, 'cancel');
    expect((await under('one', { vm, target: 'mig-target', expect: { vmRevision: 1, hostRevision: 1 } })).text).toBe(
      first.text,
    );
    expect(await api.query('SELECT FROM migration WHERE vm = $1', [vm])).toHaveLength(1);
  });

  test('is one request alone', async () => {
    const vm = await lab.vm();
    expect((await under('two', { vm, target: 'mig-target' })).status).toBe(201);
    const other = await under('two', { vm, target: 'mig-target', policy: 'kernel' });
    expect(codeOf(other)).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('is its caller’s own', async () => {
    const vm = await lab.vm();
    const theirs = await api.client('orchestrator');
    expect((await under('three', { vm, target: 'mig-target' })).status).toBe(201);
    expect(codeOf(await under('three', { vm, target: 'mig-target' }, theirs))).toEqual([409, 'MIGRATION_OPEN']);
  });

  test('sent twenty times at once: twenty times the same bytes', async () => {
    const vm = await lab.vm();
    const answers = await times(20, () => patient(() => under('four', { vm, target: 'mig-target' })));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(19);
  });

  test('of two requests at once opens one migration', async () => {
    const vms = await times(2, () => lab.vm());
    const answers = await Promise.all(vms.map((vm) => under('five', { vm, target: 'mig-target' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(await api.query('SELECT FROM migration WHERE vm = ANY ($1)', [vms])).toHaveLength(1);
  });

  test('keeps what was done, and no refusal', async () => {
    const vm = await lab.vm();
    const holder = (await lab.open(vm)).json.id;
    expect(codeOf(await under('six', { vm, target: 'mig-target' }))).toEqual([409, 'MIGRATION_OPEN']);
    await lab.act(holder, 'cancel');
    const opened = await under('six', { vm, target: 'mig-target' });
    expect([opened.status, opened.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  test('is forgotten after a day', async () => {
    const vm = await lab.vm();
    const first = await under('seven', { vm, target: 'mig-target' });
    await lab.act(first.json.id, 'cancel');
    await api.query(`UPDATE idempotency_key SET created_at = created_at - interval '25 hours' WHERE key = 'seven'`);
    const second = await under('seven', { vm, target: 'mig-target', policy: 'kernel' });
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect((await under('seven', { vm, target: 'mig-target', policy: 'kernel' })).text).toBe(second.text);
  });

  test.each(['', ' ', 'two words', 'ä', 'x'.repeat(256)])('is visible ASCII, and %j is not', async (key) => {
    const refused = await under(key, { vm: 'nobody', target: 'mig-target' }).catch((error: unknown) => error);
    // What is no header at all is not sent.
    if (refused instanceof TypeError) return expect(key).toBe('ä');
    const { status, json } = refused as Exchange;
    expect([status, json.errors[0].pointer]).toEqual([400, '/Idempotency-Key']);
    return undefined;
  });
});

describe('verifying', () => {
  test('is refused when the target is not what is registered of it, and changes nothing', async () => {
    const { id, digest } = await onOwnTarget('moved');
    const verify = (word: object): Promise<Exchange> => api.admin.post(`/v1/migrations/${id}/verify`, word);
    const otherDigest = await verify({ digest: `sha256:${'0'.repeat(64)}` });
    expect([...codeOf(otherDigest), otherDigest.json.errors[0].pointer]).toEqual([409, 'FACTS_CHANGED', '/digest']);
    const otherBoot = await verify({ digest, bootId: 'another boot' });
    expect([...codeOf(otherBoot), otherBoot.json.errors[0].pointer]).toEqual([409, 'FACTS_CHANGED', '/bootId']);
    const forged = await verify({ ticket: 'e30.e30.e30' });
    expect([...codeOf(forged), forged.json.errors[0].pointer]).toEqual([409, 'TICKET_FOREIGN', '/ticket']);
    expect((await lab.get(id)).state).toBe('admitted');
    const { ticket } = await lab.get(id);
    expect((await verify({ digest, bootId: 'boot of moved', ticket })).json.state).toBe('verified');
    // The answer was lost, and the target still has the first ticket.
    expect((await verify({ digest, bootId: 'boot of moved', ticket })).json.state).toBe('verified');
  });

  test('moves the pins on when the target has changed and is still good', async () => {
    const { id, digest } = await onOwnTarget('newer');
    const first = await lab.get(id);
    const moved = await lab.host('newer', { ...MIGRATABLE_HOST, kernel: { release: '7.2.14', pageSize: 4096 } });
    expect(moved).not.toBe(digest);
    const verified = await lab.act(id, 'verify');
    expect(verified.json).toMatchObject({ state: 'verified', basis: { fingerprint: moved, hostRevision: 2 } });
    expect(verified.json.ticket).not.toBe(first.ticket);
    const again = await lab.host('newer', { ...MIGRATABLE_HOST, kernel: { release: '7.2.15', pageSize: 4096 } });
    const second = await lab.act(id, 'verify');
    expect(second.json).toMatchObject({ state: 'verified', basis: { fingerprint: again, hostRevision: 3 } });
    expect([second.json.ticket === verified.json.ticket, second.json.expiresAt]).toEqual([
      false,
      verified.json.expiresAt,
    ]);
    await lab.host('newer');
    const started = await lab.act(id, 'start');
    expect(started.json).toMatchObject({ state: 'in-flight', basis: { fingerprint: digest, hostRevision: 4 } });
    expect(started.json.ticket).not.toBe(second.json.ticket);
    expect(started.json.history.map((step: { to: string }) => step.to)).toEqual(['admitted', 'verified', 'in-flight']);
  });

  test('by another caller is refused; by the same it is answered alike', async () => {
    const { id } = await lab.bring('verified');
    const first = await lab.get(id);
    expect((await lab.act(id, 'verify')).json).toEqual(first);
    expect(codeOf(await lab.act(id, 'verify', await api.client('orchestrator')))).toEqual([409, 'OTHER_CALLER']);
  });

  test('by an agent is its host’s, whichever of its keys it uses', async () => {
    const { id } = await lab.bring('admitted');
    const [one, two] = [
      await api.client('agent', { host: 'mig-target' }),
      await api.client('agent', { host: 'mig-target' }),
    ];
    const first = await lab.act(id, 'verify', one);
    expect(first.json.history.at(-1)).toMatchObject({ by: 'hosts/mig-target', why: 'verified by the target' });
    expect((await lab.act(id, 'verify', two)).json).toEqual(first.json);
  });
});

describe('what changes before the start', () => {
  const changes: Readonly<Record<string, (host: string, vm: string) => Promise<unknown>>> = {
    'the target’s facts': (host) => lab.host(host, UNFIT_HOST),
    'the target’s state': (host) => api.admin.patch(`/v1/hosts/${host}`, { state: 'maintenance' }),
    'the target’s freshness': (host) =>
      api.query(`UPDATE host SET received_at = received_at - interval '2 days' WHERE name = $1`, [host]),
    'a reboot of the target': (host) =>
      api.admin.post(`/v1/hosts/${host}/heartbeat`, { bootId: 'next boot', digest: `sha256:${'0'.repeat(64)}` }),
    'the VM’s needs': (_host, vm) =>
      lab.vm({ vm: { type: 'normal', ipaBits: 52, mte: false }, runId: `run of ${vm}` }, vm),
  };
  const cases = Object.keys(changes).flatMap((what) => ['verify', 'start'].map((act) => [act, what] as const));

  test.each(cases)('%s revokes it when %s is no longer good', async (act, what) => {
    const host = `${act}-${Object.keys(changes).indexOf(what)}`;
    const { id, vm } = await onOwnTarget(host);
    if (act === 'start') await lab.act(id, 'verify');
    await changes[what]?.(host, vm);
    const refused = await lab.act(id, act as 'verify');
    expect(codeOf(refused)).toEqual([422, 'NOT_COMPATIBLE']);
    expect(refused.json.verdict.outcome).not.toBe('compatible');
    const revoked = await lab.get(id);
    expect(revoked.state).toBe('revoked');
    expect(revoked.why).toMatch(/^no longer compatible: /);
    expect(revoked.history.at(-1).by).toBe('berth');
    // The answer was lost: asked again it is the same, and nothing more happens.
    expect((await lab.act(id, act as 'verify')).text).toBe(refused.text);
    expect(await lab.get(id)).toEqual(revoked);
    expect((await api.admin.get(`/v1/vms/${vm}`)).json).toMatchObject({ host: 'mig-source', openMigration: null });
  });

  test.each([
    ['a new one', { runId: 'started anew' }, 'started anew'],
    ['none any more', { runId: undefined }, 'not known'],
  ])('the VM’s run revokes it: %s', async (_what, change, now) => {
    const { id, vm } = await lab.bring('verified');
    await lab.vm(change, vm);
    const refused = await lab.act(id, 'start');
    expect(codeOf(refused)).toEqual([409, 'MIGRATION_ENDED']);
    expect(refused.json.why).toBe(`the VM has been started anew: its run was run of ${vm}, and is ${now}`);
    expect((await lab.act(id, 'start')).text).toBe(refused.text);
    expect((await lab.get(id)).state).toBe('revoked');
  });

  test('its time revokes it', async () => {
    for (const [state, act] of [
      ['admitted', 'verify'],
      ['admitted', 'start'],
      ['verified', 'verify'],
      ['verified', 'start'],
    ] as const) {
      const { id } = await lab.bring(state);
      await lab.passTime(id);
      const refused = await lab.act(id, act);
      expect([...codeOf(refused), refused.json.why]).toEqual([
        409,
        'MIGRATION_ENDED',
        `${state}, and not started in time`,
      ]);
      expect((await lab.get(id)).state).toBe('revoked');
    }
  });
});

describe('a second look after a change', () => {
  test('revokes what is no longer good, and moves on what is', async () => {
    const { id, vm } = await onOwnTarget('looked-at');
    expect(await api.migrations.openOn('default', { vm })).toEqual([id]);
    expect(await api.migrations.openOn('default', { host: 'looked-at' })).toEqual([id]);
    expect(await api.migrations.openOn('default', { host: 'mig-source' })).toContain(id);
    expect(await api.migrations.openOn('another', { vm })).toEqual([]);
    const before = await lab.get(id);
    expect(await api.migrations.reconsider('default', id)).toBe('admitted');
    expect(await lab.get(id)).toEqual(before);
    const moved = await lab.host('looked-at', { ...MIGRATABLE_HOST, kernel: { release: '7.2.14', pageSize: 4096 } });
    expect(await api.migrations.reconsider('default', id)).toBe('admitted');
    const after = await lab.get(id);
    expect([after.basis.fingerprint, after.ticket === before.ticket, after.expiresAt]).toEqual([
      moved,
      false,
      before.expiresAt,
    ]);
    await lab.host('looked-at', UNFIT_HOST);
    expect(await api.migrations.reconsider('default', id)).toBe('revoked');
    expect((await lab.get(id)).why).toBe('no longer compatible: IPA_SIZE_UNSUPPORTED in phase vm');
    expect(await api.migrations.openOn('default', { vm })).toEqual([]);
  });

  test('leaves alone what was started, and what has ended', async () => {
    for (const state of ['in-flight', 'unreported', 'landed', 'aborted', 'revoked'] as const) {
      const { id } = await lab.bring(state);
      const before = await lab.get(id);
      expect(await api.migrations.reconsider('default', id)).toBe(state);
      expect(await lab.get(id)).toEqual(before);
    }
    expect(await api.migrations.reconsider('default', '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11')).toBeUndefined();
  });
});

describe('starting', () => {
  test('50 times at once by as many callers takes effect once', async () => {
    const { id } = await lab.bring('verified');
    const callers = await times(50, () => api.client('orchestrator'));
    const answers = await Promise.all(callers.map((caller) => patient(() => lab.act(id, 'start', caller))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 200);
    expect(others.map(codeOf)).toEqual(Array.from({ length: 49 }, () => [409, 'OTHER_CALLER']));
    expect(others.some(({ text }) => text.includes('keys/'))).toBe(false);
    expect((await lab.get(id)).history.map((step: { to: string }) => step.to)).toEqual([
      'admitted',
      'verified',
      'in-flight',
    ]);
  });

  test('50 times at once by one caller is answered 50 times alike', async () => {
    const { id } = await lab.bring('verified');
    const answers = await times(50, () => patient(() => lab.act(id, 'start')));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.json.state).toBe('in-flight');
  });
});

describe('an answer that was lost', () => {
  test('is given again to whoever asks again, and nothing happens twice', async () => {
    const steps = {
      verify: 'admitted',
      start: 'verified',
      landed: 'in-flight',
      failed: 'in-flight',
      cancel: 'verified',
    } as const;
    for (const [act, state] of Object.entries(steps)) {
      const { id, vm } = await lab.bring(state);
      const first = await lab.act(id, act as keyof typeof steps);
      const rows = await written(id, vm);
      expect((await lab.act(id, act as keyof typeof steps)).text).toBe(first.text);
      expect(await written(id, vm)).toEqual(rows);
      const { revision } = (await api.admin.get(`/v1/vms/${vm}`)).json;
      expect(revision).toBe(act === 'landed' ? 2 : 1);
    }
  });
});

describe('cancelling', () => {
  test('by another caller than the one who did is refused', async () => {
    const { id } = await lab.bring('revoked');
    expect(codeOf(await lab.act(id, 'cancel', await api.client('orchestrator')))).toEqual([409, 'OTHER_CALLER']);
  });

  test('says why a migration ended that nobody cancelled', async () => {
    const { id } = await lab.bring('verified');
    await lab.passTime(id);
    await api.migrations.sweep();
    const late = await lab.act(id, 'cancel');
    expect([...codeOf(late), late.json.why]).toEqual([409, 'MIGRATION_ENDED', 'verified, and not started in time']);
  });
});

describe('while a migration is open', () => {
  const put = (vm: string, parts: object): Promise<Exchange> =>
    api.admin.put(`/v1/vms/${vm}/manifest`, {
      schema: 'berth.manifest/1',
      runId: `run of ${vm}`,
      ...MIGRATABLE_VM,
      host: 'mig-source',
      ...parts,
    });
  const OPEN = ['admitted', 'verified', 'in-flight', 'unreported'] as const;

  test.each(OPEN)('%s: the VM is neither moved nor forgotten', async (state) => {
    const { id, vm } = await lab.bring(state);
    const open = [409, 'MIGRATION_OPEN', id];
    const relocated = await api.admin.post(`/v1/vms/${vm}/relocate`, { host: 'mig-target', reason: 'impatience' });
    expect([...codeOf(relocated), relocated.json.migration]).toEqual(open);
    const removed = await api.admin.delete(`/v1/vms/${vm}`);
    expect([...codeOf(removed), removed.json.migration]).toEqual(open);
    expect((await lab.open(vm)).json.migration).toBe(id);
  });

  test('what the VM needs may change until it is on its way', async () => {
    for (const state of OPEN) {
      const { id, vm } = await lab.bring(state);
      expect((await put(vm, {})).json.changed).toBe(false);
      const changed = await put(vm, { runId: 'another' });
      if (state === 'admitted' || state === 'verified')
        expect([changed.status, changed.json.changed]).toEqual([200, true]);
      else expect([...codeOf(changed), changed.json.migration]).toEqual([409, 'MIGRATION_OPEN', id]);
    }
  });

  test('neither of its hosts is forgotten', async () => {
    for (const name of ['leaving', 'arriving']) await lab.host(name);
    const vm = await lab.vm({ host: 'leaving' });
    const { id } = (await lab.open(vm, { target: 'arriving' })).json;
    for (const host of ['leaving', 'arriving'])
      expect(codeOf(await api.admin.delete(`/v1/hosts/${host}`))).toEqual([409, 'HOST_IN_USE']);
    await lab.act(id, 'cancel');
    expect((await api.admin.delete('/v1/hosts/arriving')).status).toBe(204);
    expect(codeOf(await api.admin.delete('/v1/hosts/leaving'))).toEqual([409, 'HOST_IN_USE']);
    expect((await api.admin.delete(`/v1/vms/${vm}`)).status).toBe(204);
    expect((await api.admin.delete('/v1/hosts/leaving')).status).toBe(204);
    expect((await lab.get(id)).state).toBe('revoked');
    expect(codeOf(await lab.act(id, 'landed'))).toEqual([409, 'NOT_IN_FLIGHT']);
  });

  test('a migration whose time has passed keeps nobody waiting', async () => {
    const { id, vm } = await lab.bring('verified');
    await lab.passTime(id);
    expect((await api.admin.delete(`/v1/vms/${vm}`)).status).toBe(204);
    expect((await lab.get(id)).state).toBe('revoked');
  });
});

describe('a role', () => {
  test('of an agent is that of its own host', async () => {
    const source = await api.client('agent', { host: 'mig-source' });
    const target = await api.client('agent', { host: 'mig-target' });
    const other = await api.client('agent', { host: 'elsewhere' });
    const { id } = await lab.bring('admitted');
    for (const agent of [source, other])
      expect(codeOf(await lab.act(id, 'verify', agent))).toEqual([403, 'HOST_FORBIDDEN']);
    expect((await lab.act(id, 'verify', target)).status).toBe(200);
    for (const act of ['start', 'cancel'] as const)
      expect(codeOf(await lab.act(id, act, target))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await target.post('/v1/migrations', { vm: 'x', target: 'mig-target' }))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await target.get(`/v1/migrations/${id}`))).toEqual([403, 'FORBIDDEN']);
    await lab.act(id, 'start');
    const said = (side: string) => ({ side, outcome: 'landed' });
    for (const [agent, side] of [
      [source, 'target'],
      [target, 'source'],
      [other, 'source'],
      [other, 'target'],
    ] as const)
      expect(codeOf(await agent.post(`/v1/migrations/${id}/report`, said(side)))).toEqual([403, 'HOST_FORBIDDEN']);
    const landed = await source.post(`/v1/migrations/${id}/report`, said('source'));
    expect(landed.json).toMatchObject({ state: 'landed', report: { side: 'source', by: 'hosts/mig-source' } });
    expect((await target.post(`/v1/migrations/${id}/report`, said('target'))).json.reports).toHaveLength(2);
  });

  test('of a reader is to look on', async () => {
    const reader = await api.client('reader');
    const { id, vm } = await lab.bring('admitted');
    expect((await reader.get(`/v1/migrations/${id}`)).status).toBe(200);
    expect((await reader.get(`/v1/migrations?vm=${vm}`)).json.items).toHaveLength(1);
    for (const act of ['verify', 'start', 'landed', 'cancel'] as const)
      expect(codeOf(await lab.act(id, act, reader))).toEqual([403, 'FORBIDDEN']);
  });

  test('of an orchestrator is to do it all', async () => {
    const client = await api.client('orchestrator');
    const { id } = await lab.bring('admitted');
    for (const act of ['verify', 'start', 'failed'] as const) expect((await lab.act(id, act, client)).status).toBe(200);
  });

  test('in another fleet is none in this', async () => {
    const theirs = await api.client('admin', { fleet: 'another' });
    const { id, vm } = await lab.bring('verified');
    expect(codeOf(await theirs.get(`/v1/migrations/${id}`))).toEqual([404, 'MIGRATION_UNKNOWN']);
    for (const act of ['verify', 'start', 'landed', 'cancel'] as const)
      expect(codeOf(await lab.act(id, act, theirs))).toEqual([404, 'MIGRATION_UNKNOWN']);
    expect((await theirs.get('/v1/migrations')).json.items).toEqual([]);
    const refused = await theirs.post('/v1/migrations', { vm, target: 'mig-target' });
    expect([...codeOf(refused), refused.json.errors[0].pointer]).toEqual([422, 'NAME_UNKNOWN', '/vm']);
    expect((await lab.get(id)).state).toBe('verified');
  });
});
