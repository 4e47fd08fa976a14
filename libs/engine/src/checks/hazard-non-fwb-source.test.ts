import { describe, expect, it } from 'vitest';
import { findingsOf, said } from '../../../../test/support/ask.js';
import { aHost, aQuestion } from '../../../../test/support/builders.js';
import { decide } from '../decide.js';

const ID = 'hazard-non-fwb-source';
const asks = (fwb: boolean | undefined) => aQuestion({ phases: ['source'], source: aHost({ fwb, cap243: undefined }) });

describe(ID, () => {
  it('warns where the source is known to have no FWB, and changes no outcome', () => {
    expect(findingsOf(ID, asks(false))).toMatchObject([
      { severity: 'warn', failure: 'silent', errno: null, side: 'source', reason: 'NON_FWB_SOURCE_COHERENCY' },
    ]);
    expect(decide(asks(false)).outcome).toBe('compatible');
  });

  it('says nothing where it has, or where that is not known', () => {
    expect(said(ID, asks(true))).toBe('pass');
    expect(said(ID, asks(undefined))).toBe('pass');
    expect(said(ID, aQuestion({ phases: ['source'] }))).toBe('pass');
  });
});
