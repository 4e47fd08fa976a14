import { parseManifest } from '@berth/contract';
import { accepted, readDocument } from '../documents.js';
import { PATHS } from '../paths.js';
import { type PutOptions, putDocument } from '../put-document.js';
import type { Session } from '../session.js';

export interface VmPutOptions extends PutOptions {
  readonly host?: string;
}

/** `berth vm put NAME -f m.json [--host H]`. */
export async function vmPut(session: Session, vm: string, options: VmPutOptions): Promise<number> {
  const document = await readDocument(session.terminal, options.file);
  const { document: checked } = accepted(document, parseManifest(document.value, 'register'));
  const body = options.host === undefined ? document.bytes : { ...checked, host: options.host };
  return putDocument(session, { name: vm, path: PATHS.manifest(vm), body, options });
}
