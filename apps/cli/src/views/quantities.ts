const UNITS = ['B', 'K', 'M', 'G', 'T', 'P', 'E'];
const LONG_UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

function scaled(bytes: bigint, units: readonly string[], gap: string): string {
  let unit = 0;
  let whole = bytes;
  while (unit < units.length - 1 && whole >= 1024n) {
    whole /= 1024n;
    unit += 1;
  }
  const scale = 1024n ** BigInt(unit);
  const tenths = (bytes * 10n) / scale;
  const number = tenths % 10n === 0n ? `${tenths / 10n}` : `${tenths / 10n}.${tenths % 10n}`;
  return `${number}${gap}${units[unit] ?? ''}`;
}

/** `95G`: for a column. */
export const shortSize = (bytes: bigint): string => scaled(bytes, UNITS, '');

/** `95 GiB`: for a sentence. */
export const longSize = (bytes: bigint): string => scaled(bytes, LONG_UNITS, ' ');

export const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** The first and the last address of a range, as /proc/iomem writes one. */
export function range(start: bigint, size: bigint): string {
  return size > 0n ? `${hex(start)}-${hex(start + size - 1n)}` : hex(start);
}
