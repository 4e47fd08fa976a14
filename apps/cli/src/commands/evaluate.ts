import {
  type CatalogueDocument,
  type FingerprintDocument,
  type ManifestDocument,
  parseCatalogue,
  parseFingerprint,
  parseManifest,
  printVerdict,
  type VerdictJson,
} from '@berth/contract';
import { decide } from '@berth/engine';
import { accepted, readDocument, shortName } from '../documents.js';
import { exitOf } from '../exit-code.js';
import { Failure } from '../failure.js';
import { readPhases, readPolicy, readSuppositions } from '../question-options.js';
import { type Session, sayBody } from '../session.js';
import { verdictLines } from '../views/verdict-view.js';

export interface EvaluateOptions {
  readonly manifest: string;
  readonly target: string;
  readonly source?: string;
  readonly policy?: string;
  readonly phases?: string;
  readonly suppose?: string;
  readonly catalogue?: string;
}

// The same span that the server gives an answer: facts move on.
const VALID_MS = 60_000;

interface Documents {
  readonly vm: ManifestDocument;
  readonly target: FingerprintDocument;
  readonly source: FingerprintDocument | undefined;
  readonly added: CatalogueDocument | undefined;
}

async function fingerprintFrom(session: Session, path: string): Promise<FingerprintDocument> {
  const document = await readDocument(session.terminal, path);
  return accepted(document, parseFingerprint(document.value, 'evaluate'));
}

async function catalogueFrom(session: Session, path: string): Promise<CatalogueDocument> {
  const document = await readDocument(session.terminal, path);
  return accepted(document, parseCatalogue(document.value));
}

async function documentsOf(session: Session, options: EvaluateOptions): Promise<Documents> {
  const paths = [options.manifest, options.target, options.source, options.catalogue];
  if (paths.filter((path) => path === '-').length > 1) throw new Failure('standard input can be read once only');
  const manifest = await readDocument(session.terminal, options.manifest);
  return {
    vm: accepted(manifest, parseManifest(manifest.value, 'evaluate')),
    target: await fingerprintFrom(session, options.target),
    source: options.source === undefined ? undefined : await fingerprintFrom(session, options.source),
    added: options.catalogue === undefined ? undefined : await catalogueFrom(session, options.catalogue),
  };
}

function warnOfDocuments(session: Session, documents: Documents): void {
  for (const document of [documents.vm, documents.target, documents.source]) {
    for (const warning of document?.warnings ?? []) session.warn(`${warning.pointer}: ${warning.detail}`);
  }
}

function verdictOf(documents: Documents, options: EvaluateOptions): VerdictJson {
  const { vm, target, source, added } = documents;
  const decision = decide({
    manifest: vm.needs,
    target: target.facts,
    source: source?.facts,
    policy: readPolicy(options.policy),
    phases: readPhases(options.phases),
    proposal: readSuppositions(options.suppose),
    catalogue: added?.catalogue,
  });
  const basis = { vm: null, vmRevision: null, host: null, hostRevision: null };
  const now = Date.now();
  return printVerdict(
    decision,
    { ...basis, manifest: vm.digest, fingerprint: target.digest, catalogue: added?.digest },
    { evaluatedAt: new Date(now), validUntil: new Date(now + VALID_MS) },
  );
}

/** `berth evaluate`: the same engine as the server's, on files, with no server. */
export async function evaluate(session: Session, options: EvaluateOptions): Promise<number> {
  const documents = await documentsOf(session, options);
  const verdict = verdictOf(documents, options);
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, JSON.stringify(verdict));
  else {
    warnOfDocuments(session, documents);
    const subject = [`${shortName(options.manifest)} → ${shortName(options.target)}`];
    session.say(verdictLines({ verdict, subject, manifest: documents.vm.needs }, session.style));
    if (verdict.wouldFail !== null) session.hint(`berth explain ${verdict.wouldFail.reason}`);
  }
  return exitOf(verdict.outcome);
}
