import { readFileSync } from 'node:fs';
import type { Errno, Failure, Outcome, Phase, Question, Reason } from '@berth/engine';
import { fingerprintOf, manifestOf } from './recorded.js';

type Json = Record<string, unknown>;

/** What one side has, over a recorded host; what is not given is equal on both sides. */
interface Side {
  readonly registers?: Readonly<Record<string, string>>;
  readonly registerIds?: readonly string[];
  readonly midr?: string;
  readonly sveVectorLengths?: readonly number[];
  readonly counterFrequency?: number;
}

interface HostSide extends Side {
  readonly release?: string;
  readonly fwb?: boolean;
  readonly dic?: boolean;
  readonly capabilities?: Readonly<Record<string, number>>;
}

export interface CpuVector {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly expressible: true;
  readonly fingerprint: string;
  readonly phases?: readonly Phase[];
  readonly guest: Side;
  readonly vm?: Json;
  readonly host: HostSide;
  readonly expect: {
    readonly outcome: Outcome;
    readonly check: string | null;
    readonly phase: Phase | null;
    readonly reason: Reason | null;
    readonly errno: Errno | null;
    readonly failure: Failure | null;
  };
}

export interface InexpressibleCpuVector {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly expressible: false;
  readonly why: string;
}

const ALL = JSON.parse(readFileSync(new URL('../vectors/cpu/cv.json', import.meta.url), 'utf8')) as readonly (
  | CpuVector
  | InexpressibleCpuVector
)[];
export const CPU_VECTORS: readonly CpuVector[] = ALL.filter((vector): vector is CpuVector => vector.expressible);
export const INEXPRESSIBLE_CPU_VECTORS: readonly InexpressibleCpuVector[] = ALL.filter(
  (vector): vector is InexpressibleCpuVector => !vector.expressible,
);

const GHZ = 1_000_000_000;
const DIGESTS = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);

interface Recorded extends Json {
  readonly kernel: Json;
  readonly cpu: { readonly idRegisters: Readonly<Record<string, string>>; readonly midr: readonly string[] } & Json;
  readonly kvm: { readonly capabilities: Json } & Json;
}

function recordedAt(path: string): Recorded {
  return JSON.parse(readFileSync(new URL(`../vectors/${path}`, import.meta.url), 'utf8')) as Recorded;
}

/** Lists of registers are equal unless a vector gives them. */
function listOf({ registerIds }: Side, own: number): Json {
  return registerIds === undefined ? { digest: DIGESTS[0] } : { digest: DIGESTS[own], ids: registerIds };
}

function fingerprintFor({ fingerprint, host }: CpuVector): Json {
  const recorded = recordedAt(fingerprint);
  const capabilities = Object.fromEntries(
    Object.entries(host.capabilities ?? {}).map(([name, value]) => [name, { system: value, vm: value }]),
  );
  const { fwb, dic, release } = host;
  // What capability 243 says follows from FWB and DIC, so it is left out where a vector changes them.
  const { KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: cap243, ...rest } = recorded.kvm.capabilities;
  const kept =
    fwb === undefined && dic === undefined ? { ...rest, KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: cap243 } : rest;
  return {
    ...recorded,
    kernel: { ...recorded.kernel, ...(release === undefined ? {} : { release }) },
    cpu: {
      ...recorded.cpu,
      ...(fwb === undefined ? {} : { fwb }),
      ...(dic === undefined ? {} : { dic }),
      idRegisters: { ...recorded.cpu.idRegisters, ...host.registers },
    },
    kvm: {
      ...recorded.kvm,
      capabilities: { ...kept, ...capabilities },
      gic: ['v3'],
      counterFrequency: host.counterFrequency ?? GHZ,
      ...(host.sveVectorLengths === undefined ? {} : { sveVectorLengths: host.sveVectorLengths }),
      registerList: listOf(host, 0),
    },
  };
}

function manifestFor({ fingerprint, guest, vm }: CpuVector): Json {
  const recorded = recordedAt(fingerprint);
  return {
    schema: 'berth.manifest/1',
    arch: 'aarch64',
    vm: { type: 'normal', ipaBits: 40, mte: false, ...vm },
    vcpu: {
      count: 4,
      gic: 'v3',
      midr: guest.midr ?? recorded.cpu.midr[0],
      counterFrequency: guest.counterFrequency ?? GHZ,
      ...(guest.sveVectorLengths === undefined ? {} : { sveVectorLengths: guest.sveVectorLengths }),
      idRegisters: { ...recorded.cpu.idRegisters, ...guest.registers },
      registerList: listOf(guest, 1),
    },
    memslots: [],
    devices: [],
  };
}

export function cpuVectorQuestion(vector: CpuVector): Question {
  return {
    manifest: manifestOf(manifestFor(vector)),
    target: fingerprintOf(fingerprintFor(vector)),
    phases: vector.phases ?? ['vcpu', 'state-load'],
  };
}
