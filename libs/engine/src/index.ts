export type { Check, CheckCard } from './check.js';
export { CHECKS } from './checks.js';
export { type Contradiction, findContradictions as contradictionsOf } from './contradictions.js';
export { DEFAULT_POLICY, decide } from './decide.js';
export { factsOf, type HostFacts } from './facts.js';
export { generationsOf, type TellingGeneration } from './generation-of.js';
export { GENERATIONS, type Generation } from './generations.js';
export * from './model/errno.js';
export * from './model/fingerprint.js';
export * from './model/manifest.js';
export * from './model/memory.js';
export * from './model/question.js';
export * from './model/reason.js';
export * from './model/suppositions.js';
export * from './model/verdict.js';
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
