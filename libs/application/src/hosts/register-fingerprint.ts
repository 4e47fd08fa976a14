import { generationsOf } from '@berth/engine';
import type { Caller } from '../caller.js';
import { noteDrift } from '../drift/note-drift.js';
import type { HostReads } from '../ports/host-reads.js';
import type { Observation } from '../ports/host-statements.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { DatedFingerprint, FingerprintSubmission, Warning } from '../submission.js';
import { contend } from './contend.js';
import { contradictionWarnings } from './contradiction-warnings.js';
import { speaksFor } from './speaks-for.js';
import { standing } from './standing.js';
import { tellReboot } from './tell-reboot.js';

export type FingerprintRegistration =
  | {
      readonly kind: 'registered';
      readonly created: boolean;
      readonly changed: boolean;
      readonly revision: number;
      readonly digest: string;
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: 'host-forbidden'; readonly host: string }
  | { readonly kind: 'stale-observation'; readonly storedCollectedAt: Date }
  | { readonly kind: 'clock-ahead'; readonly serverTime: Date }
  | { readonly kind: 'machine-changed'; readonly machineId: string }
  | { readonly kind: 'revision-mismatch'; readonly revision: number }
  | { readonly kind: 'kernel-too-old'; readonly release: string };

export interface RegisterOptions {
  /** The revision that the writer has read; 0 for "there is none yet". */
  readonly ifMatch?: number | undefined;
}

/** Takes in what a host can do. Safe under concurrent writers: the host's row is locked, or made once. */
export class RegisterFingerprint {
  constructor(
    private readonly work: UnitOfWork,
    private readonly hosts: HostReads,
  ) {}

  async run(
    caller: Caller,
    host: string,
    submission: FingerprintSubmission,
    options: RegisterOptions = {},
  ): Promise<FingerprintRegistration> {
    if (!speaksFor(caller, host)) return { kind: 'host-forbidden', host };
    const release = submission.facts.kernel?.release;
    // No generation is left for a kernel before the first of them, unless something probed proves a backport.
    if (release !== undefined && generationsOf(submission.facts).candidates.length === 0)
      return { kind: 'kernel-too-old', release };
    const dated = withDate(submission);
    const warnings = [...submission.warnings, ...contradictionWarnings(submission.facts)];
    const { digest } = dated;
    const renewed = await this.hosts.renewUnchanged(caller.fleet, host, dated, options.ifMatch);
    if (renewed !== undefined)
      return { kind: 'registered', created: false, changed: false, revision: renewed, digest, warnings };
    return this.work.run((tx) => register(tx, caller, host, dated, options.ifMatch, warnings));
  }
}

function withDate(submission: FingerprintSubmission): DatedFingerprint {
  const { collectedAt } = submission;
  if (collectedAt === undefined) throw new Error('a fingerprint without `collectedAt` passed the door');
  return { ...submission, collectedAt };
}

async function register(
  tx: Tx,
  caller: Caller,
  host: string,
  submission: DatedFingerprint,
  ifMatch: number | undefined,
  warnings: readonly Warning[],
): Promise<FingerprintRegistration> {
  const observation = await tx.hosts.observe(caller.fleet, host, submission.collectedAt);
  const refusal = refusalOf(observation, submission, ifMatch);
  if (refusal !== undefined) {
    if (refusal.kind === 'machine-changed') await noteContender(tx, caller, host, observation, submission);
    return refusal;
  }
  const locked = observation.stored?.host;
  if (locked === undefined) return create(tx, caller, host, submission, ifMatch, warnings);
  const answer = { kind: 'registered', created: false, digest: submission.digest, warnings } as const;
  if (locked.digest === submission.digest) {
    await tx.hosts.renew(caller.fleet, host, submission);
    return { ...answer, changed: false, revision: locked.revision };
  }
  const revision = await tx.hosts.advance(caller.fleet, host, locked.revision, submission);
  await tx.audit.write(caller, 'fingerprint.register', host, {
    revision,
    digest: submission.digest,
    was: locked.digest,
  });
  const { bootId } = submission.facts;
  if (bootId !== undefined) await tellReboot(tx, caller.fleet, host, locked, bootId);
  await tx.events.emit(caller.fleet, {
    type: 'host.changed',
    subject: `hosts/${host}`,
    data: { host, revision, digest: submission.digest, was: locked.digest },
  });
  await noteDrift(tx, caller.fleet, { kind: 'host', name: host, before: standing(locked) });
  return { ...answer, changed: true, revision };
}

/** What is older than the stored facts is a replay, and says nothing of who answers to the name now. */
async function noteContender(
  tx: Tx,
  caller: Caller,
  host: string,
  { stored }: Observation,
  { facts: { machineId } }: DatedFingerprint,
): Promise<void> {
  if (stored === undefined || stored.versus === 'older' || machineId === undefined) return;
  await contend(tx, caller, host, stored.host, machineId);
}

function refusalOf(
  { serverTime, ahead, stored }: Observation,
  submission: DatedFingerprint,
  ifMatch: number | undefined,
): FingerprintRegistration | undefined {
  const revision = stored?.host.revision ?? 0;
  if (ifMatch !== undefined && ifMatch !== revision) return { kind: 'revision-mismatch', revision };
  if (ahead) return { kind: 'clock-ahead', serverTime };
  if (stored === undefined) return undefined;
  const { machineId, collectedAt, digest } = stored.host;
  const { machineId: seen } = submission.facts;
  if (seen !== undefined && machineId !== undefined && seen !== machineId)
    return { kind: 'machine-changed', machineId };
  // An older observation is a replay, even of the same facts: it must not make them fresh again.
  const isOther = submission.digest !== digest;
  if (stored.versus === 'older' || (stored.versus === 'equal' && isOther))
    return { kind: 'stale-observation', storedCollectedAt: collectedAt };
  return undefined;
}

async function create(
  tx: Tx,
  caller: Caller,
  host: string,
  submission: DatedFingerprint,
  ifMatch: number | undefined,
  warnings: readonly Warning[],
): Promise<FingerprintRegistration> {
  const { digest } = submission;
  const revision = await tx.hosts.insert(caller.fleet, host, submission);
  // Another writer made the host between our look and our insert, and has committed: its row can be locked now.
  if (revision === undefined) return register(tx, caller, host, submission, ifMatch, warnings);
  await tx.audit.write(caller, 'fingerprint.register', host, { revision, digest });
  await tx.events.emit(caller.fleet, {
    type: 'host.registered',
    subject: `hosts/${host}`,
    data: { host, revision, digest },
  });
  return { kind: 'registered', created: true, changed: true, revision, digest, warnings };
}
