import { type CatalogueRow, isMappingRow, parseKernelRelease } from '@berth/engine';
import type { CatalogueRowFields } from './catalogue-row-schema.js';

export function catalogueRowModel(id: string, fields: CatalogueRowFields): CatalogueRow {
  const { cite } = fields;
  if (fields.kind === 'mapping') {
    const { drivers, regions, vmFlags, memoryTypes, kernelMapped, perPteProt, since } = fields;
    return { id, drivers, regions, vmFlags, memoryTypes, kernelMapped, perPteProt, since, cite };
  }
  const { driver, migration, p2p, compares } = fields;
  return { id, driver, migration, p2p, since: parseKernelRelease(fields.since), compares, cite };
}

/** The other way; what a row does not know is left out. */
export function printCatalogueRow(row: CatalogueRow): CatalogueRowFields {
  const { cite } = row;
  if (isMappingRow(row)) {
    const { drivers, regions, vmFlags, memoryTypes, kernelMapped, perPteProt, since } = row;
    return {
      kind: 'mapping',
      drivers: [...drivers],
      regions: regions === 'any' ? regions : [...regions],
      vmFlags: [...vmFlags],
      memoryTypes: [...memoryTypes],
      ...(kernelMapped === undefined ? {} : { kernelMapped }),
      perPteProt,
      ...(since === undefined ? {} : { since }),
      cite,
    };
  }
  const { driver, migration, p2p, since, compares } = row;
  return {
    kind: 'driver',
    driver,
    migration,
    p2p,
    ...(since === undefined ? {} : { since: since.join('.') }),
    ...(compares === undefined ? {} : { compares }),
    cite,
  };
}
