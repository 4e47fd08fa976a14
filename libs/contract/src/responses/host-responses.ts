import { FRESHNESS, GENERATION_IDS, HOST_STATES, OUTCOMES } from '@berth/engine';
import { z } from 'zod';
import { FingerprintSchema } from '../documents/fingerprint-schema.js';
import { countField, digestField, labelsField, nameField, timeField } from '../fields/fields.js';
import { listOf } from './list-of.js';

export const WarningSchema = z
  .strictObject({ code: z.string(), pointer: z.string(), detail: z.string() })
  .meta({ id: 'Warning', description: 'Worth knowing; it does not stop a registration.' });

const registered = {
  revision: countField(),
  digest: digestField(),
  changed: z.boolean(),
  warnings: z.array(WarningSchema),
};

export const HostRegistrationSchema = z
  .strictObject({ host: nameField(), ...registered })
  .meta({ id: 'HostRegistration' });
export const VmRegistrationSchema = z.strictObject({ vm: nameField(), ...registered }).meta({ id: 'VmRegistration' });

export const HeartbeatReplySchema = z
  .strictObject({
    resend: z.boolean().meta({ description: 'Send the whole fingerprint: what is stored is not what you have.' }),
    nextHeartbeatSeconds: countField(86_400),
  })
  .meta({ id: 'HeartbeatReply' });

const summary = {
  host: nameField(),
  state: z.enum(HOST_STATES),
  labels: labelsField(),
  revision: countField(),
  digest: digestField(),
  freshness: z.enum(FRESHNESS),
  machineId: z.string().nullable(),
  bootId: z.string().nullable(),
  contender: z.string().nullable().meta({
    description:
      'The machine that claims this name beside `machineId`, or the one agreed to that has not sent its facts yet: until that is settled no yes rests on the facts.',
  }),
  collectedAt: timeField(),
  receivedAt: timeField(),
  createdAt: timeField(),
  heartbeatAt: timeField().nullable(),
};

export const HostSummarySchema = z.strictObject(summary).meta({ id: 'HostSummary' });

export const HostSchema = z
  .strictObject({
    ...summary,
    generation: z.enum(GENERATION_IDS).nullable().meta({ description: 'Null where it cannot be told.' }),
    generationCandidates: z.array(z.enum(GENERATION_IDS)),
    capabilities: z
      .record(z.string(), z.boolean().nullable())
      .meta({ description: 'What `requires` and `forbids` ask for; null where it is unknown.' }),
    fingerprint: FingerprintSchema,
  })
  .meta({ id: 'Host' });

export const HostListSchema = listOf('HostList', HostSummarySchema);

export const HostRevisionSchema = z
  .strictObject({ revision: countField(), digest: digestField(), collectedAt: timeField(), receivedAt: timeField() })
  .meta({ id: 'HostRevision' });

export const HostRevisionListSchema = listOf('HostRevisionList', HostRevisionSchema);

const difference = z
  .strictObject({ pointer: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })
  .meta({ id: 'Difference', description: 'A side that has nothing there leaves its value out.' });

const targetTurn = z
  .strictObject({
    vm: nameField(),
    outcome: z.enum(OUTCOMES).meta({ description: 'With the facts that are no yes.' }),
    reason: z.string().nullable().meta({ description: 'What fails first there, or is not known first.' }),
  })
  .meta({ id: 'TargetTurn', description: 'A VM for which this host is a target in one of the two revisions alone.' });

const targetTurns = z
  .strictObject({
    lost: z.array(targetTurn).meta({ description: 'Could go there with revision a, and cannot with b.' }),
    won: z.array(targetTurn),
    asked: countField().meta({ description: 'How many VMs were asked.' }),
    nextCursor: z.string().optional().meta({ description: 'There when VMs are left that were not asked.' }),
  })
  .meta({ id: 'TargetTurns', description: 'By today’s manifests; the host is taken for active and fresh.' });

export const HostDiffSchema = z
  .strictObject({
    host: nameField(),
    a: HostRevisionSchema,
    b: HostRevisionSchema,
    differences: z.array(difference),
    targets: targetTurns,
  })
  .meta({ id: 'HostDiff', description: 'What changed from revision a to revision b.' });
