import {
  CHECKS,
  type CheckCard,
  GENERATIONS,
  PHASES,
  POLICY_CARDS,
  REASON_CARDS,
  type ReasonCard,
} from '@berth/engine';
import { Failure } from '../failure.js';
import { nearestOf } from '../nearest.js';
import type { Session } from '../session.js';
import { cardOf, checkLines, generationLines, reasonLines, reasonListLines } from '../views/explain-view.js';
import { policyLines, policyListLines } from '../views/policy-view.js';

const REASONS = Object.values(REASON_CARDS);
const POLICIES = Object.values(POLICY_CARDS);

interface Page {
  readonly lines: (session: Session) => string[];
  readonly json: unknown;
}

function checksFor(reason: ReasonCard): CheckCard[] {
  return CHECKS.filter((check) => check.reason === reason.reason);
}

function reasonPage(word: string): Page | undefined {
  const card = REASONS.find((each) => each.reason === word.toUpperCase());
  if (card === undefined) return undefined;
  const checks = checksFor(card);
  return {
    lines: ({ style }) => [
      ...reasonLines(card, style),
      ...checks.flatMap((check) => ['', ...checkLines(check, style)]),
    ],
    json: { ...card, checks: checks.map(cardOf) },
  };
}

function checkPage(word: string): Page | undefined {
  const check = CHECKS.find((each) => each.id === word);
  return check && { lines: ({ style }) => checkLines(check, style), json: cardOf(check) };
}

function generationPage(word: string): Page | undefined {
  const generation = GENERATIONS.find((each) => each.id === word);
  return generation && { lines: ({ style }) => generationLines(generation, style), json: generation };
}

function phasePage(word: string): Page | undefined {
  const phase = PHASES.find((each) => each === word);
  const reasons = REASONS.filter((each) => each.phase === phase);
  return phase && { lines: ({ style }) => reasonListLines(reasons, style), json: reasons };
}

function policyPage(word: string): Page | undefined {
  if (word === 'policies') return { lines: ({ style }) => policyListLines(POLICIES, style), json: POLICIES };
  const card = POLICIES.find(({ id }) => id === word);
  return card && { lines: ({ style }) => policyLines(card, style), json: card };
}

function everything(): Page {
  return { lines: ({ style }) => reasonListLines(REASONS, style), json: REASONS };
}

function pageOf(word: string): Page {
  const page = reasonPage(word) ?? checkPage(word) ?? generationPage(word) ?? phasePage(word) ?? policyPage(word);
  if (page !== undefined) return page;
  const known = [...REASONS.map((each) => each.reason), ...[...CHECKS, ...POLICIES].map((each) => each.id)];
  const near = nearestOf(word, known);
  throw new Failure(
    `${word} is no reason, check, generation, phase or policy${near === undefined ? '' : ` (did you mean ${near}?)`}`,
    {
      cure: '`berth explain` lists the reasons',
    },
  );
}

/** `berth explain [WORD]`: offline, from the rulebook of this very program. */
export async function explain(session: Session, word: string | undefined): Promise<number> {
  const page = word === undefined ? everything() : pageOf(word);
  if (session.output === 'json' || session.output === 'ndjson') session.say([JSON.stringify(page.json)]);
  else session.say(page.lines(session));
  return 0;
}
