import { describe, expect, it } from 'vitest';
import { missingOf, said } from '../../../../test/support/ask.js';
import { aDeviceQuestion } from '../../../../test/support/builders-devices.js';
import { decide } from '../decide.js';

const ID = 'source-devices-listed';
const asks = (devices: undefined | []) => aDeviceQuestion({ phases: ['source'], vm: { devices, mappings: [] } });

describe(ID, () => {
  it('says yes to a VM that lists its devices, or says that it has none', () => {
    expect(said(ID, aDeviceQuestion())).toBe('pass');
    expect(said(ID, asks([]))).toBe('pass');
    expect(decide(asks([])).outcome).toBe('compatible');
  });

  it('does not know of one that does not', () => {
    expect(said(ID, asks(undefined))).toBe('unknown');
    expect(missingOf(ID, asks(undefined))).toEqual(['/manifest/devices']);
  });
});
