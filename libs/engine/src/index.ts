export {
  BUILT_IN_ROWS,
  type Catalogue,
  type CatalogueRow,
  catalogueWith,
  isMappingRow,
} from './catalogue/catalogue.js';
export { builtInClashes, type Clash, clashesWith } from './catalogue/clashes.js';
export { driverName } from './catalogue/driver-name.js';
export type { DriverRow } from './catalogue/drivers.js';
export type { MappingRow } from './catalogue/mappings.js';
export type { Check, CheckCard } from './check.js';
export { CHECKS } from './checks.js';
export { HOST_CLASS_READS, isParticular, VM_CLASS_READS } from './classes/class-reads.js';
export { CLASS_SCHEME, classKey, hostClassOf, vmClassOf } from './classes/classes.js';
export { decideClass, joined, particularFindings } from './classes/decide-by-class.js';
export { type Contradiction, findContradictions as contradictionsOf } from './contradictions.js';
export { DEFAULT_POLICY, decide, decideUnder } from './decide.js';
export { factsOf, type HostFacts } from './facts.js';
export { outcomeOf, wouldFailOf } from './fold.js';
export { generationsOf, type TellingGeneration } from './generation-of.js';
export { GENERATIONS, type Generation } from './generations.js';
export { parseKernelRelease } from './kernel-release.js';
export * from './model/errno.js';
export * from './model/fingerprint.js';
export * from './model/manifest.js';
export * from './model/memory.js';
export * from './model/question.js';
export * from './model/reason.js';
export * from './model/suppositions.js';
export * from './model/verdict.js';
export { checksUnder } from './policies/checks-under.js';
export {
  type Comparison,
  compare,
  type Difference,
  type LetThrough,
  type Objection,
  type RowChange,
} from './policies/compare.js';
export { POLICY_CARDS } from './policies/policies.js';
export type { Hazard, PolicyCard } from './policies/policy-card.js';
export { REASON_CARDS, type ReasonCard } from './reasons.js';
export { RULEBOOK } from './rulebook.js';
