import type { Documents } from '@berth/application';
import { parseFingerprint, parseManifest } from '@berth/contract';
import { MIGRATABLE_HOST, MIGRATABLE_VM } from '../support/migratable.js';

export const FLEET = 'default';
export const VM = 'vm-1';
/** The VM begins on the first of them. */
export const HOSTS = ['gh-1', 'gh-2', 'gh-3'] as const;
export type HostName = (typeof HOSTS)[number];
export const FINGERPRINT_DIGEST = `sha256:${'f'.repeat(64)}`;
export const MANIFEST_DIGEST = `sha256:${'e'.repeat(64)}`;

export const TICKET_MILLISECONDS = 100;
export const DEADLINE_MILLISECONDS = 300;

/** Every host is alike and every VM may go to any of them: what decides here is the state of a host. No slots, to be quick. */
const host = { schema: 'berth.fingerprint/1', ...MIGRATABLE_HOST };
const vm = { schema: 'berth.manifest/1', ...MIGRATABLE_VM, memslots: [] };

function told<T>(parsed: { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'invalid' }): T {
  if (parsed.kind === 'invalid') throw new Error(`a document of the simulation is refused: ${JSON.stringify(parsed)}`);
  return parsed.value;
}

const FINGERPRINT = told(parseFingerprint(host, 'evaluate'));
const MANIFEST = told(parseManifest(vm, 'evaluate'));

export const DOCUMENTS: Documents = {
  fingerprint: async () => FINGERPRINT,
  manifest: async () => MANIFEST,
  fingerprints: async () => new Map(),
  manifests: async () => new Map(),
  catalogue: async () => {
    throw new Error('nothing was added to the catalogue');
  },
};
