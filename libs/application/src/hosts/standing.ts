import type { Before } from '../drift/drift-statements.js';
import type { HeartBeat, LockedHost } from '../ports/host-statements.js';

/** Does what a host says of itself agree with the facts that are stored of it? */
export const agrees = ({ bootId, digest }: Pick<LockedHost, 'bootId' | 'digest'>, beat: HeartBeat): boolean =>
  (bootId === undefined || bootId === beat.bootId) && digest === beat.digest;

/** How a host stands as a target as long as it is heard of, under its lock. */
export function standing(locked: LockedHost): Before {
  const { digest, state, heardBootId, heardDigest, contender } = locked;
  const beat =
    heardBootId === undefined || heardDigest === undefined ? undefined : { bootId: heardBootId, digest: heardDigest };
  return { digest, state, fresh: contender === undefined && (beat === undefined || agrees(locked, beat)) };
}
