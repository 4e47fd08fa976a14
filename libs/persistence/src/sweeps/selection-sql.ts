import type { Selector } from '@berth/application';
import type { Statement } from '../database/link.js';

/** A statement that lists what a selector means, and its values. */
export interface Selection {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

const VMS = 'SELECT name, host FROM vm WHERE fleet = $1';
const HOSTS = 'SELECT name FROM host WHERE fleet = $1';

const statement = (name: string, from: string, condition: string): Statement => ({
  name,
  text: `${from}${condition} ORDER BY name`,
});
const kinds = (what: string, from: string, host: string) => ({
  all: statement(`sweep-${what}-all`, from, ''),
  names: statement(`sweep-${what}-names`, from, ' AND name = ANY ($2::text[])'),
  labels: statement(`sweep-${what}-labels`, from, ' AND labels @> $2::jsonb'),
  host: statement(`sweep-${what}-host`, from, host),
});

const VM_SELECTIONS = kinds('vms', VMS, ' AND host = $2');
const TARGET_SELECTIONS = kinds('targets', HOSTS, ' AND name = $2');

export const selectVms = (fleet: string, selector: Selector): Selection => select(VM_SELECTIONS, fleet, selector);
export const selectTargets = (fleet: string, selector: Selector): Selection =>
  select(TARGET_SELECTIONS, fleet, selector);

function select(by: ReturnType<typeof kinds>, fleet: string, selector: Selector): Selection {
  if ('names' in selector) return { statement: by.names, values: [fleet, selector.names] };
  if ('labels' in selector) return { statement: by.labels, values: [fleet, JSON.stringify(selector.labels)] };
  if ('host' in selector) return { statement: by.host, values: [fleet, selector.host] };
  return { statement: by.all, values: [fleet] };
}
