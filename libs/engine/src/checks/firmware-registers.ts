import { type Answer, type Asked, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { GUEST, HOST } from '../registers/compare.js';
import {
  FIRMWARE_REGISTERS,
  type FirmwareRegister,
  firmwareOf,
  knowsPsci,
  PSCI_VERSION,
} from '../registers/firmware.js';

const LIST = '/fingerprint/kvm/registerList/ids';

const CARD = {
  scope: 'vm',
  phase: 'state-load',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
  cite: 'linux arch/arm64/kvm/hypercalls.c kvm_arm_set_fw_reg()',
} as const;

const BOTH = FIRMWARE_REGISTERS.flatMap(({ name }) => [`${GUEST}/${name}`, `${HOST}/${name}`]);

export const firmwareRegisterKnown: HostCheck = {
  ...CARD,
  id: 'firmware-register-known',
  reason: 'FIRMWARE_REGISTER_UNKNOWN',
  errno: 'ENOENT',
  statement: 'A firmware pseudo-register that the guest has is one that the target lists.',
  expected: 'the firmware pseudo-registers of the guest on the target',
  remedy: 'Ask for a target with the same kernel or a newer one.',
  reads: [...BOTH, LIST],
  test(asked) {
    const guest = firmwareOf(asked.manifest.vcpu?.idRegisters);
    const lost = guest.find((register) => isLost(register, asked));
    if (lost === undefined) return pass;
    return reject({ register: lost.name }, `KVM_SET_ONE_REG does not know ${lost.name} on the target.`);
  },
};

export const firmwarePsciVersion: HostCheck = {
  ...CARD,
  id: 'firmware-psci-version',
  reason: 'PSCI_VERSION_UNSUPPORTED',
  errno: 'EINVAL',
  statement:
    'The PSCI version that the guest was told is one that the target knows: up to 1.1 in 6.1 and 6.12, up to 1.3 in 7.2.',
  expected: 'a PSCI version that the target knows',
  remedy: 'Ask for a target with a newer kernel, or pin an older PSCI version where the VM is started.',
  reads: [`${GUEST}/${PSCI_VERSION.name}`, `${HOST}/${PSCI_VERSION.name}`, '/fingerprint/kernel/release'],
  test({ manifest, target }) {
    const guest = manifest.vcpu?.idRegisters?.get(PSCI_VERSION.name);
    if (guest === undefined) return pass;
    const host = target.idRegisters?.get(PSCI_VERSION.name);
    const known = host === undefined ? knowsPsci(target.release, guest) : PSCI_VERSION.covers(host, guest);
    if (known === true) return pass;
    const facts = { guest: psci(guest), host: host === undefined ? null : psci(host) };
    if (known === undefined) return unknown([`${HOST}/${PSCI_VERSION.name}`], facts);
    return reject(facts, `KVM_SET_ONE_REG refuses PSCI ${psci(guest)}, which the target does not know.`);
  },
};

export const firmwareValue: HostCheck = {
  ...CARD,
  id: 'firmware-value',
  reason: 'FIRMWARE_VALUE_UNSUPPORTED',
  errno: 'EINVAL',
  statement:
    'The firmware services that the guest was told of are ones that the target offers, and its workarounds are no weaker.',
  expected: 'firmware services and workarounds that the target offers',
  remedy: 'Ask for a target with the same kernel and firmware or newer ones.',
  reads: [...BOTH.filter((pointer) => !pointer.endsWith(PSCI_VERSION.name)), LIST],
  test(asked) {
    const guest = firmwareOf(asked.manifest.vcpu?.idRegisters);
    const weaker = guest.find((register) => isCovered(register, asked) === false);
    if (weaker !== undefined) return notCovered(weaker.name, asked);
    const doubted = guest.find((register) => isCovered(register, asked) === undefined);
    return doubted === undefined ? pass : unknown([`${HOST}/${doubted.name}`]);
  },
};

/** A list of registers says which there are not; a value that is not told says nothing. */
function isLost({ name, id }: FirmwareRegister, { target }: Asked): boolean {
  return target.idRegisters?.has(name) !== true && target.fingerprint.kvm?.registerList?.ids?.includes(id) === false;
}

function isCovered(register: FirmwareRegister, asked: Asked): boolean | undefined {
  if (register === PSCI_VERSION || isLost(register, asked)) return true;
  const guest = asked.manifest.vcpu?.idRegisters?.get(register.name);
  const host = asked.target.idRegisters?.get(register.name);
  return guest === undefined || host === undefined ? undefined : register.covers(host, guest);
}

function notCovered(register: string, { manifest, target }: Asked): Answer {
  const guest = `0x${manifest.vcpu?.idRegisters?.get(register)?.toString(16)}`;
  const host = `0x${target.idRegisters?.get(register)?.toString(16)}`;
  return reject(
    { register, guest, host },
    `KVM_SET_ONE_REG refuses ${guest} for ${register}: the target offers ${host}.`,
  );
}

function psci(version: bigint): string {
  return `${version >> 16n}.${version & 0xffffn}`;
}
