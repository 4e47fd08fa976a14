import { compare, decide } from '@berth/engine';
import { parseFingerprint, readFingerprint } from '../documents/parse-fingerprint.js';
import { readManifest } from '../documents/parse-manifest.js';
import type { JsonValue } from '../json/json-value.js';
import { overrideDocument } from '../overrides/override-document.js';
import type { ComparisonJson } from '../verdict/comparison-schema.js';
import { printFindingDifference } from '../verdict/finding-difference.js';
import { printComparison } from '../verdict/print-comparison.js';
import { printVerdict } from '../verdict/print-verdict.js';
import type { VerdictJson } from '../verdict/verdict-schema.js';
import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST, FINGERPRINT_DIGEST, MANIFEST_DIGEST } from './example-documents.js';

export const EXAMPLE_PHASES = ['vm', 'memslot', 'fault'] as const;

/** Decided, not written: an example that the engine would not give teaches something false. */
const question = {
  manifest: readManifest(EXAMPLE_MANIFEST),
  target: readFingerprint(EXAMPLE_FINGERPRINT),
  phases: EXAMPLE_PHASES,
};
const decision = decide(question);

const digests = { manifest: MANIFEST_DIGEST, fingerprint: FINGERPRINT_DIGEST };
const times = { evaluatedAt: new Date('2026-11-20T07:01:00Z'), validUntil: new Date('2026-11-20T07:02:00Z') };

export const EXAMPLE_VERDICT: VerdictJson = printVerdict(
  decision,
  { vm: 'vm-42', vmRevision: 12, host: 'gh-09', hostRevision: 18, ...digests },
  times,
);

const unnamed = { vm: null, vmRevision: null, host: null, hostRevision: null, ...digests };

/** The same answer for documents that are not stored. */
export const EXAMPLE_EVALUATION: VerdictJson = printVerdict(decision, unnamed, times);

export const EXAMPLE_POLICIES = ['strict', 'proposal:fallback'] as const;

const compared = compare(question, EXAMPLE_POLICIES);

/** The kernel as it is, beside the design that was dropped as unsafe. */
export const EXAMPLE_COMPARISON: ComparisonJson = printComparison(
  compared.decisions.map((each) => printVerdict(each, unnamed, times)),
  compared.differences,
);

/** What if the host had a CPU with FWB and DIC? Its registers, which say otherwise, are forgotten. */
export const EXAMPLE_OVERRIDES = {
  '/cpu/fwb': true,
  '/cpu/dic': true,
  '/cpu/idRegisters': null,
  '/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED/vm': 1,
} as const;

function overridden(): JsonValue {
  const { collectedAt: _at, agent: _agent, ...stored } = EXAMPLE_FINGERPRINT;
  const made = overrideDocument(stored, EXAMPLE_OVERRIDES);
  if (made.kind === 'ok') return made.value;
  throw new Error(`the example's overrides are refused: ${JSON.stringify(made.faults)}`);
}

function replayedExample(): VerdictJson {
  const parsed = parseFingerprint(overridden(), 'evaluate');
  if (parsed.kind === 'invalid') throw new Error(`the example's host is refused: ${JSON.stringify(parsed.faults)}`);
  const { facts, digest } = parsed.value;
  const supposed = { ...decide({ ...question, target: facts }), hypothetical: true };
  const basis = { vm: 'vm-42', vmRevision: 12, host: 'gh-09', hostRevision: null };
  return printVerdict(supposed, { ...basis, manifest: MANIFEST_DIGEST, fingerprint: digest }, times);
}

/** Every finding is gone. */
export const EXAMPLE_REPLAY = {
  original: EXAMPLE_VERDICT,
  replayed: replayedExample(),
  same: false,
  differences: decision.findings.map((finding) => printFindingDifference({ change: 'gone', finding })),
};
