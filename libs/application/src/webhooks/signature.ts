import { createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

export const newWebhookSecret = (): Uint8Array => randomBytes(SECRET_BYTES);

/** As its receiver keeps it. */
export const printWebhookSecret = (secret: Uint8Array): string => `whsec_${Buffer.from(secret).toString('base64')}`;

export interface SignedMessage {
  readonly id: string;
  /** Of the attempt, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** The value of `webhook-signature` (standardwebhooks.com): one signature for each secret, the newest first. */
export function webhookSignature({ id, timestamp, body }: SignedMessage, secrets: readonly Uint8Array[]): string {
  return secrets
    .map((secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
    .join(' ');
}
