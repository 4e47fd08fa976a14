import { CHECKS, decide, PHASES, type Policy } from '@berth/engine';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint, manifest, minutesAgo } from '../../../../test/support/fleet.js';
import {
  MIGRATABLE_HOST,
  MIGRATABLE_VM,
  SILENT_HOST,
  VM_WITH_DEVICE_MEMORY,
} from '../../../../test/support/migratable.js';
import type { JsonObject } from '../json.js';
import type { MigrationReport } from '../migrations/migration.js';
import { type Compared, compareOutcome } from './compare-outcome.js';
import type { Comparison } from './comparison.js';

const needsOf = (parts: JsonObject) => manifest(parts).needs;
const factsOf = (parts: JsonObject) => fingerprint(minutesAgo(5), parts).facts;

const failed = (more: Partial<MigrationReport> = {}): MigrationReport => ({
  side: 'target',
  outcome: 'failed',
  phase: undefined,
  errno: undefined,
  slot: undefined,
  reason: undefined,
  raw: undefined,
  accepted: true,
  by: 'keys/test',
  at: new Date(0),
  ...more,
});

interface Tried {
  readonly vm?: JsonObject;
  readonly host?: JsonObject;
  readonly policy?: 'strict' | 'kernel';
}

/** A migration that was opened on what the engine says, and ended with these reports; with none of them, landed. */
function compared(
  { vm = MIGRATABLE_VM, host = MIGRATABLE_HOST, policy = 'strict' }: Tried,
  ...reports: MigrationReport[]
): Comparison {
  const needs = needsOf(vm);
  const decision = decide({ manifest: needs, target: factsOf(host), policy });
  expect([decision.outcome, decision.wouldFail]).toEqual(['compatible', null]);
  const { outcome, wouldFail, findings, generation } = decision;
  const prediction = { outcome, wouldFail, findings, evaluatedAt: new Date(0) };
  const state = reports.length === 0 ? 'landed' : 'aborted';
  const migration: Compared = { state, policy, prediction, reports };
  const comparison = compareOutcome(migration, { needs, catalogue: undefined, generation });
  if (comparison === undefined) throw new Error('it has ended');
  return comparison;
}

const part = (document: JsonObject, name: string): JsonObject => document[name] as JsonObject;

/** A VM with memory of a device, and a host whose CPUs let that be cacheable: FEAT_S2FWB and CTR_EL0.DIC. */
const idRegisters = {
  ...part(part(MIGRATABLE_VM, 'vcpu'), 'idRegisters'),
  ID_AA64MMFR2_EL1: '0x10000001011',
  CTR_EL0: '0xb444c004',
};
const capabilities = {
  ...part(part(MIGRATABLE_HOST, 'kvm'), 'capabilities'),
  KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: { system: 'EINVAL', vm: 1 },
};
const DEVICE_MEMORY = {
  vm: { ...VM_WITH_DEVICE_MEMORY, vcpu: { ...part(MIGRATABLE_VM, 'vcpu'), idRegisters } },
  host: {
    ...MIGRATABLE_HOST,
    cpu: { ...part(MIGRATABLE_HOST, 'cpu'), fwb: true, dic: true, idRegisters },
    kvm: { ...part(MIGRATABLE_HOST, 'kvm'), capabilities },
  },
};

describe('a landing', () => {
  test('confirms a prediction without a word in it', () => {
    expect(compared({})).toEqual({
      class: 'confirmed',
      outcome: 'landed',
      failure: {},
      warned: [],
      foretold: [],
      falseYes: [],
      falseNo: [],
    });
  });

  test('under `kernel` of what `strict` refuses is a false no of the checks that it would have been', () => {
    const landed = compared({ vm: VM_WITH_DEVICE_MEMORY, host: SILENT_HOST, policy: 'kernel' });
    expect(landed).toMatchObject({
      class: 'false-no',
      warned: ['cacheable-downgrade'],
      falseNo: ['cacheable-downgrade'],
    });
  });
});

describe('a failure', () => {
  test('that names its reason is the false yes of the checks of that reason', () => {
    const { falseYes, class: kind } = compared({}, failed({ phase: 'vm', reason: 'IPA_SIZE_UNSUPPORTED' }));
    expect([kind, falseYes]).toEqual(['false-yes', ['ipa-size']]);
  });

  test('of a slot is claimed by the checks that had something to ask of that slot', () => {
    const refused = { phase: 'memslot', errno: 'EINVAL' } as const;
    expect(compared(DEVICE_MEMORY, failed({ ...refused, slot: 7 })).falseYes).toEqual(['cacheable-pfnmap']);
    // Slot 0 is RAM of whole 64 KiB pages below every IPA limit there is: nothing that is checked can refuse it so.
    expect(compared(DEVICE_MEMORY, failed({ ...refused, slot: 0 })).falseYes).toEqual(['none']);
  });

  test('of a phase and an errno is claimed by all that give it there, and by none that gives another', () => {
    const { falseYes } = compared({}, failed({ phase: 'state-load', errno: 'ENOENT' }));
    expect(falseYes).toEqual(['register-list-missing']);
    const { falseYes: mismatches } = compared({}, failed({ phase: 'state-load', errno: 'EINVAL' }));
    expect(mismatches).toEqual(expect.arrayContaining(['id-register-fwb', 'midr', 'ctr-el0']));
    expect(mismatches).not.toContain('register-list-missing');
  });

  test('that no check could have given is none of theirs, and a false yes still', () => {
    for (const failure of [{ phase: 'memslot', errno: 'ENOMEM' }, { errno: 'EINVAL' }, { slot: 3 }] as const)
      expect(compared({}, failed(failure))).toMatchObject({ class: 'false-yes', falseYes: ['none'] });
  });

  test.each([
    [{ errno: 'ECONNRESET' }, 'network'],
    [{ phase: 'state-load', errno: 'EIO' }, 'network'],
    [{ errno: 'ECANCELED' }, 'cancelled'],
    [{ raw: 'error: operation aborted: migration out job: canceled by client' }, 'cancelled'],
    [{ raw: "error: unable to connect to server at 'gh-06:49152': Connection refused" }, 'network'],
    [{ raw: 'error: operation failed: Lost connection to destination host' }, 'network'],
    [{ raw: 'the flux capacitor is out of flux' }, 'unknown'],
    [{}, 'unknown'],
  ] as const)('of another kind, as %j, is no false yes', (failure, outside) => {
    expect(compared({}, failed(failure))).toMatchObject({ class: 'outside', outside, falseYes: [] });
  });

  test('that takes the link down with it is not the link’s', () => {
    const raw = 'Invalid argument\nerror: operation failed: Lost connection to destination host';
    const { class: kind } = compared({}, failed({ phase: 'memslot', errno: 'EINVAL', slot: 0, raw }));
    expect(kind).toBe('false-yes');
  });

  test('of which a warning spoke was foretold', () => {
    const hole = {
      ...MIGRATABLE_VM,
      memslots: [
        {
          slot: 0,
          gpa: '0x40000000',
          size: '0x40000000',
          flags: [],
          mappings: [
            {
              offset: '0x0',
              size: '0x20000000',
              backing: 'anonymous',
              vmFlags: [],
              memoryType: 'normal',
              kernelMapped: true,
            },
          ],
        },
      ],
    };
    const fault = { phase: 'fault', errno: 'EFAULT' } as const;
    expect(compared({ vm: hole }, failed(fault))).toMatchObject({
      class: 'foretold',
      warned: ['hole-in-slot'],
      foretold: ['hole-in-slot'],
      falseYes: [],
    });
    expect(compared({ vm: hole }, failed({ ...fault, slot: 1 })).foretold).toEqual([]);
    expect(compared({ vm: hole }, failed({ phase: 'fault', errno: 'EIO' })).foretold).toEqual([]);
    expect(compared({ vm: hole })).toMatchObject({ class: 'confirmed', warned: ['hole-in-slot'] });
  });

  test('that both sides report is what the more telling of them says', () => {
    const source = failed({ side: 'source', raw: 'error: operation failed: migration out job: unexpectedly failed' });
    const target = failed({ phase: 'vm', reason: 'IPA_SIZE_UNSUPPORTED' });
    const denied = failed({ phase: 'vcpu', reason: 'GIC_UNSUPPORTED', accepted: false });
    for (const reports of [
      [source, target, denied],
      [target, source, denied],
    ])
      expect(compared({}, ...reports)).toMatchObject({ falseYes: ['ipa-size'], failure: { phase: 'vm' } });
  });

  test('is always of one class, and only of checks that there are', () => {
    const known = new Set(['none', ...CHECKS.map(({ id }) => id)]);
    const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    fc.assert(
      fc.property(
        maybe(PHASES),
        maybe(['EINVAL', 'EFAULT', 'ENOENT', 'EPERM', 'ECONNRESET', 'E2BIG']),
        maybe([0, 7, 99]),
        maybe(CHECKS.map(({ reason }) => reason)),
        maybe(['canceled by client', 'nonsense', '']),
        (phase, errno, slot, reason, raw) => {
          const {
            class: kind,
            falseYes,
            foretold,
            outside,
          } = compared({}, failed({ phase, errno, slot, reason, raw }));
          expect(['false-yes', 'foretold', 'outside']).toContain(kind);
          expect([falseYes.length > 0, foretold.length > 0, outside !== undefined]).toEqual(
            ['false-yes', 'foretold', 'outside'].map((each) => each === kind),
          );
          expect(falseYes.filter((check) => !known.has(check))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('what was not tried, or has not ended, is compared with nothing', () => {
  const needs = needsOf(MIGRATABLE_VM);
  const prediction = { outcome: 'compatible', wouldFail: null, findings: [], evaluatedAt: new Date(0) } as const;
  const policy: Policy = 'strict';
  for (const state of ['admitted', 'verified', 'in-flight', 'unreported', 'revoked'] as const)
    expect(
      compareOutcome(
        { state, policy, prediction, reports: [failed()] },
        { needs, catalogue: undefined, generation: null },
      ),
    ).toBeUndefined();
});
