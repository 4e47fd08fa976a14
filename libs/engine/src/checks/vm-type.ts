import { type Asked, absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { before, EVERY_GENERATION } from '../generations.js';

const CARD = {
  scope: 'vm',
  phase: 'vm',
  reason: 'VM_TYPE_UNSUPPORTED',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'unaffected',
  cite: 'linux arch/arm64/kvm/arm.c kvm_arch_init_vm(); no RMI host support in 7.2.13 or 7.3-rc7',
} as const;

/** Protected VMs are bit 31 of the VM type, which kernels before 7.1 refuse. */
export const protectedVmType: HostCheck = {
  ...CARD,
  id: 'protected-vm-type',
  generations: before('protected-guest'),
  statement: 'Kernels before 7.1 do not know the protected VM type.',
  expected: 'a kernel of 7.1 or later',
  remedy: 'Ask for a target with a 7.1 kernel or later and kvm-arm.mode=protected.',
  reads: ['/manifest/vm/type'],
  test({ manifest }) {
    const type = manifest.vm?.type;
    if (type === undefined) return unknown(['/manifest/vm/type']);
    if (type !== 'protected') return pass;
    return reject({ type }, 'KVM_CREATE_VM refuses the protected VM type: this kernel does not know it.');
  },
};

export const protectedVmMode: HostCheck = {
  ...CARD,
  id: 'protected-vm-mode',
  generations: EVERY_GENERATION,
  statement: 'A protected VM needs a host that was booted with kvm-arm.mode=protected.',
  expected: 'kvm mode protected',
  remedy: 'Ask for a target that was booted with kvm-arm.mode=protected.',
  reads: ['/manifest/vm/type', '/fingerprint/kvm/mode'],
  test({ manifest, target }) {
    const type = manifest.vm?.type;
    if (type === 'normal' || type === 'realm' || target.mode === 'protected') return pass;
    if (type === 'protected' && target.mode !== undefined)
      return reject(
        { type, mode: target.mode },
        `KVM_CREATE_VM refuses a protected VM where kvm mode is ${target.mode}.`,
      );
    return unknown([absent(type, '/manifest/vm/type'), absent(target.mode, '/fingerprint/kvm/mode')]);
  },
};

export const realmVmType: HostCheck = {
  ...CARD,
  id: 'realm-vm-type',
  generations: EVERY_GENERATION,
  statement: 'No upstream kernel hosts Realms; where a vendor kernel does, its memslot rules are not described.',
  expected: 'a normal or protected VM',
  remedy: 'Keep the Realm where it runs.',
  reads: ['/manifest/vm/type', '/fingerprint/cca/rmm', '/fingerprint/cca/realmMigration'],
  test({ manifest, target }) {
    if (manifest.vm?.type !== 'realm') return pass;
    const cca = target.fingerprint.cca;
    if (cca?.realmMigration === false)
      return reject({ type: 'realm', realmMigration: false }, 'The target says that it cannot take a Realm.');
    return unknown(
      [cca?.rmm === undefined ? '/fingerprint/cca/rmm' : '/fingerprint/cca/realmMigration'],
      realm(target),
    );
  },
};

function realm(target: Asked['target']) {
  return { type: 'realm', rmm: target.fingerprint.cca?.rmm ?? null };
}
