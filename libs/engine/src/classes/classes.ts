import type { Fingerprint } from '../model/fingerprint.js';
import type { Manifest } from '../model/manifest.js';
import { RULEBOOK } from '../rulebook.js';
import { canonicalText } from './canonical-text.js';
import { HOST_CLASS_READS, VM_CLASS_READS } from './class-reads.js';
import { patternTree, project } from './project.js';

const HOST_FACTS = patternTree(HOST_CLASS_READS);
const VM_FACTS = patternTree(VM_CLASS_READS);

/** The capability class of a host: what some check reads of it, as target or as source. */
export const hostClassOf = (fingerprint: Fingerprint): Fingerprint => project(fingerprint, HOST_FACTS);

/** The requirement class of a VM: what some check reads of its manifest. */
export const vmClassOf = (manifest: Manifest): Manifest => project(manifest, VM_FACTS);

/** Equal for hosts (or VMs) that no check can tell apart, and for no others. Digest it: it is as long as the facts. */
export const classKey = (facts: Fingerprint | Manifest): string => canonicalText(facts);

/** Changes whenever the facts that make a class do: classes that were stored under another scheme are made anew. */
export const CLASS_SCHEME = canonicalText([RULEBOOK, HOST_CLASS_READS, VM_CLASS_READS]);
