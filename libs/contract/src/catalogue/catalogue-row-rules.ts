import { driverName } from '@berth/engine';
import { type Fault, fault } from '../fields/faults.js';
import { isJsonObject } from '../json/json-value.js';

type Fields = { readonly [key: string]: unknown };

/** What no single field shows. Reads the row as it was sent, so that these faults are told together with those of its fields. */
export function catalogueRowFaults(row: unknown): Fault[] {
  if (!isJsonObject(row)) return [];
  if (row.kind === 'mapping') return mappingFaults(row);
  return row.kind === 'driver' ? driverFaults(row) : [];
}

function mappingFaults(row: Fields): Fault[] {
  return [
    ...duplicates(row, 'drivers', 'each driver once', (name) => (typeof name === 'string' ? driverName(name) : name)),
    ...duplicates(row, 'regions', 'each region once'),
    ...duplicates(row, 'vmFlags', 'each flag once'),
    ...duplicates(row, 'memoryTypes', 'each memory type once'),
    // The kernel stops itself (BUG_ON in vmf_insert_pfn_prot() and vm_insert_page()) at a VMA that is both.
    ...both(row, 'pfnmap', 'mixedmap'),
    // is_cow_mapping() is private by definition.
    ...both(row, 'shared', 'cow'),
  ];
}

function duplicates(row: Fields, field: string, expected: string, keyOf = (item: unknown) => item): Fault[] {
  const seen = new Set<unknown>();
  return listOf(row[field]).flatMap((item, index) => {
    const again = seen.has(keyOf(item));
    seen.add(keyOf(item));
    return again ? [fault([field, index], 'DUPLICATE', expected, item)] : [];
  });
}

function both(row: Fields, one: string, other: string): Fault[] {
  const flags = listOf(row['vmFlags']);
  if (!flags.includes(one) || !flags.includes(other)) return [];
  return [fault(['vmFlags', flags.indexOf(other)], 'EXCLUSIVE', `either \`${one}\` or \`${other}\``, other)];
}

/** A driver that cannot migrate has nothing of what comes with it. */
function driverFaults(row: Fields): Fault[] {
  if (row['migration'] !== false) return [];
  const nothing = (field: string) =>
    row[field] === undefined ? [] : [fault([field], 'EXCLUSIVE', 'nothing where `migration` is `false`', row[field])];
  const p2p = row['p2p'] === true ? [fault(['p2p'], 'EXCLUSIVE', '`false` where `migration` is', true)] : [];
  return [...p2p, ...nothing('since'), ...nothing('compares')];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
