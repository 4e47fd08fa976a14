import { type Answer, type Asked, absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { CLIDR_EL1, clidrHasRes0Bits, clidrImpliesIdc, clidrIsWritable } from '../registers/clidr.js';
import { GUEST, HOST, MASKS } from '../registers/compare.js';
import { idcOf } from '../registers/idc.js';

const GUEST_CLIDR = `${GUEST}/${CLIDR_EL1}`;
const HOST_CLIDR = `${HOST}/${CLIDR_EL1}`;
const RELEASE = '/fingerprint/kernel/release';
const IDC = '/fingerprint/cpu/idc';

/** Listed by some and needed by none: compared where somebody lists it. */
export const clidrEl1: HostCheck = {
  id: 'clidr-el1',
  scope: 'vm',
  phase: 'state-load',
  reason: 'ID_REGISTER_MISMATCH',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
  statement:
    'CLIDR_EL1 is that of the target before 6.3; since then it may be set to any value, unless it tells the guest of an IDC that the host does not have.',
  expected: 'the CLIDR_EL1 of the host, or since 6.3 one that claims no IDC which the host lacks',
  remedy: 'Ask for a target with a 6.3 kernel or later, or with the same CPU and kernel.',
  cite: 'linux arch/arm64/kvm/sys_regs.c set_clidr(); 7af0c2534f4c "KVM: arm64: Normalize cache configuration" (6.3)',
  reads: [GUEST_CLIDR, HOST_CLIDR, `${MASKS}/${CLIDR_EL1}`, RELEASE, IDC, `${HOST}/CTR_EL0`],
  test(asked) {
    const guest = asked.manifest.vcpu?.idRegisters?.get(CLIDR_EL1);
    const host = asked.target.idRegisters?.get(CLIDR_EL1);
    if (guest === host) return pass;
    const writable = clidrIsWritable(asked.target);
    if (writable === undefined) return unknown([absent(guest, GUEST_CLIDR), absent(host, HOST_CLIDR), RELEASE]);
    return writable ? asSet(guest, asked) : asInvariant(guest, host);
  },
};

function asInvariant(guest: bigint | undefined, host: bigint | undefined): Answer {
  if (guest === undefined || host === undefined) return unknown([absent(guest, GUEST_CLIDR), absent(host, HOST_CLIDR)]);
  const facts = { register: CLIDR_EL1, guest: hex(guest), host: hex(host) };
  return reject(
    facts,
    `KVM_SET_ONE_REG refuses ${CLIDR_EL1}: the guest has ${facts.guest} and the host ${facts.host}.`,
  );
}

/** What the host shows of its own does not count. */
function asSet(guest: bigint | undefined, { target }: Asked): Answer {
  const idc = idcOf(target);
  if (guest === undefined) return idc === true ? pass : unknown([GUEST_CLIDR]);
  const facts = { register: CLIDR_EL1, guest: hex(guest), idc: idc ?? null };
  if (clidrHasRes0Bits(guest)) return reject(facts, `KVM_SET_ONE_REG refuses ${CLIDR_EL1}: reserved bits are set.`);
  if (!clidrImpliesIdc(guest) || idc === true) return pass;
  if (idc === undefined) return unknown([IDC], facts);
  return reject(
    facts,
    `KVM_SET_ONE_REG refuses ${CLIDR_EL1}: it tells the guest of IDC, which the host does not have.`,
  );
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
