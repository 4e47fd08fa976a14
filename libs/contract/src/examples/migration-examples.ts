import { RULEBOOK } from '@berth/engine';
import { FINGERPRINT_DIGEST, MANIFEST_DIGEST } from './example-documents.js';

const AT = '2026-11-20T07:01:00.000Z';
const ACTOR = 'keys/9f1b5c0e77ab2d43';

/** Shortened: header, payload and signature of a compact JWS. */
const TICKET = 'eyJhbGciOiJFZERTQSJ9.eyJ2bSI6InZtLTE3In0.c2lnbmF0dXJl';

const admittedStep = { at: AT, from: null, to: 'admitted', by: ACTOR, why: 'opened' } as const;
const verifiedStep = {
  at: '2026-11-20T07:01:02.000Z',
  from: 'admitted',
  to: 'verified',
  by: 'hosts/gh-06',
  why: 'verified by the target',
} as const;
const startedStep = {
  at: '2026-11-20T07:01:03.000Z',
  from: 'verified',
  to: 'in-flight',
  by: ACTOR,
  why: 'started',
} as const;

const admitted = {
  id: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e17',
  vm: 'vm-17',
  source: 'gh-05',
  target: 'gh-06',
  state: 'admitted',
  why: 'opened',
  policy: 'strict',
  ticket: TICKET,
  basis: {
    vm: 'vm-17',
    vmRevision: 4,
    manifest: MANIFEST_DIGEST,
    host: 'gh-06',
    hostRevision: 9,
    fingerprint: FINGERPRINT_DIGEST,
    generation: 'protected-guest',
    rulebook: RULEBOOK,
    policy: 'strict',
    runId: 'b77e2f0a-0f5d-4f2a-8d1b-6a0c1b9d7e02',
    bootId: 'e3d2c4f4cae845501b076ed080f54481',
  },
  prediction: { outcome: 'compatible', wouldFail: null, findings: [], evaluatedAt: AT },
  predicted: { outcome: 'compatible', phase: null, errno: null, slot: null, reason: null, warned: [] },
  actual: null,
  expiresAt: '2026-11-20T07:06:00.000Z',
  deadlineAt: null,
  createdAt: AT,
  history: [admittedStep],
  report: null,
  reports: [],
} as const;

const verified = {
  ...admitted,
  state: 'verified',
  why: verifiedStep.why,
  expiresAt: '2026-11-20T07:06:02.000Z',
  history: [admittedStep, verifiedStep],
} as const;

const started = {
  ...verified,
  state: 'in-flight',
  why: 'started',
  deadlineAt: '2026-11-20T08:01:03.000Z',
  history: [admittedStep, verifiedStep, startedStep],
} as const;

const RAW =
  'kvm_set_user_memory_region: KVM_SET_USER_MEMORY_REGION failed, slot=7, start=0x8000000000, size=0x1800000000: Invalid argument\n' +
  'kvm_set_phys_mem: error registering slot: Invalid argument';

const report = {
  at: '2026-11-20T07:01:09.000Z',
  side: 'target',
  outcome: 'failed',
  phase: 'memslot',
  errno: 'EINVAL',
  slot: 7,
  reason: null,
  raw: RAW,
  accepted: true,
  by: 'hosts/gh-06',
} as const;

const aborted = {
  ...started,
  state: 'aborted',
  why: 'the target reported failed',
  actual: {
    outcome: 'aborted',
    phase: 'memslot',
    errno: 'EINVAL',
    slot: 7,
    reason: null,
    comparison: 'false-yes',
    outside: null,
    foretold: [],
    falseYes: ['cacheable-pfnmap'],
    falseNo: [],
  },
  history: [
    admittedStep,
    verifiedStep,
    startedStep,
    { at: report.at, from: 'in-flight', to: 'aborted', by: report.by, why: 'the target reported failed' },
  ],
  report,
  reports: [report],
} as const;

const cancelledAt = '2026-11-20T07:01:04.000Z';
const cancelled = {
  ...admitted,
  state: 'revoked',
  why: 'cancelled',
  history: [admittedStep, { at: cancelledAt, from: 'admitted', to: 'revoked', by: ACTOR, why: 'cancelled' }],
} as const;

export const MIGRATION_EXAMPLES = {
  openMigration: { request: { vm: 'vm-17', target: 'gh-06' }, status: 201, response: admitted },
  listMigrations: { status: 200, response: { items: [started] } },
  getMigration: { status: 200, response: started },
  verifyMigration: {
    request: { bootId: admitted.basis.bootId },
    status: 200,
    response: verified,
  },
  startMigration: { status: 200, response: started },
  reportMigration: {
    request: { side: 'target', outcome: 'failed', raw: RAW },
    status: 200,
    response: aborted,
  },
  cancelMigration: { status: 200, response: cancelled },
} as const;
