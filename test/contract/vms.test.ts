import { EXAMPLE_MANIFEST } from '@berth/contract';
import { expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';

const api = useApi();
const on = (host: string, more: object = {}): object => ({ ...EXAMPLE_MANIFEST, host, ...more });

test('a VM is registered, seen again and changed', async () => {
  const { admin } = api;
  const first = await admin.put('/v1/vms/vm-1/manifest', on('gh-1'));
  expect([first.status, first.headers.get('etag'), first.json.changed]).toEqual([201, '"1"', true]);
  const again = await admin.put('/v1/vms/vm-1/manifest', on('gh-1'));
  expect([again.status, again.json.revision, again.json.changed]).toEqual([200, 1, false]);
  const changed = await admin.put('/v1/vms/vm-1/manifest', on('gh-1', { runId: 'r2' }), {
    headers: { 'if-match': '"1"' },
  });
  expect([changed.status, changed.json.revision, changed.json.changed]).toEqual([200, 2, true]);
  expect((await admin.put('/v1/vms/vm-1/manifest', on('gh-1'), { headers: { 'if-match': '"1"' } })).json.code).toBe(
    'REVISION_MISMATCH',
  );

  const got = await admin.get('/v1/vms/vm-1');
  expect(got.json).toMatchObject({ vm: 'vm-1', host: 'gh-1', revision: 2, openMigration: null, mayRunOn: ['gh-1'] });
  expect(got.json.manifest).toEqual(on('gh-1', { runId: 'r2' }));
  expect(
    (await admin.get('/v1/vms/vm-1/revisions')).json.items.map((item: { revision: number }) => item.revision),
  ).toEqual([2, 1]);
});

test('only an operator moves a VM', async () => {
  const { admin } = api;
  await api.putHost('gh-a');
  await api.putHost('gh-b');
  await api.putVm('vm-2', 'gh-a');
  const moved = await admin.put('/v1/vms/vm-2/manifest', on('gh-b'));
  expect([moved.status, moved.json.code, moved.json.host, moved.json.errors[0].pointer]).toEqual([
    409,
    'HOST_CHANGED',
    'gh-a',
    '/host',
  ]);
  const relocated = await admin.post('/v1/vms/vm-2/relocate', { host: 'gh-b', reason: 'moved by hand' });
  expect([relocated.status, relocated.json.host]).toEqual([200, 'gh-b']);
  const nowhere = await admin.post('/v1/vms/vm-2/relocate', { host: 'gh-z', reason: 'a typing error' });
  expect([nowhere.status, nowhere.json.code, nowhere.json.errors[0].pointer]).toEqual([422, 'NAME_UNKNOWN', '/host']);
  expect((await admin.post('/v1/vms/nobody/relocate', { host: 'gh-b', reason: 'x' })).json.code).toBe('VM_UNKNOWN');
});

test('VMs are labelled, listed and forgotten', async () => {
  const { admin } = api;
  await api.putVm('vm-3', 'gh-a');
  expect((await admin.patch('/v1/vms/vm-3', { labels: { team: 'render' } })).json.labels).toEqual({ team: 'render' });
  expect((await admin.get('/v1/vms?label=team:render')).json.items.map((item: { vm: string }) => item.vm)).toEqual([
    'vm-3',
  ]);
  expect((await admin.get('/v1/vms?host=gh-a&label=team:render')).json.items).toHaveLength(1);
  expect((await admin.get('/v1/vms?host=gh-b&label=team:render')).json.items).toHaveLength(0);
  expect((await admin.delete('/v1/vms/vm-3')).status).toBe(204);
  for (const path of ['/v1/vms/vm-3', '/v1/vms/vm-3/revisions'])
    expect((await admin.get(path)).json.code).toBe('VM_UNKNOWN');
  expect((await admin.delete('/v1/vms/vm-3')).json.code).toBe('VM_UNKNOWN');
});

test('all faults of form are named at once; what only KVM would refuse is no fault', async () => {
  const { admin } = api;
  const slot = {
    slot: 0,
    gpa: '0x1001',
    size: '0x1000',
    flags: ['sideways'],
    mappings: [{ offset: 0, size: '0x1000', backing: 'anonymous' }],
  };
  const faulty = await admin.put('/v1/vms/vm-4/manifest', on('gh-a', { memslots: [slot], devices: {} }));
  expect(faulty.status).toBe(422);
  const pointers = faulty.json.errors.map((error: { pointer: string }) => error.pointer);
  expect(pointers).toEqual(
    expect.arrayContaining(['/memslots/0/flags/0', '/memslots/0/mappings/0/offset', '/devices']),
  );
  const misaligned = { slot: 0, gpa: '0x1001', size: '0x1000', flags: [], mappings: [] };
  expect((await admin.put('/v1/vms/vm-4/manifest', on('gh-a', { memslots: [misaligned] }))).status).toBe(201);
});
