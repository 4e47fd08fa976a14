import { EXAMPLE_FINGERPRINT, EXAMPLE_MANIFEST } from './example-documents.js';
import {
  EXAMPLE_COMPARISON,
  EXAMPLE_EVALUATION,
  EXAMPLE_OVERRIDES,
  EXAMPLE_PHASES,
  EXAMPLE_POLICIES,
  EXAMPLE_REPLAY,
  EXAMPLE_VERDICT,
} from './example-verdict.js';

const ID = '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11';

const sweep = {
  id: ID,
  state: 'queued',
  policy: 'strict',
  phases: EXAMPLE_PHASES,
  progress: { done: 0, total: 199_000 },
  counts: { compatible: 0, incompatible: 0, indeterminate: 0 },
  failure: null,
  createdAt: '2026-11-20T07:01:00.000Z',
  startedAt: null,
  finishedAt: null,
} as const;

const running = {
  ...sweep,
  state: 'running',
  progress: { done: 120_500, total: 199_000 },
  counts: { compatible: 80_100, incompatible: 39_900, indeterminate: 500 },
  startedAt: '2026-11-20T07:01:00.400Z',
} as const;

const result = {
  vm: 'vm-42',
  host: 'gh-09',
  outcome: 'incompatible',
  wouldFail: EXAMPLE_VERDICT.wouldFail,
  vmRevision: 12,
  hostRevision: 18,
  evaluatedAt: '2026-11-20T07:01:02.000Z',
} as const;

export const ANSWER_EXAMPLES = {
  askPreflight: {
    request: { vm: 'vm-42', target: 'gh-09', phases: EXAMPLE_PHASES, expect: { vmRevision: 12, hostRevision: 18 } },
    status: 200,
    response: { id: ID, ...EXAMPLE_VERDICT },
  },
  getPreflight: { status: 200, response: { id: ID, ...EXAMPLE_VERDICT } },
  replayPreflight: {
    request: { overrides: { fingerprint: EXAMPLE_OVERRIDES } },
    status: 200,
    response: { id: ID, ...EXAMPLE_REPLAY },
    others: {
      unchanged: {
        request: {},
        response: { id: ID, original: EXAMPLE_VERDICT, replayed: EXAMPLE_VERDICT, same: true, differences: [] },
      },
    },
  },
  evaluate: {
    request: { manifest: EXAMPLE_MANIFEST, fingerprint: EXAMPLE_FINGERPRINT, policy: 'strict', phases: EXAMPLE_PHASES },
    status: 200,
    response: EXAMPLE_EVALUATION,
    others: {
      compared: {
        request: {
          manifest: EXAMPLE_MANIFEST,
          fingerprint: EXAMPLE_FINGERPRINT,
          policies: EXAMPLE_POLICIES,
          phases: EXAMPLE_PHASES,
        },
        response: EXAMPLE_COMPARISON,
      },
    },
  },
  startSweep: {
    request: { vms: { labels: { team: 'render' } }, targets: { all: true }, phases: EXAMPLE_PHASES },
    status: 202,
    response: sweep,
  },
  getSweep: { status: 200, response: running },
  listSweepResults: { status: 200, response: { items: [result] } },
  watchSweep: { status: 200, response: running },
  cancelSweep: { status: 200, response: { ...running, state: 'cancelled', finishedAt: '2026-11-20T07:01:09.000Z' } },
} as const;
