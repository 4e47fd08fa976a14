import type { CandidateRead, CandidatesRead } from '../api-types.js';
import { exitOfCounts } from '../exit-code.js';
import { PATHS } from '../paths.js';
import { readPolicy } from '../question-options.js';
import { type Session, sayBody } from '../session.js';
import { withSuggestion } from '../suggest.js';
import { reasonLines } from '../views/reason-counts.js';
import { countWords } from '../views/sweep-view.js';
import { tableLines } from '../views/table.js';
import { labelQuery } from './host-list.js';

export interface CandidatesOptions {
  readonly policy?: string;
  readonly limit?: string;
  readonly label?: string;
  readonly exclude?: string;
  readonly refused?: boolean;
}

const COLUMNS = [
  { head: 'HOST' },
  { head: 'OUTCOME' },
  { head: 'PHASE' },
  { head: 'REASON', gives: true },
  { head: 'ERRNO' },
] as const;

function cells({ host, outcome, wouldFail, missing = [] }: CandidateRead): string[] {
  if (wouldFail !== undefined)
    return [host, outcome, wouldFail.phase, wouldFail.reason, wouldFail.errno ?? wouldFail.failure];
  return [host, outcome, '-', missing.length === 0 ? '-' : `not known: ${missing.join(' ')}`, '-'];
}

function lines(session: Session, vm: string, { counts, hosts }: CandidatesRead): string[] {
  if (!session.style.laidOut) return tableLines(session.style, COLUMNS, hosts.map(cells));
  const listed = hosts.length === 0 ? [] : ['', ...tableLines(session.style, COLUMNS, hosts.map(cells))];
  return [`${vm}: ${countWords(counts)}`, ...reasonLines(session.style, counts.byReason), ...listed];
}

/** `berth candidates VM`: where could this VM go? */
export async function candidates(session: Session, vm: string, options: CandidatesOptions): Promise<number> {
  const query = {
    limit: options.limit,
    policy: readPolicy(options.policy),
    label: labelQuery(options.label),
    exclude: options.exclude?.split(',').map((name) => name.trim()),
    include: options.refused === true ? 'refused' : undefined,
  };
  const { json, text } = await withSuggestion(session, [{ kind: 'vm', name: vm }], () =>
    session.api().call<CandidatesRead>({ path: PATHS.candidates(vm), query }),
  );
  if (session.output === 'json') sayBody(session, text);
  else if (session.output === 'ndjson') session.say(json.hosts.map((each) => JSON.stringify(each)));
  else if (session.output === 'name') session.say(json.hosts.map(({ host }) => host));
  else session.say(lines(session, vm, json));
  return exitOfCounts(json.counts);
}
