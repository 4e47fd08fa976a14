import { CLIDR_EL1 } from './clidr.js';
import { FIRMWARE_REGISTERS } from './firmware.js';
import { GIC_REGISTERS } from './gic.js';
import { CTR_EL0, ID_REGISTERS } from './id-registers.js';

/** MIDR also has a place of its own in both documents. */
export const IMPLEMENTATION_IDS: readonly string[] = ['MIDR_EL1', 'REVIDR_EL1', 'AIDR_EL1'];

const SPOKEN_OF = new Set([
  ...ID_REGISTERS.map(({ name }) => name),
  CTR_EL0.name,
  CLIDR_EL1,
  ...IMPLEMENTATION_IDS,
  ...FIRMWARE_REGISTERS.map(({ name }) => name),
  ...GIC_REGISTERS,
]);

const known = new WeakMap<ReadonlyMap<string, bigint>, readonly string[]>();

/** The registers that a document lists and no other check speaks of. Worked out once a document. */
export function otherRegisters(registers: ReadonlyMap<string, bigint> | undefined): readonly string[] {
  if (registers === undefined) return NONE;
  const found = known.get(registers) ?? [...registers.keys()].filter((name) => !SPOKEN_OF.has(name));
  known.set(registers, found);
  return found;
}

const NONE: readonly string[] = [];
