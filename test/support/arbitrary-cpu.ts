// Hosts and VMs of which all CPU state is known that decides a restore. A VM's registers are its target's but for some fields,
// so that every outcome is reached.
import type { Capability, Fingerprint, Manifest, Vcpu } from '@berth/engine';
import fc from 'fast-check';
import { LIST, MIDR, REGISTERS, withField } from './builders-cpu.js';

const RELEASES = [
  '5.14.0',
  '6.1.0',
  '6.2.1',
  '6.8.12',
  '6.9.1',
  '6.12.107',
  '6.14.0',
  '6.17.0',
  '7.0.14',
  '7.1.2',
  '7.2.13',
];

type Register = keyof typeof REGISTERS;
const NAMES = Object.keys(REGISTERS) as Register[];

const flag = fc.boolean();
const rarely = fc.nat(9).map((n) => n === 0);

/** FWB and DIC are facts of their own too, and a host does not contradict itself. */
const registers = fc
  .record({
    fwb: flag,
    dic: flag,
    changes: fc.array(change(), { maxLength: 2 }),
  })
  .map(({ fwb, dic, changes }) => {
    const values = new Map<string, bigint>(Object.entries(REGISTERS));
    for (const { name, shift, value } of changes) values.set(name, withField(values.get(name) ?? 0n, shift, value));
    values.set('ID_AA64MMFR2_EL1', withField(values.get('ID_AA64MMFR2_EL1') ?? 0n, 40, fwb ? 1n : 0n));
    values.set('CTR_EL0', withField(values.get('CTR_EL0') ?? 0n, 29, dic ? 1n : 0n, 1));
    return { fwb, dic, values };
  });

function change() {
  return fc.record({
    name: fc.constantFrom(...NAMES),
    shift: fc.nat(15).map((n) => n * 4),
    value: fc.constantFrom(0n, 1n, 2n, 3n, 15n),
  });
}

/** Registers that no yes needs, with values that kernels and CPUs give them. */
const OPTIONAL: Readonly<Record<string, readonly bigint[]>> = {
  CLIDR_EL1: [0x100_0004n, 0x920_0003n],
  GICD_TYPER2: [0n, 0x100n],
  ID_AA64ZFR0_EL1: [1n, 2n],
};

export const OPTIONAL_REGISTERS: readonly string[] = Object.keys(OPTIONAL);

const optionalRegisters: fc.Arbitrary<readonly (readonly [string, bigint])[]> = fc
  .tuple(
    ...Object.entries(OPTIONAL).map(([name, values]) =>
      fc.option(
        fc.constantFrom(...values).map((value) => [name, value] as const),
        { nil: undefined, freq: 2 },
      ),
    ),
  )
  .map((listed) => listed.filter((entry) => entry !== undefined));

/** KVM makes CLIDR_EL1 up from CTR_EL0, so that a host never tells of IDC in the one and not in the other. */
function withOptional(values: ReadonlyMap<string, bigint>, listed: readonly (readonly [string, bigint])[]) {
  const registers = new Map([...values, ...listed]);
  const [idc = 0n, noIdc = 0n] = OPTIONAL['CLIDR_EL1'] ?? [];
  const hasIdc = (((values.get('CTR_EL0') ?? 0n) >> 28n) & 1n) === 1n;
  if (registers.has('CLIDR_EL1')) registers.set('CLIDR_EL1', hasIdc ? idc : noIdc);
  return registers;
}

const LISTS = [LIST, { ...LIST, ids: [1n, 2n, 3n] }, { digest: `sha256:${'2'.repeat(64)}`, ids: [1n, 2n] }] as const;

const both = (value: number): Capability => ({ system: value, vm: value });

export const knownCpuHost: fc.Arbitrary<Fingerprint> = fc
  .record({
    release: fc.constantFrom(...RELEASES),
    registers,
    midr: fc.constantFrom([MIDR], [MIDR], [MIDR], [MIDR, MIDR + 1n]),
    sve: flag,
    ptrauth: flag,
    writableIds: flag,
    gic: fc.constantFrom(['v3'], ['v2', 'v3'], ['v2']),
    counterFrequency: fc.constantFrom(1_000_000_000, 1_000_000_000, 25_000_000),
    registerList: fc.constantFrom(...LISTS),
    optional: optionalRegisters,
    el2: flag,
    // What the hardware has where KVM shows a guest nothing: ID_AA64MMFR2_EL1.NV.
    nv: fc.option(fc.constantFrom(0n, 2n), { nil: undefined }),
  })
  .map((host) => ({
    arch: 'aarch64',
    kernel: { release: host.release, pageSize: 4096 },
    cpu: {
      midr: host.midr,
      fwb: host.registers.fwb,
      dic: host.registers.dic,
      idRegisters: withOptional(host.registers.values, host.optional),
      sanitisedIdRegisters: host.nv === undefined ? undefined : new Map([['ID_AA64MMFR2_EL1', host.nv << 24n]]),
    },
    kvm: {
      mode: 'vhe',
      capabilities: new Map<string, Capability>([
        ['KVM_CAP_ARM_SVE', both(host.sve ? 1 : 0)],
        ['KVM_CAP_ARM_PTRAUTH_ADDRESS', both(host.ptrauth ? 1 : 0)],
        ['KVM_CAP_ARM_PTRAUTH_GENERIC', both(host.ptrauth ? 1 : 0)],
        ['KVM_CAP_ARM_WRITABLE_IMP_ID_REGS', both(host.writableIds ? 1 : 0)],
        ['KVM_CAP_ARM_EL2', both(host.el2 ? 1 : 0)],
      ]),
      sveVectorLengths: host.sve ? [16, 32] : [],
      gic: host.gic,
      counterFrequency: host.counterFrequency,
      registerList: host.registerList,
    },
  }));

/** A VM that ran on such a host, and mostly on one like it. */
export function cpuVmLike(host: Fingerprint): fc.Arbitrary<Manifest> {
  return fc
    .record({
      changes: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(change(), { maxLength: 2 }) },
      ),
      midr: rarely,
      sve: rarely,
      gic: fc.constantFrom('v3', 'v3', 'v2'),
      counter: rarely,
      registerList: fc.option(fc.constantFrom(...LISTS), { nil: undefined, freq: 2 }),
      optional: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: optionalRegisters }),
      hasEl2: rarely,
      enabledCapabilities: fc.constantFrom(undefined, [], ['KVM_CAP_ARM_WRITABLE_IMP_ID_REGS']),
    })
    .map(({ changes, midr, sve, gic, counter, registerList, optional, hasEl2, enabledCapabilities }) => {
      const vcpu: Vcpu = {
        count: 4,
        gic,
        midr: midr ? MIDR + 1n : MIDR,
        counterFrequency: counter ? 25_000_000 : host.kvm?.counterFrequency,
        sveVectorLengths: sve ? [16, 32] : [],
        idRegisters: new Map([...changed(host, changes, sve), ...optional]),
        hasEl2,
        registerList: registerList ?? host.kvm?.registerList,
      };
      const vm = { type: 'normal', ipaBits: 36, mte: false, enabledCapabilities } as const;
      return { arch: 'aarch64', vm, vcpu, memslots: [], devices: [] };
    });
}

interface Change {
  readonly name: Register;
  readonly shift: number;
  readonly value: bigint;
}

/** A guest with SVE has lengths and shows it, and one without has none and does not. */
function changed(host: Fingerprint, changes: readonly Change[], sve: boolean): ReadonlyMap<string, bigint> {
  const values = new Map(host.cpu?.idRegisters);
  const put = ({ name, shift, value }: Change) => values.set(name, withField(values.get(name) ?? 0n, shift, value));
  for (const change of changes) put(change);
  put({ name: 'ID_AA64PFR0_EL1', shift: 32, value: sve ? 1n : 0n });
  return values;
}

/** A VM that has on its host just what the host gives. */
export function cpuVmOf(host: Fingerprint): Manifest {
  return {
    arch: 'aarch64',
    vm: { type: 'normal', ipaBits: 36, mte: false },
    vcpu: {
      count: 4,
      gic: host.kvm?.gic?.[0],
      midr: host.cpu?.midr?.[0],
      counterFrequency: host.kvm?.counterFrequency,
      idRegisters: host.cpu?.idRegisters,
      registerList: host.kvm?.registerList,
    },
    memslots: [],
    devices: [],
  };
}
