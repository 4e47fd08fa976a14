import type { Catalogue } from '@berth/engine';
import type { Documents } from '../ports/documents.js';

/** What is known of drivers when a question is asked; where operators added nothing there is no digest, and it is the built-in one. */
export interface UsedCatalogue {
  readonly digest?: string | undefined;
  readonly catalogue?: Catalogue | undefined;
}

const BUILT_IN: UsedCatalogue = {};

export async function usedCatalogue(
  documents: Documents,
  fleet: string,
  digest: string | undefined,
): Promise<UsedCatalogue> {
  return digest === undefined ? BUILT_IN : { digest, catalogue: await documents.catalogue(fleet, digest) };
}
