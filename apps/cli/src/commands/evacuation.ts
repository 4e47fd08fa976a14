import type { EvacuationRead, EvacueeRead } from '../api-types.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import { withSuggestion } from '../suggest.js';
import { reasonWords } from '../views/reason-counts.js';
import { tableLines } from '../views/table.js';

const COLUMNS = [{ head: 'VM' }, { head: 'TARGETS' }, { head: 'FIRST', gives: true }, { head: 'THE OTHERS' }] as const;

const cells = ({ vm, compatible, targets, byReason }: EvacueeRead): string[] => [
  vm,
  `${compatible}`,
  targets.length === 0 ? '-' : targets.join(' '),
  reasonWords(byReason) || '-',
];

/** `berth evacuation HOST`: could this host be emptied? */
export async function evacuation(session: Session, host: string): Promise<number> {
  const { json, text } = await withSuggestion(session, [{ kind: 'host', name: host }], () =>
    session.api().call<EvacuationRead>({ path: PATHS.evacuation(host) }),
  );
  if (session.output === 'json') sayBody(session, text);
  else if (session.output === 'ndjson') session.say(json.vms.map((vm) => JSON.stringify(vm)));
  else if (session.output === 'name') session.say(json.vms.map(({ vm }) => vm));
  else if (json.vms.length === 0) session.terminal.err(`no VM runs on ${host}\n`);
  else session.say(tableLines(session.style, COLUMNS, json.vms.map(cells)));
  return 0;
}
