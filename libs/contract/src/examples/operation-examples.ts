const key = { id: '9f1b5c0e77ab2d43', role: 'agent', host: 'gh-09', label: 'rack r1' } as const;

export const OPERATION_EXAMPLES = {
  issueKey: {
    request: { role: 'agent', host: 'gh-09', label: 'rack r1' },
    status: 201,
    // Nobody's key: too short to be one.
    response: { ...key, key: 'berth_9f1b5c0e77ab2d43_shown-this-once' },
  },
  listKeys: { status: 200, response: { items: [{ ...key, createdAt: '2026-11-20T07:00:00.000Z', revokedAt: null }] } },
  revokeKey: { status: 204 },
  getLiveness: { status: 200, response: { status: 'ok' } },
  getReadiness: { status: 200, response: { status: 'ready', checks: { database: 'ok', queue: 'ok' } } },
} as const;
