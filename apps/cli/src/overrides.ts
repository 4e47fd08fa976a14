import { jsonPointer } from '@berth/contract';
import { Failure } from './failure.js';

export type Overrides = Readonly<Record<string, unknown>>;

// Only what cannot be meant as text: `6.12` is a kernel and `0x1` a register.
const AS_JSON = /^(?:true|false|null|-?\d+|[[{"].*)$/s;

/** `cpu.fwb=false`, or `/cpu/fwb=false` where a name has a dot in it; `=null` forgets the fact. */
export function readOverrides(texts: readonly string[] | undefined, flag: string): Overrides | undefined {
  if (texts === undefined) return undefined;
  return Object.fromEntries(texts.map((text) => readOverride(text, flag)));
}

function readOverride(text: string, flag: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new Failure(`${flag} ${text}: expected PATH=VALUE, e.g. cpu.fwb=false; PATH=null forgets a fact`);
  const path = text.slice(0, at).trim();
  return [path.startsWith('/') ? path : jsonPointer(path.split('.')), readValue(text.slice(at + 1).trim(), text, flag)];
}

function readValue(word: string, text: string, flag: string): unknown {
  if (!AS_JSON.test(word)) return word;
  try {
    return JSON.parse(word);
  } catch (cause) {
    throw new Failure(`${flag} ${text}: the value is not JSON`, { cause, cure: 'quote it for the shell: \'["0x1"]\'' });
  }
}
