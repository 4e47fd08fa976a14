import { describe, expect, it } from 'vitest';
import { findingsOf, said } from '../../../../test/support/ask.js';
import { aDeviceQuestion, aHostDevice, DEVICE_AND_MEMORY } from '../../../../test/support/builders-devices.js';
import { decide } from '../decide.js';

const ID = 'hazard-containment';
const asks = (containment: boolean | undefined) =>
  aDeviceQuestion({
    phases: DEVICE_AND_MEMORY,
    target: { devices: [aHostDevice()], operator: containment === undefined ? undefined : { containment } },
  });

describe(ID, () => {
  it('warns of each device where an operator asserts that errors are not contained', () => {
    expect(said(ID, asks(false))).toBe('warn');
    expect(findingsOf(ID, asks(false))).toMatchObject([
      { device: 'nic0', phase: 'device', failure: 'late', sourceOutcome: 'lost', actual: { containment: false } },
    ]);
  });

  it('changes no outcome', () => {
    expect(decide(asks(false)).outcome).toBe(decide(asks(true)).outcome);
  });

  it('says nothing where they are contained, where nobody said, and of a VM without devices', () => {
    expect([said(ID, asks(true)), said(ID, asks(undefined))]).toEqual(['pass', 'pass']);
    const plain = aDeviceQuestion({ vm: { devices: [], mappings: [] }, target: { operator: { containment: false } } });
    expect(said(ID, plain)).toBe('pass');
  });

  it('asks the target: what an operator says of the source is over', () => {
    const source = { devices: [aHostDevice()], operator: { containment: false } };
    expect(said(ID, aDeviceQuestion({ source }))).toBe('pass');
  });
});
