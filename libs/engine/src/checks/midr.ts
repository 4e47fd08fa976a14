import { type Answer, type Asked, absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import type { Shown } from '../model/verdict.js';
import { offers } from '../offers.js';
import { GUEST, HOST } from '../registers/compare.js';
import { IMPLEMENTATION_IDS } from '../registers/other-registers.js';

const CAP = 'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS';
const CAP_POINTER = `/fingerprint/kvm/capabilities/${CAP}`;
/** Whether the target's VMM enables it before it makes the vCPUs is in no document. */
const ENABLED = `/manifest/vmm/${CAP}`;

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
  reads: ['/manifest/vcpu/midr', '/fingerprint/cpu/midr', CAP_POINTER],
  test(asked) {
    const guest = asked.manifest.vcpu?.midr;
    const host = asked.target.fingerprint.cpu?.midr;
    if (guest === undefined || host === undefined || host.length === 0)
      return unknown([
        absent(guest, '/manifest/vcpu/midr'),
        host !== undefined && host.length > 0 ? undefined : '/fingerprint/cpu/midr',
      ]);
    if (isEach(host, guest)) return pass;
    const facts = { register: 'MIDR_EL1', guest: hex(guest), host: host.map(hex) };
    // Which core the vCPU's value is taken from depends on where it is made.
    if (host.includes(guest)) return unknown(['/fingerprint/cpu/midr'], facts);
    return differs('MIDR_EL1', facts, asked);
  },
};

export const midrOthers: HostCheck = {
  ...CARD,
  id: 'midr-others',
  statement: `REVIDR_EL1 and AIDR_EL1, where they are known, are equal, unless the VMM enables ${CAP}.`,
  expected: 'equal implementation ID registers',
  reads: [...IMPLEMENTATION_IDS.flatMap((name) => [`${GUEST}/${name}`, `${HOST}/${name}`]), CAP_POINTER],
  test(asked) {
    const guest = asked.manifest.vcpu?.idRegisters;
    const host = asked.target.idRegisters;
    let doubt: Answer = pass;
    for (const name of IMPLEMENTATION_IDS) {
      const told = guest?.get(name);
      const offered = host?.get(name);
      if (told === offered) continue;
      if (told !== undefined && offered !== undefined) {
        const answer = differs(name, { register: name, guest: hex(told), host: hex(offered) }, asked);
        if (answer.kind === 'reject') return answer;
        doubt = answer;
      } else doubt = unknown([absent(told, `${GUEST}/${name}`), absent(offered, `${HOST}/${name}`)]);
    }
    return doubt;
  },
};

/** A loop, because this passes nearly always and then allocates nothing. */
function isEach(values: readonly bigint[], one: bigint): boolean {
  for (const value of values) if (value !== one) return false;
  return true;
}

function differs(register: string, facts: { readonly [fact: string]: Shown }, { target }: Asked): Answer {
  const writable = offers(target, CAP);
  if (writable === undefined) return unknown([CAP_POINTER], facts);
  if (writable) return unknown([ENABLED], facts);
  return reject(facts, `KVM_SET_ONE_REG refuses ${register}: the guest has another value, and the host lacks ${CAP}.`);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
