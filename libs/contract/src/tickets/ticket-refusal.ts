/** Why a ticket does not open the door. A code never changes its meaning. */
export const TICKET_REFUSALS = {
  TICKET_MALFORMED: 'not a ticket of ours',
  TICKET_KEY_UNKNOWN: 'signed by a key that is not in the key set',
  TICKET_FORGED: 'the signature does not fit',
  TICKET_NOT_YET: 'not valid yet',
  TICKET_EXPIRED: 'no longer valid',
  OTHER_FLEET: 'issued in another fleet',
  OTHER_HOST: 'issued for another target',
  OTHER_VM: 'issued for another VM',
  OTHER_RUN: 'issued for another run of the VM',
  HOST_REBOOTED: 'the target has been started again since',
  FINGERPRINT_CHANGED: 'the facts of the target are others now',
  FINGERPRINT_OUTDATED: 'the facts at hand were collected before the host was started',
} as const;

export type TicketRefusalCode = keyof typeof TICKET_REFUSALS;

export interface TicketRefusal {
  readonly code: TicketRefusalCode;
  readonly detail: string;
}
