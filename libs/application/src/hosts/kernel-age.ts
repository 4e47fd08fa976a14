import { type Fingerprint, GENERATIONS, generationsOf } from '@berth/engine';

const [OLDEST] = GENERATIONS;

function isOlderByName(release: string): boolean {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,5})/.exec(release) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [oldestMajor, oldestMinor] = OLDEST.since;
  return Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor);
}

/** A kernel named before the first generation, with nothing probed that proves it is of a later one. */
export function isTooOld(facts: Fingerprint): boolean {
  if (!isOlderByName(facts.kernel?.release ?? '')) return false;
  const { candidates } = generationsOf(facts);
  return candidates.length === 0 || candidates.includes(OLDEST.id);
}
