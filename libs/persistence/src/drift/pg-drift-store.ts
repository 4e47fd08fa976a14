import type {
  DriftKind,
  DriftRef,
  DriftStore,
  HeldAnswer,
  OpenDrift,
  PlacedVm,
  StandingHost,
} from '@berth/application';
import type { HostState, Outcome, Phase, Policy } from '@berth/engine';
import type { Link } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { ANSWERS_OF_HOST, ANSWERS_OF_VM, BEGIN, FAIL, HOSTS, HOSTS_NAMED, LOST, VM, VMS, VMS_ON } from './drift-sql.js';
import { GONE, refValues } from './pg-drift-statements.js';

interface DriftRow {
  readonly step: OpenDrift['step'];
  readonly after: string;
  readonly before_digest: string | null;
  readonly before_state: HostState | null;
  readonly before_fresh: boolean | null;
  readonly before_host: string | null;
}

interface AnswerRow {
  readonly id: string;
  readonly vm: string;
  readonly target: string;
  readonly policy: Policy | null;
  readonly phases: readonly Phase[];
  readonly told: Outcome | typeof GONE;
}

interface VmRow {
  readonly name: string;
  readonly digest: string;
  readonly host: string | null;
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export class PgDriftStore implements DriftStore {
  /** `factTtl`: for how many milliseconds facts hold of a host that never sent a heartbeat. */
  constructor(
    private readonly link: Link,
    private readonly factTtl: number,
  ) {}

  async begin(ref: DriftRef): Promise<OpenDrift | undefined> {
    const row = await this.link.row<DriftRow>(BEGIN, refValues(ref));
    if (row === undefined) return undefined;
    const before = {
      digest: orUndefined(row.before_digest),
      state: orUndefined(row.before_state),
      fresh: orUndefined(row.before_fresh),
      host: orUndefined(row.before_host),
    };
    return { step: row.step, after: row.after, before };
  }

  async answers(
    fleet: string,
    kind: DriftKind,
    name: string,
    after: string,
    limit: number,
  ): Promise<readonly HeldAnswer[]> {
    const statement = kind === 'vm' ? ANSWERS_OF_VM : ANSWERS_OF_HOST;
    const rows = await this.link.rows<AnswerRow>(statement, [fleet, name, after === '' ? FIRST_ID : after, limit]);
    return rows.map(heldAnswer);
  }

  async vms(fleet: string, on: string | undefined, after: string, limit: number): Promise<readonly PlacedVm[]> {
    const page = [fleet, after, limit];
    const rows = await (on === undefined
      ? this.link.rows<VmRow>(VMS, page)
      : this.link.rows<VmRow>(VMS_ON, [...page, on]));
    return rows.map(placedVm);
  }

  async vm(fleet: string, name: string): Promise<PlacedVm | undefined> {
    const row = await this.link.row<VmRow>(VM, [fleet, name]);
    return row === undefined ? undefined : placedVm(row);
  }

  hosts(fleet: string, after: string, limit: number): Promise<readonly StandingHost[]> {
    return this.link.rows<StandingHost>(HOSTS, [fleet, after, limit, this.factTtl]);
  }

  hostsNamed(fleet: string, names: readonly string[]): Promise<readonly StandingHost[]> {
    return this.link.rows<StandingHost>(HOSTS_NAMED, [fleet, names, this.factTtl]);
  }

  async fail(ref: DriftRef): Promise<number> {
    return (await this.link.row<{ failures: number }>(FAIL, refValues(ref)))?.failures ?? 0;
  }

  async lost(ageMs: number, failures: number, limit: number): Promise<readonly DriftRef[]> {
    const rows = await this.link.rows<Omit<DriftRef, 'turn'> & { turn: string }>(LOST, [ageMs, limit, failures]);
    return rows.map((row) => ({ ...row, turn: Number(row.turn) }));
  }
}

const placedVm = ({ name, digest, host }: VmRow): PlacedVm => ({ name, digest, host: orUndefined(host) });

const heldAnswer = ({ id, vm, target, policy, phases, told }: AnswerRow): HeldAnswer => ({
  id,
  vm,
  target,
  policy: orUndefined(policy),
  phases: phases.length === 0 ? undefined : phases,
  told: told === GONE ? undefined : told,
});
