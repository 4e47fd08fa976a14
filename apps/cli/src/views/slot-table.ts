import type { Manifest, Mapping, Memslot } from '@berth/engine';
import type { Style } from '../style.js';
import { backingOf } from './mapping-words.js';
import { hex, shortSize } from './quantities.js';
import { tableLines } from './table.js';

function cells(slot: Memslot, mapping: Mapping | undefined): string[] {
  return [
    `${slot.slot}`,
    hex(slot.gpa + (mapping?.offset ?? 0n)),
    shortSize(mapping?.size ?? slot.size),
    backingOf(mapping),
    mapping?.memoryType ?? '-',
    mapping?.vmFlags?.join(' ') ?? '-',
  ];
}

function rowsOf(slot: Memslot): string[][] {
  const mappings = slot.mappings ?? [];
  return mappings.length === 0 ? [cells(slot, undefined)] : mappings.map((mapping) => cells(slot, mapping));
}

/** The slots of a VM and what stands under each. */
export function slotLines(needs: Manifest, style: Style): string[] {
  const slots = needs.memslots ?? [];
  if (slots.length === 0) return [];
  const columns = [
    ...['SLOT', 'GPA', 'SIZE', 'BACKING', 'MEMORY TYPE'].map((head) => ({ head })),
    { head: 'VMA FLAGS', gives: true },
  ];
  return tableLines(style, columns, slots.flatMap(rowsOf));
}
