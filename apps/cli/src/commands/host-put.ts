import { parseFingerprint } from '@berth/contract';
import { accepted, readDocument } from '../documents.js';
import { PATHS } from '../paths.js';
import { type PutOptions, putDocument } from '../put-document.js';
import type { Session } from '../session.js';

/** `berth host put NAME -f fp.json`. */
export async function hostPut(session: Session, host: string, options: PutOptions): Promise<number> {
  const document = await readDocument(session.terminal, options.file);
  // Checked here too: the message can then name the file, and nothing is sent that would be refused.
  accepted(document, parseFingerprint(document.value, 'register'));
  return putDocument(session, { name: host, path: PATHS.fingerprint(host), body: document.bytes, options });
}
