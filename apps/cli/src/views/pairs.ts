import type { Style } from '../style.js';
import { hanging } from './wrap.js';

/** `key  value` lines; what is empty is left out. */
export function pairLines(style: Style, pairs: readonly (readonly [string, string])[]): string[] {
  const shown = pairs.filter(([, value]) => value !== '');
  if (!style.laidOut) return shown.map((pair) => pair.join('\t'));
  const keyWidth = Math.max(0, ...shown.map(([key]) => key.length)) + 2;
  return shown.flatMap(([key, value]) => hanging(key, value, 2, keyWidth, style.width));
}
