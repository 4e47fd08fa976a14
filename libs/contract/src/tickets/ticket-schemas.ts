import { z } from 'zod';
import { type Parsed, parseWith } from '../fields/faults.js';
import { timeField } from '../fields/fields.js';

const kid = () => z.string().meta({ description: 'RFC 7638 thumbprint of the public key.' });

const TicketPublicKeySchema = z
  .strictObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string(),
    kid: kid(),
    use: z.literal('sig'),
    alg: z.literal('EdDSA'),
  })
  .meta({ id: 'TicketPublicKey', description: 'A public key (RFC 8037).' });

export const TicketKeySetSchema = z
  .strictObject({ keys: z.array(TicketPublicKeySchema) })
  .meta({ id: 'TicketKeySet', description: 'A JWK set (RFC 7517).' });

export const TicketKeyRotationRequestSchema = z
  .strictObject({
    immediately: z.boolean().optional().meta({
      description:
        'The keys until now leave the key set at once, and no ticket of theirs verifies any more: for a key that somebody else may have. Default false.',
    }),
  })
  .meta({ id: 'TicketKeyRotationRequest' });

export interface TicketKeyRotationRequest {
  readonly immediately: boolean;
}

export function parseTicketKeyRotation(value: unknown): Parsed<TicketKeyRotationRequest> {
  const parsed = parseWith(TicketKeyRotationRequestSchema, value);
  return parsed.kind === 'ok' ? { kind: 'ok', value: { immediately: parsed.value.immediately ?? false } } : parsed;
}

export const TicketKeyRotationSchema = z
  .strictObject({
    signing: z.string().meta({ description: '`kid` of the key that signs from now on.' }),
    next: z.string().nullable().meta({
      description:
        '`kid` of the key that the next rotation takes; it is in the key set already. Null with `BERTH_TICKET_KEY`.',
    }),
    verifying: z
      .array(z.strictObject({ kid: kid(), until: timeField() }))
      .meta({ description: 'Keys that sign nothing any more, and until when they are in the key set.' }),
  })
  .meta({ id: 'TicketKeyRotation' });
