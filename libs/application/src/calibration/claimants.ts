import {
  type Catalogue,
  CHECKS,
  type Check,
  checksUnder,
  decide,
  type Finding,
  type GenerationId,
  type Manifest,
} from '@berth/engine';
import { type ActualFailure, NO_CHECK } from './comparison.js';

/** What is asked of a kernel of this generation, under either policy that may open a migration. One that cannot be told is asked all. */
export function asksOf(generation: GenerationId | null): readonly Check[] {
  const checks = checksUnder('strict', undefined, undefined);
  return generation === null ? checks : checks.filter((check) => check.generations.includes(generation));
}

/** What was to move: by it a failure is traced to the checks that had anything to ask of it. */
export interface Moved {
  readonly needs: Manifest;
  readonly catalogue: Catalogue | undefined;
  readonly generation: GenerationId | null;
}

/**
 * The checks that could have given this failure. A reason names them. Otherwise they are those of the phase that would object, or
 * could not tell, if nothing at all were known of the two hosts: what passes even then depends on the VM alone. There may be several.
 * Where it failed has to be told: an errno alone is everybody's.
 */
export function claimantsOf(failure: ActualFailure, moved: Moved): readonly string[] {
  const { reason } = failure;
  const claimants = reason === undefined ? suspectsOf(failure, moved) : giversOf(reason);
  return claimants.length === 0 ? [NO_CHECK] : claimants;
}

const giversOf = (reason: string): readonly string[] =>
  CHECKS.filter((check) => check.reason === reason).map(({ id }) => id);

function suspectsOf(failure: ActualFailure, { needs, catalogue, generation }: Moved): readonly string[] {
  const asked = new Set(asksOf(generation).map(({ id }) => id));
  const { findings } = decide({ manifest: needs, target: {}, catalogue });
  const suspects = findings.filter((finding) => asked.has(finding.check) && couldGive(finding, failure));
  return [...new Set(suspects.map(({ check }) => check))];
}

function couldGive(finding: Finding, { phase, errno, slot }: ActualFailure): boolean {
  if (finding.phase !== phase || finding.failure === 'silent' || finding.severity === 'warn') return false;
  if (errno !== undefined && errno !== finding.errno) return false;
  return slot === undefined || slot === finding.slot || !OF_SLOTS.has(finding.phase);
}

/** Where a slot that is told is the one that was refused. */
const OF_SLOTS: ReadonlySet<string> = new Set(['memslot', 'fault']);
