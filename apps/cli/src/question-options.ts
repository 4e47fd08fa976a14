import { PHASES, type Phase, POLICIES, type Policy, type Suppositions } from '@berth/engine';
import { Failure } from './failure.js';

function oneOf<T extends string>(flag: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new Failure(`${flag} ${text}: expected ${known.join(', ')}`);
}

export function readPolicy(text: string | undefined): Policy | undefined {
  return text === undefined ? undefined : oneOf('--policy', text, POLICIES);
}

const SUPPOSITIONS = ['cacheableFlag', 'sealed', 'optOutActive'] as const;

/** `cacheableFlag,sealed=false`: what a proposal goes by and no document says. */
export function readSuppositions(text: string | undefined): Suppositions | undefined {
  if (text === undefined) return undefined;
  const said = text.split(',').map((part): [string, boolean] => {
    const [name = '', word = 'true'] = part.trim().split('=');
    return [oneOf('--suppose', name, SUPPOSITIONS), oneOf(`--suppose ${name}`, word, ['true', 'false']) === 'true'];
  });
  return Object.fromEntries(said);
}

export function readPhases(text: string | undefined): Phase[] | undefined {
  if (text === undefined) return undefined;
  const words = text.split(',').map((word) => word.trim());
  const asked = words.filter((word) => word !== '').map((word) => oneOf('--phases', word, PHASES));
  if (asked.length > 0) return PHASES.filter((phase) => asked.includes(phase));
  throw new Failure('--phases: name at least one', { cure: `the phases are ${PHASES.join(', ')}` });
}

/** Under which added rows of the catalogue a stored question is asked again. */
export function readReplayedCatalogue(text: string | undefined): 'today' | 'stored' | undefined {
  return text === undefined ? undefined : oneOf('--catalogue', text, ['today', 'stored'] as const);
}

/** `vm=12,host=18`: the revisions an answer must rest on. */
export function readExpect(text: string | undefined): { vmRevision?: number; hostRevision?: number } | undefined {
  if (text === undefined) return undefined;
  const expect: { vmRevision?: number; hostRevision?: number } = {};
  for (const part of text.split(',')) {
    const [, name, number] = /^(vm|host)=([1-9][0-9]{0,8})$/.exec(part.trim()) ?? [];
    if (name === undefined) throw new Failure(`--expect ${text}: expected vm=REVISION, host=REVISION or both`);
    expect[name === 'vm' ? 'vmRevision' : 'hostRevision'] = Number(number);
  }
  return expect;
}

/** `a=b,c=d` → labels; `what` names the flag for the message. */
export function readLabels(text: string, what: string): Record<string, string> {
  const pairs = text.split(',').map((part): [string, string] => {
    const at = part.indexOf('=');
    if (at < 1) throw new Failure(`${what} ${text}: expected key=value, and commas between several`);
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

export type Selector =
  | { readonly all: true }
  | { readonly names: readonly string[] }
  | { readonly labels: Readonly<Record<string, string>> }
  | { readonly host: string };

/** `all`, `label:tier=gpu,rack=r3`, `host:gh-03`, or names with commas between them. */
export function readSelector(text: string, what: string): Selector {
  if (text === 'all') return { all: true };
  if (text.startsWith('label:')) return { labels: readLabels(text.slice('label:'.length), what) };
  if (text.startsWith('host:')) return { host: text.slice('host:'.length) };
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return { names };
  throw new Failure(`${what} ${text}: expected all, NAME,NAME, label:key=value or host:NAME`);
}
