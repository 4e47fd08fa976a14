import { decide, type MemslotRow } from '@berth/engine';
import { describe, expect, it } from 'vitest';
import { RECORDED_HOSTS, type RecordedCase, recordedCases, recordedFingerprint } from '../support/recorded.js';

/** The row of the mapping that the guest touched; where it touched none, any row tells of the registration. */
function touchedRow({ manifest }: RecordedCase, rows: readonly MemslotRow[]): MemslotRow | undefined {
  const slot = manifest.memslots?.[0];
  const mappings = slot?.mappingsAtFault ?? slot?.mappings ?? [];
  const touched = mappings.findIndex((mapping) => mapping.access?.length !== 0);
  return rows[touched < 0 ? 0 : touched];
}

function asRecorded(recorded: RecordedCase, row: MemslotRow | undefined) {
  const { registration, fault } = recorded.expect;
  return {
    id: recorded.id,
    registration: row?.registration,
    errno: registration.result === 'refused' ? row?.errno : null,
    fault: row?.fault,
    faultErrno: fault.result === 'refused' ? row?.faultErrno : null,
    ...(fault.stage2 === undefined ? {} : { stage2: row?.stage2 }),
  };
}

function expected({ id, expect: { registration, fault } }: RecordedCase) {
  return {
    id,
    registration: registration.result,
    errno: registration.errno ?? null,
    fault: fault.result,
    faultErrno: fault.errno ?? null,
    ...(fault.stage2 === undefined ? {} : { stage2: fault.stage2 }),
  };
}

let asked = 0;

describe('every recorded kernel run comes out as recorded', () => {
  it.each(RECORDED_HOSTS)('%s', (host) => {
    const target = recordedFingerprint(host);
    const cases = recordedCases(host);
    const answers = cases.map((recorded) => {
      const decision = decide({ manifest: recorded.manifest, target, policy: 'kernel', phases: ['vm', 'memslot', 'fault'] });
      return asRecorded(recorded, touchedRow(recorded, decision.memslots));
    });
    expect(answers).toEqual(cases.map(expected));
    asked += cases.length;
  });

  it('asked all of them', () => {
    expect(asked).toBe(9411);
  });
});
