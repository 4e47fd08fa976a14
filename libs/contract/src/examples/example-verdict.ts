import { compare, decide } from '@berth/engine';
import { readFingerprint } from '../documents/parse-fingerprint.js';
import { readManifest } from '../documents/parse-manifest.js';
import type { ComparisonJson } from '../verdict/comparison-schema.js';
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
