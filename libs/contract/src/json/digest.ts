import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonObject, JsonValue } from './json-value.js';

/** `sha256:` of RFC 8785 canonical JSON. */
export function digestOf(value: JsonValue): string {
  const canonical = canonicalize(value);
  if (canonical === undefined) throw new Error('digest of something that is not JSON');
  return `sha256:${createHash('sha256').update(canonical, 'utf8').digest('hex')}`;
}

/** An unchanged host keeps its digest: when it was asked, by whom and how is left out. */
export function documentDigest(document: JsonObject): string {
  const { collectedAt: _at, agent: _agent, evidence: _evidence, ...facts } = document;
  return digestOf(facts);
}
