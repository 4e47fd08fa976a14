import { createHash } from 'node:crypto';
import { CLASS_SCHEME, classKey, type Fingerprint, hostClassOf, type Manifest, vmClassOf } from '@berth/engine';

/** What no check can tell apart, under one name. */
export interface FactClass<T> {
  /** `sha256:` of the scheme and of the facts. */
  readonly digest: string;
  readonly facts: T;
}

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;

/** By which facts hosts and VMs are classed here; a class of another scheme counts as none. */
export const SCHEME: string = sha256(CLASS_SCHEME);

const hosts = new WeakMap<Fingerprint, FactClass<Fingerprint>>();
const vms = new WeakMap<Manifest, FactClass<Manifest>>();

/** The capability class of a host. Documents are immutable, so it is worked out once for each. */
export const classOfHost = (facts: Fingerprint): FactClass<Fingerprint> => remembered(hosts, facts, hostClassOf);

/** The requirement class of a VM. */
export const classOfVm = (needs: Manifest): FactClass<Manifest> => remembered(vms, needs, vmClassOf);

function remembered<T extends Fingerprint | Manifest>(
  known: WeakMap<T, FactClass<T>>,
  document: T,
  project: (document: T) => T,
): FactClass<T> {
  const found = known.get(document);
  if (found !== undefined) return found;
  const facts = project(document);
  const made = { digest: sha256(`${SCHEME}\n${classKey(facts)}`), facts };
  known.set(document, made);
  return made;
}
