import type { Check } from '../check.js';
import { CHECKS } from '../checks.js';
import { EVIDENCE } from '../evidence.js';

/**
 * Facts of one host or one VM alone: which machine it is, where it runs, what Berth itself knows of it. They are joined to the
 * verdict of a pair of classes and are no part of it.
 */
const PARTICULAR: readonly string[] = [
  '/fingerprint/machineId',
  '/sourceFingerprint/machineId',
  '/manifest/host',
  '/registered/host',
  '/registered/state',
  '/registered/freshness',
];

/** No check reads these, but a finding names its place by them. */
const SHOWN: readonly string[] = [
  '/manifest/memslots/*/slot',
  '/manifest/memslots/*/gpa',
  '/manifest/memslots/*/mappings/*/offset',
  '/manifest/memslots/*/mappingsAtFault/*/offset',
];

/** What tells the kernel generation, by which the checks are chosen before any of them is asked. */
const TELLING: readonly string[] = [
  '/fingerprint/kernel/release',
  ...EVIDENCE.map(({ capability }) => `/fingerprint/kvm/capabilities/${capability}`),
];

/** Is it asked of each pair anew? Such a check reads nothing but particular facts; all others are settled by the classes. */
export const isParticular = (check: Check): boolean => check.reads.some((pattern) => PARTICULAR.includes(pattern));

/** What some check reads below `root`, as patterns that start behind it; of two that nest, the wider one. */
function readsBelow(root: string): readonly string[] {
  const ofClass = CHECKS.filter((check) => !isParticular(check));
  const read = [...ofClass.flatMap((check) => check.reads), ...TELLING, ...SHOWN];
  const below = [...new Set(read.filter((pattern) => pattern.startsWith(`${root}/`)))]
    .map((pattern) => pattern.slice(root.length))
    .sort();
  return below.filter((pattern) => !below.some((wider) => pattern.startsWith(`${wider}/`)));
}

/** Of a host: as a target, and as the source of what leaves it. */
export const HOST_CLASS_READS: readonly string[] = [
  ...new Set([...readsBelow('/fingerprint'), ...readsBelow('/sourceFingerprint')]),
];
export const VM_CLASS_READS: readonly string[] = readsBelow('/manifest');
