import type { KeyRead } from '../api-types.js';
import { type ListOptions, sayList } from '../listing.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';

export interface KeyIssueOptions {
  readonly role: string;
  readonly host?: string;
  readonly label?: string;
}

/** The key alone goes to stdout, so that `berth key issue … > file` keeps it and nothing else. */
export async function keyIssue(session: Session, options: KeyIssueOptions): Promise<number> {
  const { role, host, label } = options;
  const call = { method: 'POST', path: PATHS.keys, body: { role, host, label } } as const;
  const answer = await session.api().call<{ id: string; key: string }>(call);
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else {
    session.say([answer.json.key]);
    session.terminal.err(`key ${answer.json.id}, role ${role}: it is not shown again\n`);
  }
  return 0;
}

export function keyList(session: Session, options: ListOptions): Promise<number> {
  return sayList<KeyRead>(
    session,
    {
      path: PATHS.keys,
      query: {},
      columns: [
        { head: 'ID' },
        { head: 'ROLE' },
        { head: 'HOST' },
        { head: 'MADE' },
        { head: 'REVOKED' },
        { head: 'LABEL', gives: true },
      ],
      cells: (key) => [key.id, key.role, key.host ?? '-', key.createdAt ?? '-', key.revokedAt ?? '-', key.label ?? ''],
      name: (key) => key.id,
      empty: 'no keys',
    },
    options,
  );
}

export async function keyRevoke(session: Session, id: string): Promise<number> {
  const answer = await session.api().call({ method: 'DELETE', path: PATHS.key(id) });
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else session.say([`${id}  revoked`]);
  return 0;
}
