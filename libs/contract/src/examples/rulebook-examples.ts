import { CHECKS, POLICY_CARDS, REASON_CARDS, RULEBOOK } from '@berth/engine';

const REASON = 'CACHEABLE_PFNMAP_UNSUPPORTED';

/** Without the function that asks. */
const items = CHECKS.filter(({ reason }) => reason === REASON).map(({ test: _test, ...card }) => card);
const [check] = items;
const reason = REASON_CARDS[REASON];

export const RULEBOOK_EXAMPLES = {
  listChecks: { status: 200, response: { rulebook: RULEBOOK, items } },
  getCheck: { status: 200, response: check },
  listReasons: { status: 200, response: { rulebook: RULEBOOK, items: [reason] } },
  listPolicies: {
    status: 200,
    response: { rulebook: RULEBOOK, items: [POLICY_CARDS.strict, POLICY_CARDS['proposal:fallback']] },
  },
} as const;
