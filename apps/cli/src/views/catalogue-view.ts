import type { CatalogueItemRead } from '../api-types.js';
import type { Style } from '../style.js';
import { tableLines } from './table.js';

/** What a row tells, in a line. */
function tellingWords(item: CatalogueItemRead): string {
  if (item.kind === 'driver') return `${item.driver}: ${migrationWords(item)}`;
  const { drivers = [], regions, memoryTypes = [], vmFlags = [] } = item;
  const where = regions === 'any' || regions === undefined ? '' : ` region ${regions.join(' ')}`;
  return `${drivers.join(' ')}${where}: ${memoryTypes.join(' or ')} (${vmFlags.join(' ')})`;
}

function migrationWords({ migration, p2p, since }: CatalogueItemRead): string {
  if (migration !== true) return 'no migration';
  return `migrates${since === undefined ? '' : ` since ${since}`}${p2p === true ? ', P2P' : ''}`;
}

function originWords({ origin, overruled }: CatalogueItemRead): string {
  return overruled === true ? 'overruled' : origin;
}

export function catalogueLines(items: readonly CatalogueItemRead[], style: Style): string[] {
  const columns = [{ head: 'ROW' }, { head: 'REV' }, { head: 'BY' }, { head: 'TELLS', gives: true }];
  return tableLines(
    style,
    columns,
    items.map((item) => [
      item.row,
      item.revision === null ? '-' : `${item.revision}`,
      originWords(item),
      tellingWords(item),
    ]),
  );
}
