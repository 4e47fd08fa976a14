import type { RegisteredRead } from './api-types.js';
import { type Session, sayBody } from './session.js';

export interface PutOptions {
  readonly file: string;
  readonly ifMatch?: string;
}

export interface DocumentToPut {
  readonly name: string;
  readonly path: string;
  readonly body: unknown;
  readonly options: PutOptions;
}

const CREATED = 201;

function wordOf(status: number, changed: boolean): string {
  if (status === CREATED) return 'new';
  return changed ? 'changed' : 'unchanged';
}

/** Registers a document and says which revision stands now. */
export async function putDocument(session: Session, put: DocumentToPut): Promise<number> {
  const { ifMatch } = put.options;
  const headers = ifMatch === undefined ? {} : { 'if-match': `"${ifMatch.replaceAll('"', '')}"` };
  const answer = await session.api().call<RegisteredRead>({ method: 'PUT', path: put.path, body: put.body, headers });
  const { revision, digest, changed, warnings = [] } = answer.json;
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else if (session.output === 'name') session.say([put.name]);
  else {
    const gap = session.style.laidOut ? '  ' : '\t';
    session.say([[put.name, `r${revision}`, wordOf(answer.status, changed), digest].join(gap)]);
    for (const warning of warnings) session.warn(`${warning.pointer}: ${warning.detail}`);
  }
  return 0;
}
