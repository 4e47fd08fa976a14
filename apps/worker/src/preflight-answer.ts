import { type Caller, Keys, type PreflightRequestJob, Preflights, type StoredVerdict } from '@berth/application';
import {
  type ProblemJson,
  parsePreflightRequest,
  printRefused,
  printVerdict,
  type Refused,
  readBody,
  refusedPreflight,
  roleAllows,
  roleRefused,
} from '@berth/contract';

/** What `POST /preflights` would have answered, body for body. */
export type PreflightReply =
  | { readonly kind: 'answered'; readonly id: string; readonly verdict: StoredVerdict; readonly body: object }
  | { readonly kind: 'refused'; readonly body: ProblemJson };

const NEEDED = 'reader';
const NO_KEY: Refused = { kind: 'refused', code: 'UNAUTHENTICATED' };

/** The way of `POST /preflights`, step by step, for a question that came by message. */
export class PreflightAnswer {
  constructor(
    private readonly keys: Keys,
    private readonly preflights: Preflights,
  ) {}

  /** `redrivenBy`: who answers for the question in place of its key. */
  async to(job: PreflightRequestJob, redrivenBy?: Caller): Promise<PreflightReply> {
    const caller = redrivenBy ?? (await this.keys.authenticate(job.key));
    if (caller === undefined) return refused(NO_KEY);
    if (!roleAllows(caller.role, NEEDED)) return refused(roleRefused(caller.role, NEEDED));
    // Printed again, since the transport has read it and our parser is stricter than the transport's.
    const request = readBody(JSON.stringify(job.body), parsePreflightRequest);
    if (request.kind === 'refused') return refused(request);
    const answer = await this.preflights.askOnce(caller, job.requestId, request.value);
    if (answer.kind !== 'answered') return refused(refusedPreflight(answer));
    const { id, verdict } = answer;
    return { kind: 'answered', id, verdict, body: { id, ...printVerdict(verdict.decision, verdict.basis, verdict) } };
  }
}

const refused = (why: Refused): PreflightReply => ({ kind: 'refused', body: printRefused(why) });
