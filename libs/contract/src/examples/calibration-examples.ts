import { RULEBOOK } from '@berth/engine';

const migration = '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e17';

const calibration = {
  rulebook: RULEBOOK,
  since: '2026-11-01T00:00:00.000Z',
  at: '2026-11-20T07:02:00.000Z',
  ended: { landed: 1204, aborted: 9 },
  classes: { confirmed: 1202, falseYes: 1, foretold: 2, outside: 6, falseNo: 2 },
  outside: { network: 4, cancelled: 1, unknown: 1 },
  checks: [
    {
      check: 'cacheable-pfnmap',
      phase: 'memslot',
      reason: 'CACHEABLE_PFNMAP_UNSUPPORTED',
      failure: 'refused',
      predictions: 1213,
      confirmed: 1204,
      falseYes: 1,
      falseNo: 0,
      warned: 0,
      examples: { falseYes: [migration], falseNo: [] },
    },
    {
      check: 'none',
      phase: null,
      reason: null,
      failure: null,
      predictions: null,
      confirmed: null,
      falseYes: 0,
      falseNo: 0,
      warned: 0,
      examples: { falseYes: [], falseNo: [] },
    },
  ],
  relocations: [
    {
      vm: 'vm-42',
      host: 'gh-09',
      preflight: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e18',
      reason: 'ID_REGISTER_MISMATCH',
      at: '2026-11-19T16:20:00.000Z',
    },
  ],
  rulebooks: [{ rulebook: RULEBOOK, ended: 1213 }],
} as const;

export const CALIBRATION_EXAMPLES = { getCalibration: { status: 200, response: calibration } } as const;
