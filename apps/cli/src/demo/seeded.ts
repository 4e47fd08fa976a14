import { createHash } from 'node:crypto';

/** The same bytes for the same words, on every machine and in every run. */
function digest(words: string): Buffer {
  return createHash('sha256').update(`berth demo ${words}`).digest();
}

/** A number from 0 up to, and without, `below`. */
export const seededNumber = (words: string, below: number): number => digest(words).readUInt32BE(0) % below;

export const seededHex = (words: string): string => digest(words).toString('hex').slice(0, 32);

export function seededUuid(words: string): string {
  const hex = seededHex(words);
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return groups.join('-');
}

export function seededPick<T>(words: string, choices: readonly T[]): T {
  const choice = choices[seededNumber(words, choices.length)];
  if (choice === undefined) throw new Error('nothing to pick from');
  return choice;
}
