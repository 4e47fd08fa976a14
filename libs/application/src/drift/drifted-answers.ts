import type { Outcome } from '@berth/engine';
import type { Preflights } from '../preflights/preflights.js';
import type { StoredVerdict } from '../preflights/stored-verdict.js';
import type { DriftRef } from './drift-job.js';
import type { DriftStore, HeldAnswer, OpenDrift } from './drift-store.js';
import { reasonOf } from './reason-of.js';

const ANSWERS_AT_ONCE = 200;

/** An answer that holds and would be another now. */
export interface DriftedAnswer {
  readonly answer: HeldAnswer;
  /** Undefined when it cannot be asked any more: its target is gone. */
  readonly outcome: Outcome | undefined;
  readonly reason: string | undefined;
}

export interface AnswersPart {
  readonly drifted: readonly DriftedAnswer[];
  /** The answer that was looked at last; undefined when that was the last one. */
  readonly after: string | undefined;
}

/** Which answers that were given, and still hold, would be other ones now. */
export class DriftedAnswers {
  readonly #store: DriftStore;
  readonly #preflights: Preflights;

  constructor(store: DriftStore, preflights: Preflights) {
    this.#store = store;
    this.#preflights = preflights;
  }

  async part({ fleet, kind, name }: DriftRef, { after }: OpenDrift): Promise<AnswersPart> {
    const answers = await this.#store.answers(fleet, kind, name, after, ANSWERS_AT_ONCE);
    const asked = new Map<string, StoredVerdict | undefined>();
    const drifted: DriftedAnswer[] = [];
    for (const answer of answers) {
      const { vm, target, policy, phases } = answer;
      const question = JSON.stringify([vm, target, policy, phases]);
      if (!asked.has(question))
        asked.set(question, await this.#preflights.foresee(fleet, { vm, target, policy, phases }));
      const decision = asked.get(question)?.decision;
      if (decision?.outcome !== answer.told)
        drifted.push({ answer, outcome: decision?.outcome, reason: reasonOf(decision) });
    }
    return { drifted, after: answers.length < ANSWERS_AT_ONCE ? undefined : answers.at(-1)?.id };
  }
}
