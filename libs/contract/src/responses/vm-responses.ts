import { z } from 'zod';
import { ManifestSchema } from '../documents/manifest-schema.js';
import { countField, digestField, labelsField, nameField, timeField } from '../fields/fields.js';
import { listOf } from './list-of.js';

const summary = {
  vm: nameField(),
  host: nameField().nullable(),
  labels: labelsField(),
  revision: countField(),
  digest: digestField(),
  createdAt: timeField(),
  updatedAt: timeField(),
};

export const VmSummarySchema = z.strictObject(summary).meta({ id: 'VmSummary' });

export const VmSchema = z
  .strictObject({
    ...summary,
    manifest: ManifestSchema,
    openMigration: z.string().nullable(),
    mayRunOn: z.array(nameField()).meta({ description: 'Every host it may be running on by what is known.' }),
  })
  .meta({ id: 'Vm' });

export const VmListSchema = listOf('VmList', VmSummarySchema);

export const VmRevisionSchema = z
  .strictObject({ revision: countField(), digest: digestField(), host: nameField().nullable(), createdAt: timeField() })
  .meta({ id: 'VmRevision' });

export const VmRevisionListSchema = listOf('VmRevisionList', VmRevisionSchema);
