import type { VmRead } from '../api-types.js';
import { type ListOptions, sayList } from '../listing.js';
import { PATHS } from '../paths.js';
import type { Session } from '../session.js';
import { labelWords } from '../views/labels.js';
import { labelQuery } from './host-list.js';

export interface VmListOptions extends ListOptions {
  readonly label?: string;
  readonly host?: string;
}

export function vmList(session: Session, options: VmListOptions): Promise<number> {
  return sayList<VmRead>(
    session,
    {
      path: PATHS.vms,
      query: { host: options.host, label: labelQuery(options.label) },
      columns: [{ head: 'VM' }, { head: 'REV' }, { head: 'HOST' }, { head: 'LABELS', gives: true }],
      cells: (vm) => [vm.vm, `${vm.revision}`, vm.host ?? '-', labelWords(vm.labels)],
      name: (vm) => vm.vm,
      empty: 'no VMs: register one with `berth vm put NAME -f manifest.json`, or load some with `berth demo`',
    },
    options,
  );
}
