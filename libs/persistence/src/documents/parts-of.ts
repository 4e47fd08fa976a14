import type { JsonObject } from '@berth/application';

/** A document taken apart: what its digest covers, and what it leaves out besides the time, each as JSON text. */
export function partsOf(document: JsonObject): { readonly content: string; readonly provenance: string } {
  const { collectedAt: _, agent, evidence, ...content } = document;
  return { content: JSON.stringify(content), provenance: JSON.stringify({ agent, evidence }) };
}

/** The other way. */
export function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('a stored document is not an object');
  return value as JsonObject;
}
