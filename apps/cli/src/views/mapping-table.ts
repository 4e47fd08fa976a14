import type { Manifest } from '@berth/engine';
import type { Style } from '../style.js';
import { backingOf, mappingOf, slotOf } from './mapping-words.js';
import { hex, range, shortSize } from './quantities.js';
import { type Column, tableLines } from './table.js';
import type { RowRead } from './verdict-read.js';

const COLUMNS: readonly Column[] = [
  { head: 'SLOT' },
  { head: 'GPA' },
  { head: 'SIZE' },
  { head: 'BACKING', gives: true },
  { head: 'REGISTER' },
  { head: 'STAGE 2' },
  { head: 'CMO' },
  { head: 'FAULT' },
];

function registration(row: RowRead): string {
  return row.registration === 'refused' ? (row.errno ?? 'refused') : row.registration;
}

function fault(row: RowRead, laidOut: boolean): string {
  if (row.fault === 'not-reached' && laidOut) return '-';
  return row.fault === 'refused' ? (row.faultErrno ?? 'refused') : row.fault;
}

function place(row: RowRead, manifest: Manifest | undefined, laidOut: boolean): string[] {
  const slot = slotOf(manifest, row.slot);
  if (slot === undefined) return ['-', '-', '-'];
  const mapping = mappingOf(slot, row.mapping);
  const start = slot.gpa + (mapping?.offset ?? 0n);
  const size = mapping?.size ?? slot.size;
  return [laidOut ? hex(start) : range(start, size), shortSize(size), backingOf(mapping)];
}

function slotWord(row: RowRead, rows: readonly RowRead[]): string {
  const alone = rows.filter((each) => each.slot === row.slot).length === 1;
  return alone || row.mapping === null ? `${row.slot}` : `${row.slot}.${row.mapping}`;
}

/** A line for each mapping: where it stands, what registering it returns, what the guest then meets. */
export function mappingLines(rows: readonly RowRead[], manifest: Manifest | undefined, style: Style): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => [
    slotWord(row, rows),
    ...place(row, manifest, style.laidOut),
    registration(row),
    row.stage2 ?? '-',
    row.cacheMaintenance ?? '-',
    fault(row, style.laidOut),
  ]);
  return tableLines(style, COLUMNS, cells);
}
