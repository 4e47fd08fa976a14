import type { NewSweep, SelectedVm, Selector, SweepState, SweepStatements } from '@berth/application';
import type { Link } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { selectTargets, selectVms } from './selection-sql.js';
import { CANCEL, INSERT, INSERT_CHUNKS } from './sweep-sql.js';

export class PgSweepStatements implements SweepStatements {
  constructor(private readonly link: Link) {}

  async vms(fleet: string, selector: Selector): Promise<readonly SelectedVm[]> {
    const { statement, values } = selectVms(fleet, selector);
    const rows = await this.link.rows<{ name: string; host: string | null }>(statement, values);
    return rows.map((row) => ({ name: row.name, host: orUndefined(row.host) }));
  }

  async targets(fleet: string, selector: Selector): Promise<readonly string[]> {
    const { statement, values } = selectTargets(fleet, selector);
    return (await this.link.rows<{ name: string }>(statement, values)).map((row) => row.name);
  }

  async insert(sweep: NewSweep): Promise<void> {
    const { fleet, id, vms, targets, vmBands, targetBands } = sweep;
    await this.link.touch(INSERT, [fleet, id, sweep.policy, sweep.phases ?? [], sweep.total]);
    await this.link.touch(INSERT_CHUNKS, [
      fleet,
      id,
      vms.map((vm) => vm.name),
      vms.map((vm) => vm.host ?? null),
      targets,
      vmBands.map((band) => band.from),
      vmBands.map((band) => band.to),
      targetBands.map((band) => band.from),
      targetBands.map((band) => band.to),
    ]);
  }

  async cancel(fleet: string, id: string): Promise<SweepState | undefined> {
    return (await this.link.row<{ state: SweepState }>(CANCEL, [fleet, id]))?.state;
  }
}
