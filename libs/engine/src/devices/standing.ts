import { MEASURES, type Measure, metUpTo } from './candidates.js';
import type { Device } from './device.js';

/** Does the target have enough devices for this one of the VM's, as far as one measure goes? */
export type Standing =
  | { readonly kind: 'enough' }
  | { readonly kind: 'short'; readonly wanted: number; readonly found: number }
  | { readonly kind: 'doubt'; readonly missing: readonly string[] };

const ENOUGH: Standing = { kind: 'enough' };

/** What this measure adds to those before it: what they have said already is not said again. */
export function standingOf(device: Device, measure: Measure): Standing {
  const now = countUpTo(device, measure);
  const previous = MEASURES[MEASURES.indexOf(measure) - 1];
  if (now.kind === 'enough' || previous === undefined) return now;
  const before = countUpTo(device, previous);
  if (now.kind === 'short') return before.kind === 'short' ? ENOUGH : now;
  if (before.kind !== 'doubt') return now;
  const missing = now.missing.filter((pointer) => !before.missing.includes(pointer));
  return missing.length === 0 ? ENOUGH : { kind: 'doubt', missing };
}

/** Two devices of one kind need two: the VM's devices before this one have had theirs. */
function countUpTo(device: Device, measure: Measure): Standing {
  if (device.candidates === undefined) return { kind: 'doubt', missing: ['/fingerprint/devices'] };
  const taken = measure === 'model' ? device.before.model : device.before.kind;
  const told = device.candidates.map((candidate) => metUpTo(candidate, measure));
  const found = told.filter(({ value }) => value === true).length;
  if (found > taken) return ENOUGH;
  const doubtful = told.filter(({ value }) => value === undefined);
  if (found + doubtful.length <= taken) return { kind: 'short', wanted: taken + 1, found };
  return { kind: 'doubt', missing: [...new Set(doubtful.flatMap(({ missing }) => missing))] };
}
