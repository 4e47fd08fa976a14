import type { Caller } from '../caller.js';
import type { Tx, UnitOfWork } from '../ports/unit-of-work.js';
import { newTicketKey } from './ticket-key.js';
import type { VerifyingKey } from './ticket-key-statements.js';
import type { PublishedTicketKey, TicketKeyring } from './ticket-keyring.js';
import { LONGEST_TICKET_MILLISECONDS } from './ticket-signer.js';

export interface TicketKeyRotation {
  /** For a key that somebody else may have: those before it leave the key set now, and their tickets verify nowhere. */
  readonly immediately: boolean;
}

export interface TicketKeysRotated {
  readonly kind: 'rotated';
  /** Signs from now on. */
  readonly signing: string;
  /** Published ahead of its turn, the rotation after this one; undefined where the environment names the key. */
  readonly next: string | undefined;
  /** Sign nothing any more; their tickets verify until then. */
  readonly verifying: readonly VerifyingKey[];
}

/** `fixed`: the key is the environment's, and changes with it. */
export type TicketKeysAnswer = TicketKeysRotated | { readonly kind: 'fixed'; readonly kid: string };

/** Another process goes on signing with a key for so long after it was rotated. */
export const TICKET_KEY_REMEMBERED_MILLISECONDS = 5_000;
/** From when a key signs for the last time until its last ticket has ended, with a minute for clocks and commits. */
export const TICKET_KEY_KEPT_MILLISECONDS = LONGEST_TICKET_MILLISECONDS + TICKET_KEY_REMEMBERED_MILLISECONDS + 60_000;

export class TicketKeys {
  constructor(
    private readonly work: UnitOfWork,
    private readonly keyring: TicketKeyring,
  ) {}

  published(): Promise<readonly PublishedTicketKey[]> {
    return this.keyring.published();
  }

  async rotate(caller: Caller, rotation: TicketKeyRotation): Promise<TicketKeysAnswer> {
    const { fixedKid } = this.keyring;
    if (fixedKid !== undefined && !rotation.immediately) return { kind: 'fixed', kid: fixedKid };
    const rotated = await this.work.run((tx) => moveKeys(tx, caller, rotation, fixedKid));
    this.keyring.forget(caller.fleet);
    return rotated;
  }
}

async function moveKeys(
  tx: Tx,
  caller: Caller,
  { immediately }: TicketKeyRotation,
  fixedKid: string | undefined,
): Promise<TicketKeysRotated> {
  const { fleet } = caller;
  await tx.ticketKeys.lock(fleet);
  if (immediately) await tx.ticketKeys.dropOthers(fleet, fixedKid);
  const moved = fixedKid === undefined ? await turn(tx, fleet) : { signing: fixedKid, next: undefined };
  await tx.audit.write(caller, 'ticket-key.rotate', moved.signing, { next: moved.next ?? null, immediately });
  return { kind: 'rotated', ...moved, verifying: await tx.ticketKeys.verifying(fleet) };
}

async function turn(tx: Tx, fleet: string): Promise<{ signing: string; next: string }> {
  await tx.ticketKeys.retireSigning(fleet, TICKET_KEY_KEPT_MILLISECONDS);
  const signing = (await tx.ticketKeys.promoteNext(fleet)) ?? (await insertKey(tx, fleet, 'signing'));
  return { signing, next: await insertKey(tx, fleet, 'next') };
}

async function insertKey(tx: Tx, fleet: string, state: 'signing' | 'next'): Promise<string> {
  const key = newTicketKey();
  await tx.ticketKeys.insert(fleet, state, key);
  return key.kid;
}
