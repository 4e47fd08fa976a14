// The policies as a person meets them: asked by name, explained, and never taken for what a kernel does.
import { POLICIES } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { berth } from '../support/cli.js';

const ON_A_TERMINAL = { columns: 80, env: { NO_COLOR: '1' } };
const ask = (host: string, ...more: readonly string[]) => [
  'evaluate',
  '--manifest',
  'examples/manifests/grace-gpu-vm.json',
  '--target',
  `examples/fingerprints/${host}.json`,
  '--phases',
  'vm,memslot,fault',
  ...more,
];

describe('a question under a proposal', () => {
  it('is answered as hypothetical, with its hazard, within 80 columns', async () => {
    const { code, out } = await berth(ask('7.2.13-neoverse-n1', '--policy', 'proposal:fallback'), ON_A_TERMINAL);
    expect(code).toBe(3);
    expect(out).toContain('hypothetical: no kernel answers so');
    expect(out).toContain('hazard H2');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('says what it assumed, and takes it from the caller', async () => {
    const flag = ['--policy', 'proposal:flag-v4'];
    const assumed = await berth(ask('7.2.13-max', ...flag, '-o', 'json'));
    expect([assumed.code, JSON.parse(assumed.out)]).toMatchObject([
      3,
      { hypothetical: true, assumed: { cacheableFlag: false }, wouldFail: { reason: 'PROPOSAL_REFUSES' } },
    ]);
    const said = await berth(ask('7.2.13-max', ...flag, '--suppose', 'cacheableFlag,sealed=false'), ON_A_TERMINAL);
    expect([said.code, said.out]).toEqual([0, expect.stringContaining('assumed cacheableFlag=true')]);
  });

  it('may suppose only what there is', async () => {
    for (const wrong of ['flag', 'sealed=yes', '']) {
      const { code, err } = await berth(ask('7.2.13-max', '--suppose', wrong));
      expect([code, err]).toEqual([1, expect.stringContaining('--suppose')]);
    }
  });
});

describe('berth explain', () => {
  it.each(POLICIES)('explains %s', async (policy) => {
    const { code, out } = await berth(['explain', policy], ON_A_TERMINAL);
    expect([code, out]).toEqual([0, expect.stringContaining(`policy ${policy}\n`)]);
    expect(out.includes('hypothetical')).toBe(policy.startsWith('proposal:'));
  });

  it('lists the policies, and guesses at a typo', async () => {
    const { out } = await berth(['explain', 'policies']);
    expect(out.trim().split('\n')).toHaveLength(POLICIES.length);
    expect(JSON.parse((await berth(['explain', 'proposal:cmo', '-o', 'json'])).out)).toMatchObject({
      id: 'proposal:cmo',
      hypothetical: true,
    });
    expect((await berth(['explain', 'proposal:fallbak'])).err).toContain('did you mean proposal:fallback?');
  });
});
