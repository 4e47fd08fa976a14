import { FINGERPRINT_DIGEST, MANIFEST_DIGEST } from './example-documents.js';
import { EXAMPLE_PHASES, EXAMPLE_VERDICT } from './example-verdict.js';

/** The one check that refuses the example, made to warn. */
const [refusal] = EXAMPLE_VERDICT.findings;
if (refusal === undefined || EXAMPLE_VERDICT.findings.length !== 1)
  throw new Error('the example of a shadow supposes one finding');

const request = { checks: { [refusal.check]: 'warn' } };

const shadow = {
  shadow: request,
  revision: 3,
  setBy: 'keys/9f1b5c0e77ab2d43',
  setAt: '2026-11-20T07:00:30.000Z',
  differences: 1,
} as const;

const difference = {
  id: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e19',
  vm: 'vm-42',
  host: 'gh-09',
  basis: { manifest: MANIFEST_DIGEST, fingerprint: FINGERPRINT_DIGEST },
  phases: EXAMPLE_PHASES,
  policy: { enforced: 'strict', shadow: 'strict' },
  outcome: { enforced: 'incompatible', shadow: 'compatible' },
  wouldFail: { enforced: EXAMPLE_VERDICT.wouldFail, shadow: null },
  differences: [{ change: 'changed', finding: { ...refusal, severity: 'warn' }, was: refusal }],
  omitted: 0,
  times: 12,
  firstAt: '2026-11-20T07:00:31.000Z',
  lastAt: '2026-11-20T07:01:00.000Z',
  lastSubject: 'preflights/0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11',
} as const;

export const SHADOW_EXAMPLES = {
  getShadow: { status: 200, response: shadow },
  setShadow: { request, status: 200, response: { revision: 3, changed: true } },
  removeShadow: { status: 204 },
  listShadowDifferences: { status: 200, response: { items: [difference] } },
} as const;
