// The catalogue of drivers by the command: rows for one question on files, and rows that a server keeps.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { berth, type CliAnswer, type CliOptions } from '../support/cli.js';
import { type StartedBerth, startBerth } from '../support/started-berth.js';

const ROWS = 'examples/catalogue/acme-rows.json';
const VM = 'examples/catalogue/accelerator-vm.json';
const PHASES = ['--phases', 'vm,memslot,fault'];
const rows: readonly { row: string; [field: string]: unknown }[] = JSON.parse(readFileSync(ROWS, 'utf8'));

const ON_A_TERMINAL = { columns: 80, env: { NO_COLOR: '1' } };
const evaluate = (host: string, ...more: readonly string[]): Promise<CliAnswer> =>
  berth(
    ['evaluate', '--manifest', VM, '--target', `examples/fingerprints/${host}.json`, ...PHASES, ...more],
    ON_A_TERMINAL,
  );

describe('berth evaluate --catalogue', () => {
  it('knows what the rows say, and nothing of it without them', async () => {
    expect((await evaluate('7.2.13-max')).code).toBe(4);
    expect((await evaluate('7.2.13-max', '--catalogue', ROWS)).code).toBe(0);
    const refused = await evaluate('7.2.13-neoverse-n1', '--catalogue', ROWS);
    expect([refused.code, refused.out]).toEqual([3, expect.stringContaining('CACHEABLE_PFNMAP_UNSUPPORTED')]);
    for (const line of refused.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says which rows told what', async () => {
    const { out } = await evaluate('7.2.13-max', '--catalogue', ROWS, '-o', 'json');
    const { basis, derived } = JSON.parse(out);
    expect(basis.catalogue).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new Set(derived.map(({ from }: { from: string }) => from))).toEqual(
      new Set(['acme-memory', 'acme-bars', 'acme-driver'].map((row) => `catalogue ${row} (added by an operator)`)),
    );
    expect(JSON.parse((await evaluate('7.2.13-max', '-o', 'json')).out).basis).not.toHaveProperty('catalogue');
  });

  it('takes them from standard input, and names what is wrong with them', async () => {
    const given = [
      'evaluate',
      '--manifest',
      VM,
      '--target',
      'examples/fingerprints/7.2.13-max.json',
      '--catalogue',
      '-',
    ];
    const wrong = JSON.stringify([{ ...rows[0], drivers: ['nvgrace_gpu_vfio_pci'] }]);
    const { code, err } = await berth(given, { stdin: wrong });
    expect([code, err]).toEqual([1, expect.stringContaining('/0/drivers/0')]);
    expect(err).toContain('nvgrace-gpu usemem');
  });
});

describe('berth catalogue', () => {
  let server: StartedBerth;
  const ask = (argv: string[], options: CliOptions = {}): Promise<CliAnswer> =>
    berth(argv, { ...options, env: { ...server.env, ...options.env } });

  beforeAll(async () => {
    server = await startBerth();
  }, 120_000);
  afterAll(() => server?.stop());

  it('puts a list of rows, or one, and says which revision stands', async () => {
    const { code, out, err } = await ask(['catalogue', 'put', '-f', ROWS]);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').slice(0, 3)).toEqual(
      rows.map(({ row }) => expect.stringMatching(`^${row}\tr\\d+\tnew\tsha256:`)),
    );
    const { row, ...memory } = rows[0] ?? { row: '' };
    const one = (document: object, ...more: string[]) =>
      ask(['catalogue', 'put', row, '-f', '-', ...more], { stdin: JSON.stringify(document) });
    expect((await one(memory)).out).toMatch(/\tunchanged\t/);
    expect((await one({ ...memory, since: '6.13' })).out).toMatch(/\tchanged\t/);
    expect((await one(memory, '--if-match', '1')).err).toContain('REVISION_MISMATCH');
    expect((await one({ ...memory, perPteProt: 'no' })).err).toContain('/perPteProt');
    expect((await one({ ...memory, regions: [0] })).err).toContain('CATALOGUE_ROW_CLASH');
    expect((await one({ ...memory, drivers: ['vfio-pci'] })).err).toContain('CATALOGUE_ROW_BUILT_IN');
    expect((await ask(['catalogue', 'put', '-f', ROWS, '--if-match', '1'])).err).toContain('--if-match');
  });

  it('lists what is built in and what was added', async () => {
    const names = (await ask(['catalogue', 'list', '-o', 'name'])).out.trim().split('\n');
    expect(names).toEqual(
      expect.arrayContaining(['nvgrace-gpu usemem', 'mlx5_vfio_pci', ...rows.map(({ row }) => row)]),
    );
    const body = await fetch(`${server.url}/v1/catalogue`, { headers: { authorization: `Bearer ${server.key}` } });
    expect((await ask(['catalogue', 'list', '-o', 'json'])).out.trimEnd()).toBe((await body.text()).trimEnd());
    const { out } = await ask(['catalogue', 'list'], ON_A_TERMINAL);
    expect(out).toMatch(/^acme-driver +3 +operator +acme_vfio_pci: migrates since 6.12$/m);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('asks stored questions under them, and again under those of then', async () => {
    const target = 'examples/fingerprints/7.2.13-max.json';
    await ask(['host', 'put', 'gh-07', '-f', target]);
    await ask(['vm', 'put', 'dpu-vm', '-f', VM]);
    const asked = await ask(['preflight', 'dpu-vm', 'gh-07', ...PHASES, '-o', 'name']);
    expect([asked.code, asked.err]).toEqual([0, '']);
    for (const { row } of rows) expect((await ask(['catalogue', 'remove', row])).out).toBe(`${row}  removed\n`);
    const again = (...more: string[]) => ask(['replay', asked.out.trim(), ...more]);
    expect([(await again()).code, (await again('--catalogue', 'stored')).code]).toEqual([4, 0]);
    expect((await again('--catalogue', 'mine')).err).toContain('--catalogue mine');
    const gone = await ask(['catalogue', 'remove', 'acme-memory']);
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('CATALOGUE_ROW_UNKNOWN')]);
  });
});
