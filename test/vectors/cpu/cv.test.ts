import { readFileSync } from 'node:fs';
import {
  type Decision,
  decide,
  type Errno,
  type Failure,
  type Outcome,
  type Phase,
  REASONS,
  type Reason,
} from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, manifestOf } from '../../support/recorded.js';

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

interface Vector {
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

interface Inexpressible {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly expressible: false;
  readonly why: string;
}

const ALL = JSON.parse(readFileSync(new URL('cv.json', import.meta.url), 'utf8')) as readonly (
  | Vector
  | Inexpressible
)[];
const VECTORS = ALL.filter((vector): vector is Vector => vector.expressible);
const INEXPRESSIBLE = ALL.filter((vector): vector is Inexpressible => !vector.expressible);

const GHZ = 1_000_000_000;
const DIGESTS = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);

interface Recorded extends Json {
  readonly kernel: Json;
  readonly cpu: { readonly idRegisters: Readonly<Record<string, string>>; readonly midr: readonly string[] } & Json;
  readonly kvm: { readonly capabilities: Json } & Json;
}

function recordedAt(path: string): Recorded {
  return JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')) as Recorded;
}

/** Lists of registers are equal unless a vector gives them. */
function listOf({ registerIds }: Side, own: number): Json {
  return registerIds === undefined ? { digest: DIGESTS[0] } : { digest: DIGESTS[own], ids: registerIds };
}

function fingerprintFor({ fingerprint, host }: Vector): Json {
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

function manifestFor({ fingerprint, guest, vm }: Vector): Json {
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

function ask(vector: Vector): Decision {
  return decide({
    manifest: manifestOf(manifestFor(vector)),
    target: fingerprintOf(fingerprintFor(vector)),
    phases: vector.phases ?? ['vcpu', 'state-load'],
  });
}

describe.each(VECTORS)('$id $title', (vector) => {
  it('comes out as the kernel does', () => {
    const { outcome, wouldFail, findings } = ask(vector);
    const check = findings.find(({ severity }) => severity === 'reject')?.check ?? null;
    const { phase = null, reason = null, errno = null, failure = null } = wouldFail ?? {};
    expect({ outcome, check, phase, reason, errno, failure }).toEqual(vector.expect);
  });

  it('is about one thing', () => {
    const others = ask(vector).findings.filter(
      ({ check, severity }) => check !== vector.expect.check && severity !== 'warn',
    );
    expect(others.map(({ check }) => check)).toEqual(BESIDE[vector.id] ?? []);
  });
});

/** What differs with the fact that a vector is about. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  CV13: ['id-register-aa64isar2'],
  CV22: ['sve-lengths'],
};

describe('the vectors', () => {
  it('are CV01 to CV24, CV29 and CV30', () => {
    const ids = [...new Set(ALL.map(({ id }) => id))].sort();
    const first = Array.from({ length: 24 }, (_, at) => `CV${String(at + 1).padStart(2, '0')}`);
    expect(ids).toEqual([...first, 'CV29', 'CV30']);
  });

  it('are all expressed, but for what no document can say', () => {
    expect(INEXPRESSIBLE.map(({ id }) => id)).toEqual(['CV08', 'CV09', 'CV24', 'CV29']);
    for (const { why } of INEXPRESSIBLE) expect(why).toMatch(/document/);
  });

  it('leave another MIDR in doubt where the target could let it be written', () => {
    const asked = VECTORS.find(({ id }) => id === 'CV10');
    if (asked === undefined) throw new Error('no CV10');
    const { outcome, findings } = ask({ ...asked, fingerprint: '../recorded/fingerprints/7.2.13-max.json', host: {} });
    expect(outcome).toBe('indeterminate');
    expect(findings.map(({ check, missing }) => [check, missing])).toEqual([
      ['midr', ['/manifest/vmm/KVM_CAP_ARM_WRITABLE_IMP_ID_REGS']],
    ]);
  });

  it('name reasons that there are', () => {
    const named = VECTORS.flatMap(({ expect: { reason } }) => (reason === null ? [] : [reason]));
    expect(named.filter((reason) => !REASONS.includes(reason))).toEqual([]);
  });
});
