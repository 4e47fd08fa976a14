import { type Answer, type Asked, absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { Shown } from '../model/verdict.js';
import { offers } from '../offers.js';
import { GUEST, HOST } from '../registers/compare.js';
import { IMPLEMENTATION_IDS } from '../registers/other-registers.js';

const CAP = 'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS';
const CAP_POINTER = `/fingerprint/kvm/capabilities/${CAP}`;
/** A VMM enables it before it makes the vCPUs, or never. */
const ENABLED = '/manifest/vm/enabledCapabilities';
const MIDR = 'MIDR_EL1';
const HOST_MIDR = `${HOST}/${MIDR}`;

const CARD = {
  scope: 'vm',
  phase: 'state-load',
  reason: 'IMPLEMENTATION_ID_MISMATCH',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
  remedy: `Ask for a target with the same CPU, or start the VM with a VMM that enables ${CAP}.`,
  cite: 'linux arch/arm64/kvm/sys_regs.c set_imp_id_reg()',
} as const;

export const midr: HostCheck = {
  ...CARD,
  id: 'midr',
  statement: `The guest's MIDR_EL1 is that of every core of the target, unless the VMM enables ${CAP}.`,
  expected: 'the MIDR_EL1 that the guest has, on every core',
  reads: ['/manifest/vcpu/midr', '/fingerprint/cpu/midr', HOST_MIDR, CAP_POINTER, ENABLED],
  test(asked) {
    const guest = asked.manifest.vcpu?.midr;
    const host = asked.target.fingerprint.cpu?.midr;
    if (guest === undefined || host === undefined || host.length === 0)
      return unknown([
        absent(guest, '/manifest/vcpu/midr'),
        host !== undefined && host.length > 0 ? undefined : '/fingerprint/cpu/midr',
      ]);
    if (isEach(host, guest)) return pass;
    const facts = { register: MIDR, guest: hex(guest), host: host.map(hex) };
    // Cores are not all alike: KVM compares with one of them, and only what a vCPU was given there tells with which.
    const given = asked.target.idRegisters?.get(MIDR);
    if (given === guest) return pass;
    const answer = differs(MIDR, guest, facts, asked);
    return given === undefined && host.includes(guest) && answer.kind !== 'pass' ? unknown([HOST_MIDR], facts) : answer;
  },
};

export const midrOthers: HostCheck = {
  ...CARD,
  id: 'midr-others',
  statement: `REVIDR_EL1 and AIDR_EL1, where they are known, are equal, unless the VMM enables ${CAP}.`,
  expected: 'equal implementation ID registers',
  reads: [
    ...IMPLEMENTATION_IDS.flatMap((name) => [`${GUEST}/${name}`, `${HOST}/${name}`]),
    '/manifest/vcpu/midr',
    CAP_POINTER,
    ENABLED,
  ],
  test(asked) {
    let doubt: Answer = pass;
    for (const name of IMPLEMENTATION_IDS) {
      const answer = compareBoth(name, asked);
      if (answer.kind === 'reject') return answer;
      if (answer.kind === 'unknown') doubt = answer;
    }
    return doubt;
  },
};

function compareBoth(name: string, asked: Asked): Answer {
  const { vcpu } = asked.manifest;
  const offered = asked.target.idRegisters?.get(name);
  // MIDR_EL1 has a place of its own in a manifest, which serves where the host lists it among its registers.
  const told = vcpu?.idRegisters?.get(name) ?? (name === MIDR && offered !== undefined ? vcpu?.midr : undefined);
  if (told === offered) return pass;
  if (told === undefined || offered === undefined)
    return unknown([absent(told, `${GUEST}/${name}`), absent(offered, `${HOST}/${name}`)]);
  return differs(name, told, { register: name, guest: hex(told), host: hex(offered) }, asked);
}

/** A loop, because this passes nearly always and then allocates nothing. */
function isEach(values: readonly bigint[], one: bigint): boolean {
  for (const value of values) if (value !== one) return false;
  return true;
}

/** What lies outside the mask is refused although the others may be set: semantics 7.1. */
const WRITABLE: Readonly<Record<string, bigint>> = { [MIDR]: 0xffff_ffffn };

type Facts = { readonly [fact: string]: Shown };

function differs(register: string, guest: bigint, facts: Facts, { manifest, target }: Asked): Answer {
  const refused = (why: string) =>
    reject(facts, `KVM_SET_ONE_REG refuses ${register}: the guest has another value, and ${why}.`);
  const offered = offers(target, CAP);
  if (offered === false) return refused(`the host lacks ${CAP}`);
  const enabled = manifest.vm?.enabledCapabilities?.includes(CAP);
  if (enabled === false) return refused(`the VMM does not enable ${CAP}`);
  const writable = WRITABLE[register];
  if (writable !== undefined && (guest & ~writable) !== 0n) return refused('it has bits that no VMM may set');
  if (offered && enabled) return pass;
  return unknown([absent(offered, CAP_POINTER), absent(enabled, ENABLED)], facts);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
