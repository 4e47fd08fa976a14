import { type JsonObject, parseCatalogue, parseCatalogueRow } from '@berth/contract';
import { accepted, type InputDocument, readDocument } from '../documents.js';
import { Failure } from '../failure.js';
import { PATHS } from '../paths.js';
import { type PutOptions, putDocument } from '../put-document.js';
import type { Session } from '../session.js';

/** `berth catalogue put [ROW] -f rows.json`: one row under the name that is given, or a list of rows that say their own. */
export async function cataloguePut(session: Session, row: string | undefined, options: PutOptions): Promise<number> {
  const document = await readDocument(session.terminal, options.file);
  if (row === undefined) return putAll(session, document, options);
  accepted(document, parseCatalogueRow(document.value));
  return putDocument(session, { name: row, path: PATHS.catalogueRow(row), body: document.bytes, options });
}

async function putAll(session: Session, document: InputDocument, options: PutOptions): Promise<number> {
  if (options.ifMatch !== undefined) throw new Failure('--if-match: name the row whose revision it is');
  accepted(document, parseCatalogue(document.value));
  for (const { row, ...body } of document.value as readonly (JsonObject & { readonly row: string })[])
    await putDocument(session, { name: row, path: PATHS.catalogueRow(row), body, options });
  return 0;
}
