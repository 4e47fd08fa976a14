import { type Fault, fault } from '../fields/faults.js';
import { isJsonObject } from '../json/json-value.js';
import { printHex } from './hex.js';

type Path = readonly (string | number)[];

const HEX = /^0x[0-9a-f]{1,16}$/;
const SMALLEST_PAGE = 4096n;

/**
 * What no single field shows: order of the VMAs, and names that lead nowhere. Reads the document as it was
 * sent, so that these faults are told together with those of single fields; what is not of its type is passed over.
 */
export function manifestRuleFaults(document: unknown): Fault[] {
  if (!isJsonObject(document)) return [];
  const names = deviceNames(document.devices);
  const slots = listOf(document.memslots).flatMap((slot, index) => slotFaults(slot, ['memslots', index], names));
  return [...duplicateDevices(document.devices), ...slots];
}

function deviceNames(devices: unknown): ReadonlySet<unknown> | undefined {
  if (!Array.isArray(devices)) return undefined;
  return new Set(devices.map((device) => (isJsonObject(device) ? device.name : undefined)));
}

function duplicateDevices(devices: unknown): Fault[] {
  const seen = new Set<unknown>();
  return listOf(devices).flatMap((device, index) => {
    const name = isJsonObject(device) ? device.name : undefined;
    if (typeof name !== 'string') return [];
    const again = seen.has(name);
    seen.add(name);
    return again ? [fault(['devices', index, 'name'], 'DUPLICATE', 'each device once', name)] : [];
  });
}

function slotFaults(slot: unknown, path: Path, names: ReadonlySet<unknown> | undefined): Fault[] {
  if (!isJsonObject(slot)) return [];
  const size = hexOf(slot.size);
  return ['mappings', 'mappingsAtFault'].flatMap((field) =>
    mappingsFaults(listOf(slot[field]), [...path, field], size, names),
  );
}

function mappingsFaults(
  mappings: readonly unknown[],
  path: Path,
  slotSize: bigint | undefined,
  names: ReadonlySet<unknown> | undefined,
): Fault[] {
  const faults: Fault[] = [];
  let previous: { readonly offset: bigint; readonly end: bigint } | undefined;
  for (const [index, mapping] of mappings.entries()) {
    if (!isJsonObject(mapping)) continue;
    const at = [...path, index];
    faults.push(...deviceFaults(mapping, at, names));
    const offset = hexOf(mapping.offset);
    const size = hexOf(mapping.size);
    if (offset === undefined || size === undefined) continue;
    const span = { offset, end: offset + size };
    faults.push(...spanFaults(mapping, at, span, previous, slotSize));
    previous = span;
  }
  return faults;
}

interface Span {
  readonly offset: bigint;
  readonly end: bigint;
}

function spanFaults(
  mapping: { readonly [key: string]: unknown },
  at: Path,
  span: Span,
  previous: Span | undefined,
  slotSize: bigint | undefined,
): Fault[] {
  const { offset, size } = mapping;
  if (span.end === span.offset) return [fault([...at, 'size'], 'RANGE', 'a mapping of at least one page', size)];
  if (previous !== undefined && span.offset < previous.offset) {
    return [
      fault([...at, 'offset'], 'ORDER', `mappings in ascending order, after ${printHex(previous.offset)}`, offset),
    ];
  }
  if (previous !== undefined && span.offset < previous.end) {
    return [
      fault(
        [...at, 'offset'],
        'OVERLAP',
        `an offset of at least ${printHex(previous.end)}, where the mapping before ends`,
        offset,
      ),
    ];
  }
  if (slotSize !== undefined && outOfSlot(span, slotSize)) {
    return [
      fault(
        [...at, 'size'],
        'OUT_OF_SLOT',
        `a mapping that ends within the ${printHex(slotSize)} bytes of its slot`,
        size,
      ),
    ];
  }
  return [];
}

/** KVM refuses a slot of no or of broken pages, which is a finding; whole pages under it are then no fault of form. */
function outOfSlot(span: Span, slotSize: bigint): boolean {
  return span.end > slotSize && slotSize !== 0n && slotSize % SMALLEST_PAGE === 0n;
}

function deviceFaults(
  mapping: { readonly [key: string]: unknown },
  at: Path,
  names: ReadonlySet<unknown> | undefined,
): Fault[] {
  const { device, region } = mapping;
  if (device === undefined) {
    return region === undefined
      ? []
      : [fault([...at, 'device'], 'REQUIRED', 'the device that has the region', undefined)];
  }
  if (names === undefined || typeof device !== 'string' || names.has(device)) return [];
  return [fault([...at, 'device'], 'DEVICE_UNKNOWN', 'a name that `devices` declares', device)];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function hexOf(value: unknown): bigint | undefined {
  return typeof value === 'string' && HEX.test(value) ? BigInt(value) : undefined;
}
