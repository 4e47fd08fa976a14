/** Where a migration may stand, in the order in which it may come there. */
export const MIGRATION_STATES = [
  'admitted',
  'verified',
  'in-flight',
  'unreported',
  'landed',
  'aborted',
  'revoked',
] as const;
export type MigrationState = (typeof MIGRATION_STATES)[number];

/** A VM with a migration in one of these can have no other. */
export const OPEN_STATES = ['admitted', 'verified', 'in-flight', 'unreported'] as const satisfies MigrationState[];

/** What moves a migration. */
export type Trigger =
  | 'open'
  | 'verify'
  | 'start'
  | 'cancel'
  | 'landed'
  | 'failed'
  /** Evaluated again, and no longer compatible; or the VM has been started anew. */
  | 'drift'
  | 'expiry'
  | 'deadline';

/** Who may move it: a caller with a role, the agent of a host that takes part, or Berth itself by a decision or the clock. */
export type Mover = 'orchestrator' | 'target' | 'source' | 'berth';

export interface Transition {
  /** Null: it begins here. */
  readonly from: MigrationState | null;
  readonly trigger: Trigger;
  readonly to: MigrationState;
  readonly by: readonly Mover[];
}

const SIDES: readonly Mover[] = ['source', 'target', 'orchestrator'];

/** Every change of state there is. What does not stand here does not happen. */
export const TRANSITIONS = [
  { from: null, trigger: 'open', to: 'admitted', by: ['orchestrator'] },
  { from: 'admitted', trigger: 'verify', to: 'verified', by: ['target', 'orchestrator'] },
  { from: 'verified', trigger: 'start', to: 'in-flight', by: ['orchestrator'] },
  { from: 'in-flight', trigger: 'landed', to: 'landed', by: SIDES },
  { from: 'in-flight', trigger: 'failed', to: 'aborted', by: SIDES },
  { from: 'in-flight', trigger: 'deadline', to: 'unreported', by: ['berth'] },
  { from: 'unreported', trigger: 'landed', to: 'landed', by: SIDES },
  { from: 'unreported', trigger: 'failed', to: 'aborted', by: SIDES },
  { from: 'admitted', trigger: 'cancel', to: 'revoked', by: ['orchestrator'] },
  { from: 'verified', trigger: 'cancel', to: 'revoked', by: ['orchestrator'] },
  { from: 'admitted', trigger: 'drift', to: 'revoked', by: ['berth'] },
  { from: 'verified', trigger: 'drift', to: 'revoked', by: ['berth'] },
  { from: 'admitted', trigger: 'expiry', to: 'revoked', by: ['berth'] },
  { from: 'verified', trigger: 'expiry', to: 'revoked', by: ['berth'] },
] as const satisfies readonly Transition[];

/** Where the trigger leads from here; undefined when it leads nowhere. */
export function nextState(from: MigrationState | null, trigger: Trigger): MigrationState | undefined {
  return TRANSITIONS.find((each) => each.from === from && each.trigger === trigger)?.to;
}
