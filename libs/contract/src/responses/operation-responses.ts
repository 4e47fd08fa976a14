import { z } from 'zod';
import { nameField, timeField } from '../fields/fields.js';
import { ROLES } from '../roles.js';
import { listOf } from './list-of.js';

const key = { id: z.string(), role: z.enum(ROLES), host: nameField().nullable(), label: z.string().nullable() };

export const KeySchema = z
  .strictObject({ ...key, createdAt: timeField(), revokedAt: timeField().nullable() })
  .meta({ id: 'Key' });

export const IssuedKeySchema = z
  .strictObject({ ...key, key: z.string().meta({ description: 'Shown this once; only its hash is kept.' }) })
  .meta({ id: 'IssuedKey' });

export const KeyListSchema = listOf('KeyList', KeySchema);

export const LivenessSchema = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Liveness' });

export const ReadinessSchema = z
  .strictObject({
    status: z.enum(['ready', 'not-ready']),
    checks: z.record(z.string(), z.enum(['ok', 'failing'])),
    details: z.record(z.string(), z.string()).optional().meta({ description: 'What is wrong with what fails.' }),
  })
  .meta({ id: 'Readiness' });
