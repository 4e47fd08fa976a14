import { decide } from '@berth/engine';
import { readFingerprint } from '../documents/parse-fingerprint.js';
import { readManifest } from '../documents/parse-manifest.js';
import { printVerdict } from '../verdict/print-verdict.js';
import type { VerdictJson } from '../verdict/verdict-schema.js';
import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST, FINGERPRINT_DIGEST, MANIFEST_DIGEST } from './example-documents.js';

export const EXAMPLE_PHASES = ['vm', 'memslot', 'fault'] as const;

/** Decided, not written: an example that the engine would not give teaches something false. */
const decision = decide({
  manifest: readManifest(EXAMPLE_MANIFEST),
  target: readFingerprint(EXAMPLE_FINGERPRINT),
  phases: EXAMPLE_PHASES,
});

const digests = { manifest: MANIFEST_DIGEST, fingerprint: FINGERPRINT_DIGEST };
const times = { evaluatedAt: new Date('2026-11-20T07:01:00Z'), validUntil: new Date('2026-11-20T07:02:00Z') };

export const EXAMPLE_VERDICT: VerdictJson = printVerdict(
  decision,
  { vm: 'vm-42', vmRevision: 12, host: 'gh-09', hostRevision: 18, ...digests },
  times,
);

/** The same answer for documents that are not stored. */
export const EXAMPLE_EVALUATION: VerdictJson = printVerdict(
  decision,
  { vm: null, vmRevision: null, host: null, hostRevision: null, ...digests },
  times,
);
