import type { Capability, Fingerprint, Kvm, Question, Vcpu } from '@berth/engine';
import type { FactChange } from './facts-of-questions.js';

/** Listed for vCPUs with EL2 and no others. */
const HCR_EL2 = 0x6030_0000_0013_e088n;

const LISTS = [
  undefined,
  { digest: `sha256:${'3'.repeat(64)}` },
  { ids: [1n] },
  { digest: `sha256:${'1'.repeat(64)}`, ids: [2n] },
] as const;

const VCPU: { readonly [K in keyof Vcpu]?: readonly Vcpu[K][] } = {
  count: [undefined, 1, 4096],
  gic: [undefined, 'v2', 'v5'],
  midr: [undefined, 1n],
  counterFrequency: [undefined, 1],
  sveVectorLengths: [undefined, [], [16], [32]],
  registerList: LISTS,
  hasEl2: [undefined, true, false],
};

const KVM: { readonly [K in keyof Kvm]?: readonly Kvm[K][] } = {
  gic: [undefined, [], ['v2', 'v3']],
  counterFrequency: [undefined, 1],
  sveVectorLengths: [undefined, [], [16], [16, 32]],
  registerList: LISTS,
};

const CAPABILITIES: readonly string[] = [
  'KVM_CAP_MAX_VCPUS',
  'KVM_CAP_ARM_EL1_32BIT',
  'KVM_CAP_ARM_PMU_V3',
  'KVM_CAP_ARM_SVE',
  'KVM_CAP_ARM_PTRAUTH_ADDRESS',
  'KVM_CAP_ARM_PTRAUTH_GENERIC',
  'KVM_CAP_ARM_EL2',
  'KVM_CAP_ARM_WRITABLE_IMP_ID_REGS',
];

const ANSWERS: readonly (Capability | undefined)[] = [undefined, { system: 0, vm: 0 }, { system: 1, vm: 1 }];

/** Every fact of CPU state in a question, with other values for each. */
export function cpuChangesOf(question: Question): readonly FactChange[] {
  return [...ofGuest(question), ...ofHost(question)];
}

function ofGuest(question: Question): readonly FactChange[] {
  const { vcpu } = question.manifest;
  const put = (given: Partial<Vcpu>): Question => ({
    ...question,
    manifest: { ...question.manifest, vcpu: { ...vcpu, ...given } },
  });
  return [
    ...entries(VCPU).map(([key, values]) => change(`/manifest/vcpu/${key}`, values, (value) => put({ [key]: value }))),
    ...namesIn(question).map((name) =>
      change(`/manifest/vcpu/idRegisters/${name}`, around(vcpu?.idRegisters?.get(name)), (value) =>
        put({ idRegisters: withEntry(vcpu?.idRegisters, name, value) }),
      ),
    ),
    change('/manifest/vcpu/registerList/ids', [undefined, [], [HCR_EL2]], (ids) =>
      put({ registerList: { ...vcpu?.registerList, ids } }),
    ),
    change('/sourceFingerprint/cpu/fwb', [undefined, true, false], (fwb) => ({
      ...question,
      source: { ...question.source, cpu: { fwb } },
    })),
  ];
}

function ofHost(question: Question): readonly FactChange[] {
  const { target } = question;
  const { cpu, kvm } = target;
  const put = (given: Partial<Fingerprint>): Question => ({ ...question, target: { ...target, ...given } });
  return [
    change('/fingerprint/cpu/midr', [undefined, [], [1n], [1n, 0x410fd490n]], (midr) => put({ cpu: { ...cpu, midr } })),
    ...entries(KVM).map(([key, values]) =>
      change(`/fingerprint/kvm/${key}`, values, (value) => put({ kvm: { ...kvm, [key]: value } })),
    ),
    change('/fingerprint/kvm/registerList/ids', [undefined, [], [1n]], (ids) =>
      put({ kvm: { ...kvm, registerList: { ...kvm?.registerList, ids } } }),
    ),
    ...CAPABILITIES.map((name) =>
      change(`/fingerprint/kvm/capabilities/${name}`, ANSWERS, (value) =>
        put({ kvm: { ...kvm, capabilities: withEntry(kvm?.capabilities, name, value) } }),
      ),
    ),
    ...namesIn(question).flatMap((name) => [
      change(`/fingerprint/cpu/idRegisters/${name}`, around(cpu?.idRegisters?.get(name)), (value) =>
        put({ cpu: { ...cpu, idRegisters: withEntry(cpu?.idRegisters, name, value) } }),
      ),
      change(`/fingerprint/kvm/writableMasks/${name}`, [undefined, 0n, 2n ** 64n - 1n], (value) =>
        put({ kvm: { ...kvm, writableMasks: withEntry(kvm?.writableMasks, name, value) } }),
      ),
      change(`/fingerprint/cpu/sanitisedIdRegisters/${name}`, [undefined, 0n, 2n ** 64n - 1n], (value) =>
        put({ cpu: { ...cpu, sanitisedIdRegisters: withEntry(cpu?.sanitisedIdRegisters, name, value) } }),
      ),
    ]),
  ];
}

function namesIn({ manifest, target }: Question): readonly string[] {
  const names = [...(manifest.vcpu?.idRegisters?.keys() ?? []), ...(target.cpu?.idRegisters?.keys() ?? [])];
  return [...new Set([...names, 'ID_AA64DFR0_EL1', 'MIDR_EL1', 'REVIDR_EL1', 'AIDR_EL1'])];
}

/** Forgotten, and with a bit changed in fields that KVM treats in different ways. */
function around(value: bigint | undefined): readonly (bigint | undefined)[] {
  const from = value ?? 0n;
  return [undefined, ...[0n, 4n, 8n, 12n, 32n, 40n].map((shift) => from ^ (1n << shift)), from];
}

function change<T>(pointer: string, values: readonly T[], put: (value: T) => Question): FactChange {
  return { pointer, others: values.map(put) };
}

function withEntry<T>(
  map: ReadonlyMap<string, T> | undefined,
  key: string,
  value: T | undefined,
): ReadonlyMap<string, T> {
  const changed = new Map(map);
  changed.delete(key);
  if (value !== undefined) changed.set(key, value);
  return changed;
}

function entries(changes: object): readonly (readonly [string, readonly unknown[]])[] {
  return Object.entries(changes) as [string, readonly unknown[]][];
}
