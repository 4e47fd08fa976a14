import { MEMORY_TYPES, type MemoryType, VM_FLAGS, type VmFlag } from '@berth/engine';
import { z } from 'zod';
import { countField, nameField, textField } from '../fields/fields.js';

/** Tags belong to RAM of the kernel's own making: no driver's memory carries them, so no row can say that it does. */
const DRIVER_FLAGS: readonly VmFlag[] = VM_FLAGS.filter((flag) => flag !== 'mte-allowed' && flag !== 'hugetlb');
const DRIVER_TYPES: readonly MemoryType[] = MEMORY_TYPES.filter((type) => type !== 'normal-tagged');

const KERNEL = { error: 'the first kernel that has it, such as "6.8"' };
const since = z
  .string(KERNEL)
  .regex(/^[0-9]{1,4}\.[0-9]{1,5}$/, KERNEL)
  .optional();
const cite = textField(512).meta({ description: 'Where it can be read: the source of the driver, and the function.' });
const regions = z
  .union([z.literal('any'), z.array(countField(65_535)).min(1).max(256)], {
    error: '"any" or a list of region indices',
  })
  .meta({ description: 'VFIO region indices; `any`, also where a mapping names none.' });

const mapping = {
  kind: z.literal('mapping'),
  drivers: z.array(nameField()).min(1).max(32).meta({ description: 'As the kernel names them; `-` is `_`.' }),
  regions,
  vmFlags: z.array(z.enum(DRIVER_FLAGS)).max(8),
  memoryTypes: z
    .array(z.enum(DRIVER_TYPES))
    .min(1)
    .max(8)
    .meta({ description: 'What the pgprot asks for; several where it depends on the device.' }),
  kernelMapped: z
    .boolean()
    .optional()
    .meta({ description: 'Are its pages map memory? Left out where it depends on where they are.' }),
  perPteProt: z
    .boolean()
    .meta({ description: 'Does it insert pages with another type than the one its VMA shows (hazard H8)?' }),
  since,
  cite,
};

const driver = {
  kind: z.literal('driver'),
  driver: nameField().meta({ description: 'As the kernel names it; `-` is `_`.' }),
  migration: z
    .boolean()
    .meta({ description: 'Has it migration operations? Only a no decides: what a device can is probed.' }),
  p2p: z.boolean().meta({ description: 'Can peers reach the device while it is stopped (VFIO_MIGRATION_P2P)?' }),
  since,
  compares: textField(256).optional().meta({ description: 'What it compares while it takes the state of a device.' }),
  cite,
};

const KIND = { error: 'a `kind`: "mapping" or "driver"' };
const row = nameField().meta({ description: 'The name of the row.' });

export const CatalogueRowSchema = z
  .discriminatedUnion('kind', [z.strictObject(mapping), z.strictObject(driver)], KIND)
  .meta({ id: 'CatalogueRow', description: 'How a driver maps memory into a VMM, or whether it can migrate.' });

export const NamedCatalogueRowSchema = z
  .discriminatedUnion('kind', [z.strictObject({ row, ...mapping }), z.strictObject({ row, ...driver })], KIND)
  .meta({ id: 'NamedCatalogueRow', description: 'A row of the catalogue with its name.' });

/** So many rows may be added; a question reads them all. */
export const MOST_CATALOGUE_ROWS = 256;

export const catalogueRowsField = () => z.array(NamedCatalogueRowSchema).max(MOST_CATALOGUE_ROWS);

export type CatalogueRowFields = z.output<typeof CatalogueRowSchema>;
export type NamedCatalogueRowFields = z.output<typeof NamedCatalogueRowSchema>;

export const catalogueRowShapes = { mapping, driver } as const;
