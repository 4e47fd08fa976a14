import { BUILT_IN_ROWS, catalogueWith } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from '../examples/example-documents.js';
import { EXAMPLES } from '../examples/examples.js';
import type { Parsed } from '../fields/faults.js';
import type { JsonObject } from '../json/json-value.js';
import { parseEvaluationRequest } from '../requests/evaluation-request.js';
import { printCatalogueRow } from './catalogue-row-model.js';
import { MOST_CATALOGUE_ROWS } from './catalogue-row-schema.js';
import { catalogueDigest, parseCatalogue, parseCatalogueRow, readCatalogue } from './parse-catalogue.js';

const MAPPING = EXAMPLES.putCatalogueRow.request as JsonObject;
const DRIVER: JsonObject = { kind: 'driver', driver: 'acme_vfio_pci', migration: true, p2p: false, cite: 'acme.c' };
const NEVER: JsonObject = { ...DRIVER, migration: false };
const memory = (more: JsonObject = {}): JsonObject => ({ row: 'acme-memory', ...MAPPING, ...more });

function faults(parsed: Parsed<unknown>): string[] {
  return parsed.kind === 'ok' ? [] : parsed.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

function accepted<T>(parsed: Parsed<T>): T {
  if (parsed.kind === 'ok') return parsed.value;
  throw new Error(JSON.stringify(parsed.faults));
}

describe('a row', () => {
  it('is what it says, under the name that it gets', () => {
    expect(accepted(parseCatalogueRow(MAPPING)).named('acme-memory')).toMatchObject({
      id: 'acme-memory',
      drivers: ['acme_vfio_pci'],
      regions: [4],
      kernelMapped: false,
    });
    const driver = { ...DRIVER, since: '6.12', compares: 'its firmware' };
    expect(accepted(parseCatalogueRow(driver)).named('acme')).toEqual({
      id: 'acme',
      driver: 'acme_vfio_pci',
      migration: true,
      p2p: false,
      since: [6, 12],
      compares: 'its firmware',
      cite: 'acme.c',
    });
  });

  it.each<[string, JsonObject, string[]]>([
    ['of no kind', { ...MAPPING, kind: 'region' }, ['TYPE /kind']],
    ['of nothing', {}, ['TYPE /kind']],
    [
      'that leaves out what it is for',
      { kind: 'mapping', cite: 'x' },
      ['REQUIRED /drivers', 'TYPE /regions', 'REQUIRED /vmFlags', 'REQUIRED /memoryTypes', 'REQUIRED /perPteProt'],
    ],
    ['of a driver with a field of memory', { ...DRIVER, regions: [0] }, ['UNKNOWN_FIELD /regions']],
    ['whose memory would carry tags', { ...MAPPING, memoryTypes: ['normal-tagged'] }, ['ENUM /memoryTypes/0']],
    ['whose memory could be given tags', { ...MAPPING, vmFlags: ['pfnmap', 'mte-allowed'] }, ['ENUM /vmFlags/1']],
    ['that stops the kernel', { ...MAPPING, vmFlags: ['mixedmap', 'pfnmap'] }, ['EXCLUSIVE /vmFlags/0']],
    ['that is shared and private', { ...MAPPING, vmFlags: ['shared', 'cow'] }, ['EXCLUSIVE /vmFlags/1']],
    [
      'that says things twice',
      { ...MAPPING, drivers: ['acme-x', 'acme_x'], regions: [1, 1], memoryTypes: ['normal', 'normal'] },
      ['DUPLICATE /drivers/1', 'DUPLICATE /regions/1', 'DUPLICATE /memoryTypes/1'],
    ],
    [
      'of a driver that can nothing and something',
      { ...NEVER, p2p: true, since: '6.1', compares: 'its firmware' },
      ['EXCLUSIVE /p2p', 'EXCLUSIVE /since', 'EXCLUSIVE /compares'],
    ],
    ['whose kernel is none', { ...MAPPING, since: 'next' }, ['FORMAT /since']],
    [
      'wrong in its fields and between them',
      { ...MAPPING, cite: '', vmFlags: ['pfnmap', 'mixedmap'] },
      ['TOO_SHORT /cite', 'EXCLUSIVE /vmFlags/1'],
    ],
  ])('%s is refused with all that is wrong', (_what, row, expected) => {
    expect(faults(parseCatalogueRow(row))).toEqual(expected);
  });

  it('that is built in prints as one that could be added, and is the same again', () => {
    for (const row of BUILT_IN_ROWS) {
      const parsed = accepted(parseCatalogueRow(JSON.parse(JSON.stringify(printCatalogueRow(row)))));
      expect(parsed.named(row.id)).toEqual(row);
    }
  });
});

describe('rows for one question', () => {
  it('are the catalogue with its digest, in whatever order they stand', () => {
    const rows = [memory(), { row: 'acme-driver', ...DRIVER }];
    const { catalogue, digest } = accepted(parseCatalogue(rows));
    expect(catalogue).toEqual(readCatalogue(rows));
    expect(digest).toBe(catalogueDigest([...rows].reverse()));
    expect(digest).not.toBe(catalogueDigest([memory({ row: 'another' }), { row: 'acme-driver', ...DRIVER }]));
    expect(catalogue.drivers.get('acme_vfio_pci')).toMatchObject({ id: 'acme-driver', added: true });
  });

  it('that are none are the built-in catalogue, and have no digest', () => {
    expect(accepted(parseCatalogue([]))).toEqual({ catalogue: catalogueWith([]) });
  });

  it.each<[string, JsonObject[], string[]]>([
    ['a built-in row', [memory({ drivers: ['acme_vfio_pci', 'mlx5-vfio-pci'] })], ['BUILT_IN /0/drivers/1']],
    ['the name of one', [memory({ row: 'vfio-cdx' })], ['BUILT_IN /0/row']],
    ['a built-in driver', [{ row: 'mine', ...DRIVER, driver: 'vfio-pci' }], ['BUILT_IN /0/driver']],
    ['each other', [memory(), memory({ row: 'again', regions: 'any' })], ['DUPLICATE /1/drivers/0']],
    ['one name', [memory(), { ...DRIVER, row: 'acme-memory' }], ['DUPLICATE /1/row']],
  ])('may not tell again: %s', (_what, rows, expected) => {
    expect(faults(parseCatalogue(rows))).toEqual(expected);
  });

  it('are so many at most, and each has a name', () => {
    const many = Array.from({ length: MOST_CATALOGUE_ROWS + 1 }, (_, at) =>
      memory({ row: `r${at}`, drivers: [`d${at}`] }),
    );
    expect(faults(parseCatalogue(many))).toEqual(['TOO_LONG ']);
    expect(faults(parseCatalogue(many.slice(1)))).toEqual([]);
    expect(faults(parseCatalogue([MAPPING]))).toEqual(['REQUIRED /0/row']);
  });
});

describe('an evaluation', () => {
  const ask = (catalogue: unknown) =>
    parseEvaluationRequest({ manifest: EXAMPLE_MANIFEST, fingerprint: EXAMPLE_FINGERPRINT, catalogue });

  it('may bring its own rows', () => {
    expect(accepted(ask([memory()])).catalogue?.digest).toBe(catalogueDigest([memory()]));
    expect(accepted(ask(undefined))).not.toHaveProperty('catalogue');
  });

  it('points at what is wrong with them', () => {
    expect(faults(ask([memory(), memory({ row: 'uio', regions: [] })]))).toEqual(['TOO_SHORT /catalogue/1/regions']);
    expect(faults(ask({}))).toEqual(['TYPE /catalogue']);
  });
});
