import type { Caller } from '../caller.js';
import { pageOf } from '../cursor.js';
import { actorOf } from '../migrations/actor.js';
import { isId } from '../new-id.js';
import type { CursorInvalid, Listed, Page } from '../page.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import type { ShadowDifference } from './shadow-difference.js';
import type { ShadowRecord, ShadowSubmission } from './shadow-rules.js';
import type { DifferenceFilter, ShadowStore } from './shadow-store.js';
import type { ShadowWatch } from './shadow-watch.js';

export type ShadowSet =
  | { readonly kind: 'set'; readonly revision: number; readonly changed: boolean }
  | { readonly kind: 'revision-mismatch'; readonly revision: number };

export interface ShadowView {
  /** Undefined where none stands. */
  readonly shadow: ShadowRecord | undefined;
  /** How many differences are noted. */
  readonly differences: number;
}

export interface DifferenceQuery extends Page, DifferenceFilter {}

/** Other rules, beside those that count: what they would change is seen before they are. */
export class Shadows {
  constructor(
    private readonly work: UnitOfWork,
    private readonly store: ShadowStore,
    private readonly watch: ShadowWatch,
  ) {}

  async get({ fleet }: Caller): Promise<ShadowView> {
    const shadow = await this.store.current(fleet);
    return { shadow, differences: shadow === undefined ? 0 : await this.store.count(fleet) };
  }

  async set(caller: Caller, submission: ShadowSubmission, ifMatch?: number): Promise<ShadowSet> {
    const answer = await this.work.run((tx) => set(tx, caller, submission, ifMatch));
    this.watch.forget(caller.fleet);
    return answer;
  }

  async remove(caller: Caller): Promise<void> {
    await this.work.run(async (tx) => {
      const { revision, digest } = await tx.shadow.lock(caller.fleet);
      if (digest === undefined) return;
      await tx.shadow.remove(caller.fleet, actorOf(caller));
      await tx.audit.write(caller, 'shadow.remove', 'shadow', { revision, digest });
    });
    this.watch.forget(caller.fleet);
  }

  /** Newest first. */
  differences(caller: Caller, query: DifferenceQuery): Promise<Listed<ShadowDifference> | CursorInvalid> {
    return pageOf(
      'shadow-differences',
      query,
      (row) => row.id,
      (after, limit) => this.store.page(caller.fleet, query, after === '' ? undefined : after, limit),
      isId,
    );
  }
}

async function set(
  tx: Tx,
  caller: Caller,
  submission: ShadowSubmission,
  ifMatch: number | undefined,
): Promise<ShadowSet> {
  const stored = await tx.shadow.lock(caller.fleet);
  const standing = stored.digest === undefined ? 0 : stored.revision;
  if (ifMatch !== undefined && ifMatch !== standing) return { kind: 'revision-mismatch', revision: standing };
  const { digest } = submission;
  if (stored.digest === digest) return { kind: 'set', revision: stored.revision, changed: false };
  const revision = await tx.shadow.set(caller.fleet, actorOf(caller), submission);
  await tx.audit.write(caller, 'shadow.set', 'shadow', { revision, digest, was: stored.digest ?? null });
  return { kind: 'set', revision, changed: true };
}
