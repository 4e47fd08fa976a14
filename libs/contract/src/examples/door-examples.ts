const letter = {
  id: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e12',
  queue: 'berth.preflight.request',
  job: '42',
  reason: 'forged: field `requestId` is missing',
  payload: '{"v":1,"key":"berth_9f1b5c0e77ab2d43_[secret]","body":{"vm":"vm-42","target":"gh-09"}}',
  sentAt: '2026-11-20T07:00:00.000Z',
  diedAt: '2026-11-20T07:00:00.020Z',
  redrives: 0,
  redrivenAt: null,
} as const;

export const DOOR_EXAMPLES = {
  listDeadLetters: { status: 200, response: { items: [letter] } },
  redriveDeadLetters: { request: { ids: [letter.id] }, status: 200, response: { redriven: [letter.id] } },
} as const;
