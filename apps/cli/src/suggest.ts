import type { PageRead } from './api-types.js';
import { Failure } from './failure.js';
import { nearestOf } from './nearest.js';
import { PATHS } from './paths.js';
import type { Session } from './session.js';

/** A name that was asked for, and the list it should be on. */
export interface Asked {
  readonly kind: 'host' | 'vm';
  readonly name: string;
}

const NAMES = 1000;

async function knownNames(session: Session, kind: Asked['kind']): Promise<string[]> {
  const path = kind === 'host' ? PATHS.hosts : PATHS.vms;
  const { json } = await session.api().call<PageRead<Record<string, unknown>>>({ path, query: { limit: `${NAMES}` } });
  return json.items.flatMap((item) => (typeof item[kind] === 'string' ? [item[kind]] : []));
}

function unknownOf(failure: Failure, asked: readonly Asked[]): Asked | undefined {
  if (failure.code === 'HOST_UNKNOWN') return asked.find(({ kind }) => kind === 'host');
  if (failure.code === 'VM_UNKNOWN') return asked.find(({ kind }) => kind === 'vm');
  if (failure.code !== 'NAME_UNKNOWN') return undefined;
  const kind = failure.faults.some(({ pointer }) => pointer === '/vm') ? 'vm' : 'host';
  return asked.find((each) => each.kind === kind);
}

/** A refusal for an unknown name gets the name that was probably meant, where one is near. */
export async function withSuggestion<T>(session: Session, asked: readonly Asked[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const unknown = error instanceof Failure ? unknownOf(error, asked) : undefined;
    if (!(error instanceof Failure) || unknown === undefined) throw error;
    // The refusal itself matters more than the help: if that fails, the refusal stands as it is.
    const near = nearestOf(unknown.name, await knownNames(session, unknown.kind).catch(() => []));
    if (near === undefined) throw error;
    throw new Failure(`${error.message} (did you mean ${near}?)`, { ...error, cause: error });
  }
}
