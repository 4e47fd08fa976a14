import { describe, expect, it } from 'vitest';
import { type Overrides, overlaps, overrideDocument } from './override-document.js';

const document = {
  arch: 'aarch64',
  cpu: { fwb: true, midr: ['0x1', '0x2', '0x3'] },
  devices: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
  'a/b': { '~': 1 },
};
const made = (overrides: Overrides) => {
  const result = overrideDocument(document, overrides);
  return result.kind === 'ok' ? result.value : result.faults.map(({ code, pointer }) => `${code} ${pointer}`);
};

describe('overrides', () => {
  it('set, forget and add', () => {
    expect(made({ '/cpu/fwb': false })).toEqual({ ...document, cpu: { ...document.cpu, fwb: false } });
    expect(made({ '/cpu': null, '/arch': 'x' })).toEqual({
      arch: 'x',
      devices: document.devices,
      'a/b': { '~': 1 },
    });
    expect(made({ '/a~1b/~0': 2, '/cpu/midr/-': '0x4' })).toMatchObject({
      'a/b': { '~': 2 },
      cpu: { midr: ['0x1', '0x2', '0x3', '0x4'] },
    });
  });

  it('make what is missing around a fact', () => {
    expect(made({ '/kvm/capabilities/X/vm': 1 })).toMatchObject({ kvm: { capabilities: { X: { vm: 1 } } } });
  });

  it('count indexes as the document has them, in whatever order they are given', () => {
    const forgotten = [{ name: 'b', driver: 'd' }];
    const one = { '/devices/0': null, '/devices/2': null, '/devices/1/driver': 'd' };
    expect(made(one)).toMatchObject({ devices: forgotten });
    expect(made(Object.fromEntries(Object.entries(one).reverse()))).toMatchObject({ devices: forgotten });
  });

  it('are refused, each by its pointer, where they lead nowhere', () => {
    const nowhere = {
      '/cpu/dic': null,
      '/arch/x/y': 1,
      '/devices/3/name': 'd',
      '/devices/01': null,
      '/devices/length': 1,
      '/kvm/mode': null,
    };
    expect(made(nowhere)).toEqual([
      'NOT_THERE /~1cpu~1dic',
      'NOT_THERE /~1arch~1x~1y',
      'NOT_THERE /~1devices~13~1name',
      'NOT_THERE /~1devices~101',
      'NOT_THERE /~1devices~1length',
      'NOT_THERE /~1kvm~1mode',
    ]);
  });

  it('leave the document and every prototype as they were', () => {
    const before = structuredClone(document);
    const polluted = made({ '/__proto__/polluted': 1, '/constructor/prototype/polluted': 1 });
    expect(Object.keys(polluted ?? {})).toEqual([...Object.keys(document), '__proto__', 'constructor']);
    expect('polluted' in {}).toBe(false);
    made({ '/cpu/midr/0': null });
    expect(document).toEqual(before);
  });

  it('may not lead into one another', () => {
    const codes = overlaps({ '/cpu': {}, '/cpu/fwb': true, '/cpus': 1, '/devices/0/name': 'x', '/devices/0': null });
    expect(codes.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'OVERLAP /~1cpu~1fwb',
      'OVERLAP /~1devices~10~1name',
    ]);
  });
});
