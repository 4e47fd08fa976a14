import { type Answer, absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { RegisterList } from '../model/manifest.js';

const GUEST = '/manifest/vcpu/registerList';
const HOST = '/fingerprint/kvm/registerList';

const CARD = {
  scope: 'vm',
  phase: 'state-load',
  errno: 'ENOENT',
  failure: 'refused',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
  reads: [GUEST, HOST],
} as const;

export const registerListMissing: HostCheck = {
  ...CARD,
  id: 'register-list-missing',
  reason: 'REGISTER_NOT_LISTED',
  severity: 'reject',
  statement: 'Every register that KVM_GET_REG_LIST lists for the guest is listed on the target.',
  expected: 'every register of the guest on the target',
  remedy:
    'Ask for a target with the same kernel and CPU features, or start the VM without the feature the registers belong to.',
  cite: 'linux arch/arm64/kvm/guest.c kvm_arm_set_reg(); QEMU target/arm/machine.c cpu_post_load(), which fails without a message',
  test({ manifest, target }) {
    const guest = manifest.vcpu?.registerList;
    const host = target.fingerprint.kvm?.registerList;
    if (sameDigest(guest, host)) return pass;
    if (guest?.ids === undefined || host?.ids === undefined) return notTold(guest, host);
    const offered = new Set(host.ids);
    const lost = guest.ids.filter((id) => !offered.has(id));
    if (lost.length === 0) return pass;
    return reject(
      { count: lost.length, registers: shown(lost) },
      `The target does not list ${lost.length === 1 ? 'a register' : `${lost.length} registers`} of the guest: loading its CPU state fails.`,
    );
  },
};

/** Such a register keeps its reset value, as on a VM that never wrote it. */
export const registerListExtra: HostCheck = {
  ...CARD,
  id: 'register-list-extra',
  reason: 'REGISTER_LISTED_ON_TARGET_ONLY',
  errno: null,
  severity: 'warn',
  statement: 'Registers that only the target lists are not restored and keep their reset values.',
  expected: 'the same registers on both sides',
  remedy: 'Nothing must be done; a target with the same kernel lists the same registers.',
  cite: 'QEMU target/arm/machine.c cpu_post_load(): indexes that only the target has are left as they are',
  test({ manifest, target }) {
    const guest = manifest.vcpu?.registerList;
    const host = target.fingerprint.kvm?.registerList;
    if (sameDigest(guest, host) || guest?.ids === undefined || host?.ids === undefined) return pass;
    const had = new Set(guest.ids);
    const added = host.ids.filter((id) => !had.has(id));
    if (added.length === 0) return pass;
    return reject(
      { count: added.length, registers: shown(added) },
      'The target lists registers that the guest has not.',
    );
  },
};

type Maybe = RegisterList | undefined;

function sameDigest(guest: Maybe, host: Maybe): boolean {
  return guest?.digest !== undefined && guest.digest === host?.digest;
}

/** Digests that differ say that the lists do, and not how. */
function notTold(guest: Maybe, host: Maybe): Answer {
  const digests = [absent(guest?.digest, `${GUEST}/digest`), absent(host?.digest, `${HOST}/digest`)];
  if (digests.some((pointer) => pointer !== undefined)) return unknown(digests);
  return unknown([absent(guest?.ids, `${GUEST}/ids`), absent(host?.ids, `${HOST}/ids`)]);
}

const SHOWN = 16;

function shown(ids: readonly bigint[]): readonly string[] {
  return ids.slice(0, SHOWN).map((id) => `0x${id.toString(16)}`);
}
