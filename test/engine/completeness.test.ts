import {
  CHECKS,
  type Check,
  type Decision,
  decide,
  GENERATIONS,
  PHASES,
  type Question,
  REASONS,
  type Reason,
} from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { RECORDED_HOSTS, recordedCases, recordedFingerprint } from '../support/recorded.js';
import {
  BORDER_VECTORS,
  MEMORY_VECTORS,
  VECTOR_PHASES,
  vectorFingerprint,
  vectorManifest,
} from '../support/vectors.js';
import { CORPUS } from './corpus.js';

const VECTOR_QUESTIONS: readonly Question[] = [...MEMORY_VECTORS, ...BORDER_VECTORS].map((vector) => ({
  manifest: vectorManifest(vector),
  target: vectorFingerprint(vector),
  phases: VECTOR_PHASES,
}));

const QUESTIONS: readonly Question[] = [...CORPUS.map(({ question }) => question), ...VECTOR_QUESTIONS];

/** They speak of what the rulebook was not told, so they can only doubt. */
const ONLY_DOUBT: readonly Reason[] = [
  'FACTS_NOT_FRESH',
  'SOURCE_DEVICES_NOT_LISTED',
  'KERNEL_OUT_OF_SPAN',
  'MEMSLOTS_NOT_LISTED',
  'DEVICES_NOT_LISTED',
  'DEVICE_NOT_NAMED',
];
const ONLY_WARN: readonly Reason[] = [
  'FACTS_CONTRADICT',
  'DERIVED_FACTS_DIFFER',
  'ERRORS_NOT_CONTAINED',
  'HOLE_IN_SLOT',
  'NORMAL_NC_UNAVAILABLE',
  'NON_FWB_SOURCE_COHERENCY',
  'DEVICE_STATE_UNTOLD',
  'PLATFORM_DEVICE_UNCACHED',
  'PER_PTE_PROT',
  'PROPOSAL_ADMITS',
  'REGISTER_LISTED_ON_TARGET_ONLY',
  'VCPU_FEATURE_TO_LEAVE_OUT',
];

describe('checks', () => {
  it('have each an id of their own', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('give every reason, and no other', () => {
    expect(new Set(CHECKS.map(({ reason }) => reason))).toEqual(new Set(REASONS));
  });

  it.each(CHECKS)('$id says what it asks for, what to do, and where it was read', (check) => {
    expect(check.statement).toMatch(/^[A-Za-z].*\.$/s);
    expect(check.remedy).toMatch(/^[A-Z].*\.$/s);
    expect(check.expected).toMatch(/\S/);
    expect(check.cite).toMatch(/^(linux|libvirt|QEMU|Berth)/);
    expect(check.cite).not.toMatch(/line \d|:\d+/);
    expect(PHASES).toContain(check.phase);
    expect(check.generations.length).toBeGreaterThan(0);
    expect(new Set(check.generations).size).toBe(check.generations.length);
    for (const read of check.reads)
      expect(read).toMatch(/^\/(manifest|fingerprint|sourceFingerprint|registered)(\/|$)/);
  });

  it.each(CHECKS)('$id fails as its phase does', ({ phase, failure, errno, sourceOutcome }) => {
    if (failure === 'silent') expect(errno).toBeNull();
    if (phase === 'memslot') expect([failure, errno === null]).toEqual(['refused', false]);
    if (phase === 'fault') expect(failure).not.toBe('refused');
    if (phase === 'memslot') expect(sourceOutcome).toBe('unaffected');
    if (phase === 'fault') expect(sourceOutcome).toBe('lost');
  });

  it('stand in the order of the phases', () => {
    const order = CHECKS.map(({ phase }) => PHASES.indexOf(phase));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('speak of every phase', () => {
    expect(new Set(CHECKS.map(({ phase }) => phase))).toEqual(new Set(PHASES));
  });
});

describe('reasons', () => {
  const given = (severity: string) =>
    new Set(
      QUESTIONS.flatMap((question) => decide(question).findings)
        .filter((finding) => finding.severity === severity)
        .map(({ reason }) => reason),
    );

  it('reject each something in the corpus or the vectors', () => {
    const rejecting = given('reject');
    const silent = REASONS.filter((reason) => !rejecting.has(reason));
    expect([...silent].sort()).toEqual([...ONLY_DOUBT, ...ONLY_WARN].sort());
  });

  it('that can only doubt or warn do so there', () => {
    expect(ONLY_DOUBT.filter((reason) => !given('unknown').has(reason))).toEqual([]);
    expect(ONLY_WARN.filter((reason) => !given('warn').has(reason))).toEqual([]);
  });

  it('of memory were met by a recorded kernel, but for these', () => {
    const met = new Set(RECORDED_HOSTS.flatMap((host) => [...rejectionsOn(host)]));
    const ofMemory = CHECKS.filter(({ phase }) => phase === 'memslot' || phase === 'fault').map(({ reason }) => reason);
    const unmet = [...new Set(ofMemory)].filter((reason) => !met.has(reason));
    expect(unmet.sort()).toEqual([...READ_ALONE, ...OF_PROPOSALS].sort());
  });
});

function rejectionsOn(host: string): ReadonlySet<Reason> {
  const target = recordedFingerprint(host);
  const findings = recordedCases(host).flatMap(
    ({ manifest }) => decide({ manifest, target, phases: VECTOR_PHASES }).findings,
  );
  return new Set(findings.filter(({ severity }) => severity === 'reject').map(({ reason }) => reason));
}

/** No case in `test/recorded` meets these: they rest on the sources of the kernel, or never reject. */
const READ_ALONE: readonly Reason[] = [
  'MEMSLOTS_NOT_LISTED',
  'SLOT_ID_TOO_LARGE',
  'SLOT_FLAGS_UNSUPPORTED',
  'SLOT_SIZE_MISALIGNED',
  'SLOT_ADDRESS_SPACE',
  'SLOT_TOO_LARGE',
  'SLOT_EMPTY',
  'SLOT_REUSED',
  'SLOT_OVERLAP',
  'GUEST_MEMFD_NOT_MAPPABLE',
  'GUEST_MEMFD_WITH_MTE',
  'NO_VMA',
  'HOLE_IN_SLOT',
  'PROTECTED_GUEST_FILE_PAGE',
  'SECRETMEM_UNREACHABLE',
  'MIXEDMAP_UNREACHABLE',
  'MTE_VMA_NOT_ALLOWED_AT_FAULT',
  'PKVM_CACHEABLE_DEVICE_MEMORY',
  'NORMAL_NC_UNAVAILABLE',
  'SLOT_OVER_GICV',
  'MMIO_CLAIMED_CACHEABLE',
  'PLATFORM_DEVICE_UNCACHED',
  'PER_PTE_PROT',
];

/** No kernel gives them. */
const OF_PROPOSALS: readonly Reason[] = [
  'PROPOSAL_REFUSES',
  'PROPOSAL_ADMITS',
  'PROPOSAL_ADMITS_HAZARD',
  'COW_PFNMAP_REFUSED',
];

describe('each border between generations', () => {
  const generationAt = new Map(
    BORDER_VECTORS.map((vector) => [`${vector.border} ${vector.side}`, vector.expect.generation]),
  );

  it.each(
    GENERATIONS.map(({ id, since }, at) => ({ id, border: since.join('.'), before: GENERATIONS[at - 1]?.id ?? null })),
  )('at $border has a vector on each side of it', ({ id, border, before }) => {
    expect(generationAt.get(`${border} before`)).toBe(before);
    expect(generationAt.get(`${border} after`)).toBe(id);
  });

  it('is one of the generations', () => {
    expect(generationAt.size).toBe(GENERATIONS.length * 2);
  });
});

/** What a caller acts on. */
function verdict({ outcome, wouldFail, memslots, findings }: Decision): string {
  const warnings = findings.filter(({ severity }) => severity === 'warn').map(({ reason }) => reason);
  const acted = { outcome, wouldFail, memslots, warnings };
  return JSON.stringify(acted);
}

describe('leaving out a check', () => {
  const whole = QUESTIONS.map((question) => verdict(decide(question)));

  it.each(CHECKS)('changes some verdict: $id', (left: Check) => {
    const rest = CHECKS.filter((check) => check !== left);
    const differing = QUESTIONS.filter((question, at) => verdict(decide(question, rest)) !== whole[at]);
    expect(differing.length).toBeGreaterThan(0);
  });

  it.each(CORPUS)('turns the question made for it, unless another check says no too: $check', ({ check, question }) => {
    const rest = CHECKS.filter(({ id }) => id !== check);
    expect(verdict(decide(question, rest))).not.toBe(verdict(decide(question)));
  });
});

describe('the order of the checks', () => {
  it('is needed: the errno of a slot is that of the first to refuse it', () => {
    const swapped = [...CHECKS].reverse();
    const differing = VECTOR_QUESTIONS.filter(
      (question) => JSON.stringify(decide(question, swapped).wouldFail) !== JSON.stringify(decide(question).wouldFail),
    );
    expect(differing.length).toBeGreaterThan(2);
  });
});
