import { type Answer, type Asked, absent, type HostCheck, pass, reject, unknown } from '../check.js';
import { EVERY_GENERATION } from '../generations.js';
import { type Difference, differencesOf, GUEST, HOST, MASKS, SANITISED, shown } from '../registers/compare.js';
import { CTR_EL0, ID_REGISTERS, type IdRegister } from '../registers/id-registers.js';
import { registersReadWith } from '../registers/vcpu-features.js';

const CARD = {
  scope: 'vm',
  phase: 'state-load',
  reason: 'ID_REGISTER_MISMATCH',
  errno: 'EINVAL',
  failure: 'refused',
  severity: 'reject',
  sourceOutcome: 'resumed',
  generations: EVERY_GENERATION,
} as const;

function idRegister(register: IdRegister): HostCheck {
  const { name } = register;
  const others = registersReadWith(register);
  return {
    ...CARD,
    id: `id-register-${name.toLowerCase().replace(/^id_/, '').replace(/_el1$/, '')}`,
    statement: `Fields of ${name} that KVM lets a VMM write must be safe on the target, and all the others equal.`,
    expected: `${name} as the guest has it, or safely more`,
    remedy: 'Ask for a target with the same CPU and kernel, or start the VM with a CPU model that both hosts can give.',
    cite: 'linux arch/arm64/kvm/sys_regs.c set_id_reg(), arm64_check_features()',
    reads: [
      `${GUEST}/${name}`,
      `${HOST}/${name}`,
      ...others.flatMap((other) => [`${GUEST}/${other}`, `${HOST}/${other}`]),
      `${MASKS}/${name}`,
      ...(register.fields.some(({ excepted }) => excepted?.kind === 'hidden') ? [`${SANITISED}/${name}`] : []),
      '/fingerprint/kernel/release',
    ],
    test: (asked) => compareIn(register, asked),
  };
}

function compareIn(register: IdRegister, asked: Asked): Answer {
  const { name, required } = register;
  const guest = asked.manifest.vcpu?.idRegisters?.get(name);
  const host = asked.target.idRegisters?.get(name);
  if (guest === undefined || host === undefined) {
    if (!required && guest === host) return pass;
    return unknown([absent(guest, `${GUEST}/${name}`), absent(host, `${HOST}/${name}`)]);
  }
  return guest === host ? pass : answerTo(name, differencesOf(register, guest, host, asked));
}

function answerTo(register: string, differences: readonly Difference[]): Answer {
  const refused = differences.filter(({ missing }) => missing.length === 0);
  if (refused.length > 0) return reject({ register, fields: refused.map(shown) }, messageOf(register, refused));
  if (differences.length === 0) return pass;
  const missing = [...new Set(differences.flatMap((difference) => difference.missing))];
  return unknown(missing, { register, fields: differences.map(shown) });
}

function messageOf(register: string, refused: readonly Difference[]): string {
  const fields = refused.map(({ field, guest, host }) => `${field} is ${guest} in the guest and ${host} on the host`);
  return `KVM_SET_ONE_REG refuses ${register}: ${fields.join('; ')}.`;
}

/** In the order of their encodings, which is that of KVM_GET_REG_LIST and so the one in which QEMU writes them. */
export const idRegisters: readonly HostCheck[] = ID_REGISTERS.map(idRegister);

export const ctrEl0: HostCheck = {
  ...idRegister(CTR_EL0),
  id: 'ctr-el0',
  statement:
    'CTR_EL0 is equal, or since 6.12 safe: the guest has DIC and IDC only where the host has, its cache lines are no longer, and its I-cache is PIPT only where the host says so.',
  cite: 'linux arch/arm64/kvm/sys_regs.c set_ctr_el0(), arch/arm64/kernel/cpufeature.c ftr_ctr',
};
