import { type HostCheck, pass, reject } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';

export const sameHost: HostCheck = {
  id: 'same-host',
  scope: 'vm',
  phase: 'policy',
  reason: 'SAME_HOST',
  errno: null,
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  generations: EVERY_GENERATION,
  statement: 'A VM does not migrate to the host it runs on.',
  expected: 'another host than the one the VM runs on',
  remedy: 'Ask for another target.',
  cite: 'libvirt src/qemu/qemu_migration.c qemuMigrationAnyPrepareDef(): attempt to migrate guest to the same host',
  reads: ['/manifest/host', '/registered/host', '/fingerprint/machineId', '/sourceFingerprint/machineId'],
  test({ manifest, registered, source, target }) {
    const machineId = target.fingerprint.machineId;
    if (registered !== undefined && manifest.host === registered.host)
      return reject({ host: registered.host }, `The VM runs on ${registered.host} already.`);
    if (machineId !== undefined && machineId === source?.fingerprint.machineId)
      return reject({ machineId }, 'Source and target are the same machine.');
    return pass;
  },
};
