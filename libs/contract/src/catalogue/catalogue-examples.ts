import { BUILT_IN_ROWS, RULEBOOK } from '@berth/engine';
import { digestOf } from '../json/digest.js';
import type { JsonObject } from '../json/json-value.js';
import { printCatalogueRow } from './catalogue-row-model.js';
import { catalogueDigest } from './parse-catalogue.js';

/** The cacheable memory of an accelerator whose driver is not in the kernel's tree. */
const EXAMPLE_ROW = {
  kind: 'mapping',
  drivers: ['acme_vfio_pci'],
  regions: [4],
  vmFlags: ['pfnmap', 'io', 'shared'],
  memoryTypes: ['normal'],
  kernelMapped: false,
  perPteProt: false,
  since: '6.12',
  cite: 'acme-vfio 2.3 acme_vfio_main.c acme_vfio_mmap()',
} as const satisfies JsonObject;

const added = { row: 'acme-memory', ...EXAMPLE_ROW } as const;

const [builtIn] = BUILT_IN_ROWS.map((row) => ({
  row: row.id,
  origin: 'built-in',
  revision: null,
  updatedAt: null,
  ...printCatalogueRow(row),
}));

export const CATALOGUE_EXAMPLES = {
  listCatalogue: {
    status: 200,
    response: {
      rulebook: RULEBOOK,
      catalogue: catalogueDigest([added]),
      items: [builtIn, { ...added, origin: 'operator', revision: 3, updatedAt: '2026-11-20T07:00:00.000Z' }],
    },
  },
  putCatalogueRow: {
    request: EXAMPLE_ROW,
    status: 201,
    response: { row: 'acme-memory', revision: 3, digest: digestOf(EXAMPLE_ROW), changed: true },
  },
  deleteCatalogueRow: { status: 204 },
} as const;
