import type { HostRead } from '../api-types.js';
import { Failure } from '../failure.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import { labelWords } from '../views/labels.js';

async function patch(session: Session, host: string, body: object): Promise<number> {
  const answer = await session.api().call<HostRead>({
    method: 'PATCH',
    path: PATHS.host(host),
    body,
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  const { state, labels } = answer.json;
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else session.say([[host, state, labelWords(labels)].join(session.style.laidOut ? '  ' : '\t').trimEnd()]);
  return 0;
}

/** `tier=gpu` sets, `tier=` takes away. */
function labelChange(text: string): [string, string | null] {
  const at = text.indexOf('=');
  if (at < 1) throw new Failure(`${text}: expected key=value, or key= to take the label away`);
  return [text.slice(0, at), text.slice(at + 1) || null];
}

export function hostLabel(session: Session, host: string, changes: readonly string[]): Promise<number> {
  return patch(session, host, { labels: Object.fromEntries(changes.map(labelChange)) });
}

export const hostCordon = (session: Session, host: string): Promise<number> =>
  patch(session, host, { state: 'cordoned' });

export const hostUncordon = (session: Session, host: string): Promise<number> =>
  patch(session, host, { state: 'active' });

export const hostAgree = (session: Session, host: string, machineId: string): Promise<number> =>
  patch(session, host, { machineId });
