// What the rulebook says to the kept questions, and what it publishes of itself, as digests to lay beside the stored ones.
import { createHash } from 'node:crypto';
import type * as Engine from '@berth/engine';
import type { Decision } from '@berth/engine';
import type { Kept } from './questions.js';

/** The rulebook as a module: whoever changes the engine to see what happens gives a changed one. */
export type Rulebook = Pick<
  typeof Engine,
  'BUILT_IN_ROWS' | 'CHECKS' | 'GENERATIONS' | 'POLICY_CARDS' | 'REASON_CARDS' | 'RULEBOOK' | 'decide'
>;

/** Digests of what was asked and of what was said to it. */
export interface Digests {
  readonly asked: string;
  readonly said: string;
}

/** What was stored under one version of the rulebook, by the name of what was asked. */
export interface Stored {
  readonly rulebook: string;
  readonly answers: Readonly<Record<string, Digests>>;
}

/** Sentences are for people and may change; what a program goes by may not. */
const SENTENCES = new Set(['message', 'remedy', 'expected', 'cite', 'statement', 'title', 'meaning', 'change']);

function bytesOf(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (SENTENCES.has(key)) return undefined;
    if (typeof inner === 'bigint') return `0x${inner.toString(16)}`;
    return inner instanceof Map ? [...inner] : inner;
  });
}

/** A decision but for its sentences, as bytes: two decisions that say the same are equal here. */
export function answerBytes({ rulebook: _, ...decision }: Decision): string {
  return bytesOf(decision);
}

/** Do two decisions have the same bytes? Much quicker than to look at the bytes. */
export function sameAnswer({ rulebook: _, ...one }: Decision, { rulebook: __, ...other }: Decision): boolean {
  return isAlike(one, other);
}

function isAlike(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, at) => isAlike(item, other[at]));
  return isFields(one) && isFields(other) && hasAll(one, other) && hasAll(other, one);
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasAll(one: Fields, other: Fields): boolean {
  for (const key in one) if (!SENTENCES.has(key) && !isAlike(one[key], other[key])) return false;
  return true;
}

/** What the rulebook publishes of each check, reason, generation, driver and policy, but for the sentences. */
export function cardBytes(rulebook: Rulebook): ReadonlyMap<string, string> {
  const { BUILT_IN_ROWS, CHECKS, GENERATIONS, POLICY_CARDS, REASON_CARDS } = rulebook;
  const policies = Object.values(POLICY_CARDS).map(({ id, hypothetical, assumes, silentDegradation, hazards }) => {
    const card = { hypothetical, assumes, silentDegradation, hazards };
    return [`policy ${id}`, bytesOf(card)] as const;
  });
  return new Map([
    ['the order of the checks', bytesOf(CHECKS.map(({ id }) => id))],
    ['the generations', bytesOf(GENERATIONS)],
    ...BUILT_IN_ROWS.map((row) => [`catalogue ${row.id}`, bytesOf(row)] as const),
    ...CHECKS.map(({ test: _, ...card }) => [`check ${card.id}`, bytesOf(card)] as const),
    ...Object.values(REASON_CARDS).map((card) => [`reason ${card.reason}`, bytesOf(card)] as const),
    ...policies,
  ]);
}

function digestOf(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('hex').slice(0, 32);
}

/** Asks the rulebook everything that is kept. */
export function answersOf(rulebook: Rulebook, kept: readonly Kept[]): Stored {
  const answers: Record<string, Digests> = {};
  for (const [id, bytes] of cardBytes(rulebook)) answers[id] = { asked: '', said: digestOf([bytes]) };
  for (const { id, questions } of kept) {
    if (answers[id] !== undefined) throw new Error(`two kept questions are named \`${id}\``);
    const said = questions.map((question) => answerBytes(rulebook.decide(question)));
    answers[id] = { asked: digestOf(questions.map(bytesOf)), said: digestOf(said) };
  }
  return { rulebook: rulebook.RULEBOOK, answers };
}

/** Where what is said now is not what was stored. */
export interface Departure {
  /** Asked the same, and answered otherwise. */
  readonly changed: readonly string[];
  /** Asked otherwise than it was, new, or no longer asked. */
  readonly unlike: readonly string[];
}

export function departure(stored: Stored, now: Stored): Departure {
  const ids = [...new Set([...Object.keys(stored.answers), ...Object.keys(now.answers)])];
  const askedAlike = (id: string) =>
    stored.answers[id] !== undefined && stored.answers[id]?.asked === now.answers[id]?.asked;
  return {
    changed: ids.filter((id) => askedAlike(id) && stored.answers[id]?.said !== now.answers[id]?.said),
    unlike: ids.filter((id) => !askedAlike(id)),
  };
}
