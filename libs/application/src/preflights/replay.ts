import { decide, type Fingerprint, type Manifest, type Phase, type Policy } from '@berth/engine';
import type { UsedCatalogue } from '../catalogue/used-catalogue.js';
import type { JsonObject } from '../json.js';
import type { StoredFingerprint, StoredManifest } from '../ports/documents.js';
import type { FingerprintSubmission, ManifestSubmission, Warning } from '../submission.js';
import { type FindingDifference, findingDifferences } from './finding-differences.js';
import { questionOf } from './question-of.js';
import { sameDecision } from './same-decision.js';
import type { Basis, StoredPreflight, StoredVerdict } from './stored-verdict.js';

/** A stored document with other facts, or what is wrong with it then: the door knows the form of documents. */
export type Override<T> = (
  stored: JsonObject,
) => { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'invalid'; readonly faults: readonly Warning[] };

/** What is to be other than when it was asked. */
export interface ReplayRequest {
  readonly policy?: Policy | undefined;
  readonly phases?: readonly Phase[] | undefined;
  readonly fingerprint?: Override<FingerprintSubmission> | undefined;
  readonly manifest?: Override<ManifestSubmission> | undefined;
  /** The rows of the catalogue that were added then, or those of today. */
  readonly catalogue?: 'today' | 'stored' | undefined;
}

export interface PreflightReplayed {
  readonly kind: 'replayed';
  readonly id: string;
  readonly original: StoredVerdict;
  /** Through today's rulebook. It keeps the original's times: it says nothing of today's host. */
  readonly replayed: StoredVerdict;
  readonly same: boolean;
  readonly differences: readonly FindingDifference[];
}

export interface OverridesRefused {
  readonly kind: 'overrides-refused';
  readonly faults: readonly Warning[];
}

/** What a stored preflight was asked of. */
export interface Read {
  readonly manifest: StoredManifest;
  readonly target: StoredFingerprint;
  readonly source: StoredFingerprint | undefined;
  readonly used: UsedCatalogue;
}

export function replayOf(
  preflight: StoredPreflight,
  read: Read,
  request: ReplayRequest,
): PreflightReplayed | OverridesRefused {
  const { id, target, asked, verdict: original } = preflight;
  const supposed = suppose(preflight, read, request);
  if (supposed.kind === 'overrides-refused') return supposed;
  const { facts, basis, hypothetical } = supposed;
  const decision = decide(
    questionOf({
      ...facts,
      registered: { host: target, state: asked.state, freshness: asked.freshness },
      policy: request.policy ?? asked.policy,
      phases: request.phases ?? asked.phases,
      catalogue: read.used.catalogue,
    }),
  );
  const { generation, rulebook, policy } = decision;
  const replayed = {
    ...original,
    decision: hypothetical ? { ...decision, hypothetical } : decision,
    basis: { ...basis, generation, rulebook, policy },
  };
  const same = sameDecision(original.decision, decision);
  return {
    kind: 'replayed',
    id,
    original,
    replayed,
    same,
    differences: findingDifferences(original.decision, decision),
  };
}

interface Facts {
  readonly needs: Manifest;
  readonly vmHost: string | undefined;
  readonly target: Fingerprint;
  readonly source: Fingerprint | undefined;
}

interface Supposed {
  readonly kind: 'supposed';
  readonly facts: Facts;
  readonly basis: Basis;
  readonly hypothetical: boolean;
}

function suppose(preflight: StoredPreflight, read: Read, request: ReplayRequest): Supposed | OverridesRefused {
  const { vmHost } = preflight.asked;
  // Where the VM runs is what Berth knows; it may be supposed otherwise like everything else.
  const host = vmHost === undefined ? {} : { host: vmHost };
  const manifest = request.manifest?.({ ...read.manifest.document, ...host });
  const fingerprint = request.fingerprint?.(read.target.document);
  const faults = [...faultsOf(manifest), ...faultsOf(fingerprint)];
  if (faults.length > 0) return { kind: 'overrides-refused', faults };
  return supposing(preflight, read, madeOf(manifest), madeOf(fingerprint));
}

type Overridden<T> = ReturnType<Override<T>> | undefined;

const faultsOf = (made: Overridden<unknown>) => (made?.kind === 'invalid' ? made.faults : []);
const madeOf = <T>(made: Overridden<T>) => (made?.kind === 'ok' ? made.value : undefined);

/** A document that was made for the question has no revision. */
function supposing(
  { asked, verdict }: StoredPreflight,
  read: Read,
  manifest: ManifestSubmission | undefined,
  fingerprint: FingerprintSubmission | undefined,
): Supposed {
  const vmHost = manifest === undefined ? asked.vmHost : manifest.needs.host;
  return {
    kind: 'supposed',
    facts: {
      needs: (manifest ?? read.manifest).needs,
      vmHost,
      target: (fingerprint ?? read.target).facts,
      // What was stored is the fingerprint of the host that it ran on.
      source: vmHost === asked.vmHost ? read.source?.facts : undefined,
    },
    basis: {
      ...verdict.basis,
      catalogue: read.used.digest,
      ...(manifest === undefined ? {} : { manifest: manifest.digest, vmRevision: null }),
      ...(fingerprint === undefined ? {} : { fingerprint: fingerprint.digest, hostRevision: null }),
    },
    hypothetical: manifest !== undefined || fingerprint !== undefined,
  };
}
