import { z } from 'zod';
import { countField, digestField, nameField, timeField } from '../fields/fields.js';
import { catalogueRowShapes } from './catalogue-row-schema.js';

const item = {
  row: z.string(),
  origin: z.enum(['built-in', 'operator']),
  revision: countField().nullable().meta({ description: 'Null for what is built in.' }),
  updatedAt: timeField().nullable(),
  overruled: z
    .literal(true)
    .optional()
    .meta({ description: 'There where a built-in row of a newer Berth tells what this one was added for.' }),
};

export const CatalogueItemSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...item, ...catalogueRowShapes.mapping }),
    z.strictObject({ ...item, ...catalogueRowShapes.driver }),
  ])
  .meta({ id: 'CatalogueItem', description: 'A row of the catalogue, and where it comes from.' });

export type CatalogueItemJson = z.output<typeof CatalogueItemSchema>;

export const CatalogueSchema = z
  .strictObject({
    rulebook: z.string().meta({ description: 'The one that the built-in rows belong to.' }),
    catalogue: digestField()
      .nullable()
      .meta({ description: 'Of the added rows, as `basis` names it; null where there are none.' }),
    items: z.array(CatalogueItemSchema).meta({ description: 'The built-in rows first, then the added ones by name.' }),
  })
  .meta({ id: 'Catalogue', description: 'What is known of drivers.' });

export const CatalogueRowRegistrationSchema = z
  .strictObject({ row: nameField(), revision: countField(), digest: digestField(), changed: z.boolean() })
  .meta({ id: 'CatalogueRowRegistration' });
