import { z } from 'zod';
import { countField, nameField } from './fields.js';

/** What stands in a path. */
export const NameSchema = nameField().meta({ id: 'Name', description: 'A host, a VM or a row of the catalogue.' });
export const RevisionSchema = countField(2 ** 31 - 1)
  .min(1)
  .meta({ id: 'Revision' });
export const IdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .meta({ id: 'Id' });
