import { parseShadowRequest } from '@berth/contract';
import { accepted, readDocument } from '../documents.js';
import { Failure } from '../failure.js';
import { type ListOptions, sayList } from '../listing.js';
import type { ShadowDifferenceRead, ShadowRead } from '../migration-types.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import { differenceCells, shadowLines } from '../views/shadow-view.js';

/** `berth shadow show`. */
export async function shadowShow(session: Session): Promise<number> {
  const { json, text } = await session.api().call<ShadowRead>({ path: PATHS.shadow });
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, text);
  else session.say(shadowLines(session.style, json));
  return 0;
}

export interface ShadowSetOptions {
  readonly file: string;
  readonly ifMatch?: string;
}

/** `berth shadow set -f FILE`: what is wrong with the rules is told before they are sent. */
export async function shadowSet(session: Session, options: ShadowSetOptions): Promise<number> {
  const { ifMatch } = options;
  if (ifMatch !== undefined && !/^(0|[1-9][0-9]{0,8})$/.test(ifMatch))
    throw new Failure(`--if-match ${ifMatch}: expected a revision`);
  const document = await readDocument(session.terminal, options.file);
  accepted(document, parseShadowRequest(document.value));
  const headers = ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` };
  const call = { method: 'PUT', path: PATHS.shadow, body: document.bytes, headers } as const;
  const { json, text } = await session.api().call<{ revision: number; changed: boolean }>(call);
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, text);
  else session.say([`shadow r${json.revision}  ${json.changed ? 'set' : 'unchanged'}`]);
  return 0;
}

export async function shadowClear(session: Session): Promise<number> {
  await session.api().call({ method: 'DELETE', path: PATHS.shadow });
  session.say(['shadow  cleared']);
  return 0;
}

export interface ShadowDifferencesOptions extends ListOptions {
  readonly vm?: string;
  readonly host?: string;
  readonly outcome?: string;
}

/** `berth shadow differences`: what the shadow would have answered otherwise. */
export function shadowDifferences(session: Session, options: ShadowDifferencesOptions): Promise<number> {
  const { vm, host, outcome } = options;
  return sayList<ShadowDifferenceRead>(
    session,
    {
      path: PATHS.shadowDifferences,
      query: { vm, host, outcome },
      columns: [
        { head: 'VM' },
        { head: 'HOST' },
        { head: 'OUTCOME' },
        { head: 'TIMES' },
        { head: 'FINDINGS', gives: true },
      ],
      cells: differenceCells,
      name: (difference) => difference.id,
      empty: 'no differences: the shadow answered like the rules that count, or nothing was asked',
    },
    options,
  );
}
