import {
  CHECKS,
  type Check,
  decide,
  type Finding,
  type Fingerprint,
  type Manifest,
  PHASES,
  type Question,
} from '@berth/engine';
import { describe, expect, it } from 'vitest';
import {
  aBar,
  aDevice,
  aHost,
  aManifest,
  aQuestion,
  aSlot,
  gpuMemory,
  MEMORY_PHASES,
  type VmGiven,
  vmThatRemapsTo,
} from '../support/builders.js';
import { CPU_PHASES } from '../support/builders-cpu.js';
import { CORPUS } from './corpus.js';
import { DEVICE_CORPUS, DEVICE_QUESTIONS } from './corpus-devices.js';
import { CPU_QUESTIONS } from './cpu-questions.js';
import { cpuChangesOf } from './facts-of-cpu.js';
import { deviceChangesOf } from './facts-of-devices.js';
import { changesOf, ENABLED_CAPABILITIES, type FactChange } from './facts-of-questions.js';

const GPU = { name: 'gpu0', vendorDevice: '10de:2342' };
const REGIONS = [{ index: 4, vmFlags: ['pfnmap', 'io'], memoryType: 'normal' }] as const;

const owning = (given: VmGiven = {}) =>
  aManifest({
    devices: [GPU],
    memslots: [aSlot({ flags: ['log-dirty-pages'], mappings: [gpuMemory({ device: 'gpu0', region: 4 })] })],
    ...given,
  });

/** VMs whose answers turn on devices, on memory that is replaced, and on what the host leaves out. */
const VMS: readonly Manifest[] = [
  owning(),
  owning({ mte: true }),
  owning({ type: 'protected' }),
  owning({ memslots: [aSlot({ mappings: [aBar({ device: 'gpu0', region: 4, access: ['read', 'execute'] })] })] }),
  vmThatRemapsTo([gpuMemory({ access: ['execute'] })], { mte: true }),
];

const HOSTS: readonly Fingerprint[] = (['device-only', 'normal-nc', 'protected-guest'] as const).flatMap(
  (generation) => [
    aHost({ generation, devices: [aDevice(REGIONS)] }),
    aHost({ generation, fwb: undefined }),
    aHost({ generation, mode: 'protected', dic: undefined }),
  ],
);

const MORE: readonly Question[] = [
  aQuestion({ source: aHost({ machineId: 'machine-a' }) }),
  aQuestion({ source: aHost({ machineId: 'machine-a', generation: 'normal-nc' }) }),
  aQuestion({
    source: aHost({ machineId: 'machine-a', idRegisters: { CTR_EL0: 3n << 28n, ID_AA64MMFR2_EL1: 1n << 40n } }),
  }),
  aQuestion({ target: aHost({ idRegisters: { CTR_EL0: 3n << 28n } }) }),
  aQuestion({
    manifest: aManifest({ enabledCapabilities: [...ENABLED_CAPABILITIES, 'KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE'] }),
    target: aHost({ capabilities: Object.fromEntries(ENABLED_CAPABILITIES.map((name) => [name, 1])) }),
  }),
  aQuestion({ manifest: aManifest({ type: 'realm' }) }),
  ...VMS.flatMap((manifest) => HOSTS.map((target) => aQuestion({ manifest, target }))),
];

interface Changed {
  readonly question: Question;
  readonly changes: readonly FactChange[];
}

const CORPUS_QUESTIONS = CORPUS.map(({ question }) => question);

const OF_MEMORY: readonly Changed[] = [
  ...CORPUS_QUESTIONS.filter(({ phases }) => phases === MEMORY_PHASES),
  ...MORE,
].map((question) => ({ question, changes: changesOf(question) }));

const OF_CPU: readonly Changed[] = [
  ...CORPUS_QUESTIONS.filter(({ phases }) => phases === CPU_PHASES),
  ...CPU_QUESTIONS,
].map((question) => ({ question, changes: [...cpuChangesOf(question), ...changesOf(question)] }));

const OF_DEVICES: readonly Changed[] = [...DEVICE_CORPUS.map(({ question }) => question), ...DEVICE_QUESTIONS].map(
  (question) => ({ question, changes: [...deviceChangesOf(question), ...changesOf(question)] }),
);

const OF_ALL_PHASES: readonly Changed[] = CORPUS_QUESTIONS.filter(({ phases }) => phases === PHASES).map(
  (question) => ({
    question,
    changes: [...deviceChangesOf(question), ...changesOf(question)],
  }),
);

/** CPU state has no part in a fault, so those are asked about memory and devices alone. */
const changesFor = ({ phase }: Check): readonly Changed[] =>
  phase === 'fault' ? [...OF_MEMORY, ...OF_DEVICES] : [...OF_MEMORY, ...OF_CPU, ...OF_DEVICES, ...OF_ALL_PHASES];

/**
 * What is settled before a check is asked: which way the fault is handled, and which accesses there are. No check repeats it
 * among what it reads.
 */
const BEFORE_A_FAULT = [
  '/manifest/memslots/*/flags',
  '/manifest/vm/type',
  '/fingerprint/kvm/mode',
  '/manifest/memslots/*/mappings/*/access',
];

/** A fact can be found by others, and contradicted by others. */
const SETTLED_BY: Readonly<Record<string, readonly string[]>> = {
  '/fingerprint/devices': [
    '/manifest/devices',
    '/manifest/memslots/*/mappings/*/device',
    '/manifest/memslots/*/mappings/*/region',
  ],
  '/sourceFingerprint/cpu/fwb': [
    '/sourceFingerprint/cpu/dic',
    '/sourceFingerprint/cpu/idRegisters',
    '/sourceFingerprint/kvm/capabilities',
    '/sourceFingerprint/kernel/release',
  ],
  '/fingerprint/cpu/dic': ['/fingerprint/cpu/idRegisters/CTR_EL0'],
  '/fingerprint/cpu/fwb': ['/fingerprint/cpu/dic', '/fingerprint/cpu/idRegisters'],
  '/fingerprint/cpu/idRegisters/ID_AA64MMFR2_EL1': ['/fingerprint/cpu/fwb', '/fingerprint/cpu/dic'],
  '/fingerprint/cpu/idRegisters/CTR_EL0': ['/fingerprint/cpu/dic', '/fingerprint/cpu/idc'],
};

/** They tell the generation, and the questions here never change that. */
const EVIDENCE = [
  '/fingerprint/kernel/release',
  '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
  '/fingerprint/kvm/capabilities/KVM_CAP_GUEST_MEMFD',
  '/fingerprint/kvm/capabilities/KVM_CAP_GUEST_MEMFD_FLAGS',
];

function readsOf(check: Check): readonly string[] {
  const settled = check.reads.flatMap((pointer) => SETTLED_BY[pointer] ?? []);
  return [...check.reads, ...settled, ...(check.scope === 'access' ? BEFORE_A_FAULT : [])];
}

const within = (part: string, whole: string) => `${part}/`.startsWith(`${whole}/`);

/** What stands there when the guest runs is read in the place of what was registered. */
const asRead = (pointer: string) => pointer.replace('mappingsAtFault', 'mappings');

/** A check that reads a list reads what is in it, and one that reads what is in it reads the list. */
function covers(check: Check, pointer: string): boolean {
  const facts = check.phase === 'fault' ? [pointer, asRead(pointer)] : [pointer];
  return readsOf(check).some((read) => facts.some((fact) => within(fact, read) || within(read, fact)));
}

/** Checks that never stand in each other's way are asked together; of those of an access, the first to reject ends it. */
const TOGETHER = CHECKS.filter(({ phase }) => phase !== 'fault');

const asked = new WeakMap<Question, readonly Finding[]>();

function findingsOf(check: Check, question: Question): readonly Finding[] {
  if (check.phase === 'fault') return decide(question, [check]).findings;
  const found = asked.get(question) ?? decide(question, TOGETHER).findings;
  asked.set(question, found);
  return found.filter((finding) => finding.check === check.id);
}

/** What a check says when no other has a say, wherever it says it. */
function answer(check: Check, question: Question): string {
  const said = findingsOf(check, question).map(({ severity, missing }) => `${severity} ${missing.join()}`);
  return said.sort().join('; ');
}

/** The same, with what it shows of the facts. */
function shown(check: Check, question: Question): string {
  return JSON.stringify(
    findingsOf(check, question).map(({ severity, missing, actual }) => [severity, missing, actual]),
  );
}

type Say = typeof answer;

function changed(check: Check, say: Say, concerned: (pointer: string) => boolean): readonly string[] {
  const moved = changesFor(check).flatMap(({ question, changes }) =>
    movedBy(
      check,
      say,
      question,
      changes.filter((change) => concerned(change.pointer)),
    ),
  );
  return [...new Set(moved)];
}

function movedBy(check: Check, say: Say, question: Question, changes: readonly FactChange[]): readonly string[] {
  if (changes.length === 0) return [];
  const before = say(check, question);
  const moving = changes.filter(({ others }) => others.some((other) => say(check, other) !== before));
  return moving.map(({ pointer }) => pointer);
}

describe.each(CHECKS.map((check) => ({ id: check.id, check })))('$id', ({ check }) => {
  it('goes by nothing but what it reads', () => {
    expect(changed(check, answer, (pointer) => !covers(check, pointer))).toEqual([]);
  });

  it('reads nothing that it does not go by', () => {
    const reads = check.reads.filter((read) => !EVIDENCE.includes(read));
    const concerned = (pointer: string) => reads.some((read) => within(asRead(pointer), read) || within(pointer, read));
    const moved = changed(check, shown, concerned);
    const idle = reads.filter(
      (read) => !moved.some((pointer) => within(asRead(pointer), read) || within(pointer, read)),
    );
    expect(idle).toEqual([]);
  });
});
