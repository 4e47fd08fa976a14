const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

const event = {
  specversion: '1.0',
  id: '9b0f3c5e-6a1d-4a53-8f0e-3f1f2d7c9a44',
  source: '/fleets/default',
  type: 'dev.berth.host.changed.v1',
  subject: 'hosts/gh-09',
  time: '2026-11-20T07:00:00.120Z',
  datacontenttype: 'application/json',
  sequence: '0000000000000042',
  data: { host: 'gh-09', revision: 18, digest: digest('b'), was: digest('a') },
} as const;

const webhook = {
  id: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11',
  url: 'https://scheduler.example.com/berth',
  types: ['dev.berth.host.changed.v1', 'dev.berth.migration.landed.v1'],
  description: 'the scheduler',
  state: 'enabled',
  disabledWhy: null,
  through: '0000000000000042',
  pending: 0,
  failingSince: null,
  oldSecretUntil: null,
  createdAt: '2026-11-20T07:00:00.000Z',
} as const;

// Nobody's secret: too short to be one.
const SECRET = 'whsec_c2hvd24gdGhpcyBvbmNl';

const delivery = {
  id: '17',
  kind: 'event',
  event: event.id,
  type: event.type,
  subject: event.subject,
  state: 'delivered',
  nextAt: null,
  createdAt: '2026-11-20T07:00:00.131Z',
  finishedAt: '2026-11-20T07:00:05.702Z',
  attempts: [
    { attempt: 1, at: '2026-11-20T07:00:00.140Z', milliseconds: 31, status: 503, error: null },
    { attempt: 2, at: '2026-11-20T07:00:05.684Z', milliseconds: 18, status: 204, error: null },
  ],
} as const;

const test = {
  ...delivery,
  id: '18',
  kind: 'test',
  type: 'dev.berth.webhook.test.v1',
  subject: `webhooks/${webhook.id}`,
  state: 'pending',
  nextAt: '2026-11-20T07:00:00.131Z',
  finishedAt: null,
  attempts: [],
} as const;

export const EVENT_EXAMPLES = {
  listEvents: { status: 200, response: { items: [event], through: event.sequence } },
  createWebhook: {
    request: { url: webhook.url, types: webhook.types, description: webhook.description },
    status: 201,
    response: { ...webhook, secret: SECRET },
  },
  listWebhooks: { status: 200, response: { items: [webhook] } },
  getWebhook: { status: 200, response: webhook },
  patchWebhook: { request: { description: 'the scheduler', state: 'enabled' }, status: 200, response: webhook },
  deleteWebhook: { status: 204 },
  rotateWebhookSecret: {
    request: { overlapSeconds: 3600 },
    status: 200,
    response: { ...webhook, oldSecretUntil: '2026-11-20T08:00:00.000Z', secret: SECRET },
  },
  testWebhook: { status: 202, response: test },
  replayWebhook: {
    request: { after: '0000000000000000' },
    status: 202,
    response: { queued: 1, through: '0000000000000042' },
    others: { event: { request: { event: event.id }, response: { queued: 1, through: null } } },
  },
  listWebhookDeliveries: { status: 200, response: { items: [delivery], nextCursor: 'eyJsIjoiZGVsaXZlcmllczow…' } },
  getWebhookDelivery: { status: 200, response: delivery },
} as const;
