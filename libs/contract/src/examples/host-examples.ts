import { EXAMPLE_FINGERPRINT, FINGERPRINT_DIGEST } from './example-documents.js';

const AT = '2026-11-20T07:00:00.000Z';

const summary = {
  host: 'gh-09',
  state: 'active',
  labels: { rack: 'r1' },
  revision: 18,
  digest: FINGERPRINT_DIGEST,
  freshness: 'fresh',
  machineId: '0d601c0729099e2f78f8f8b2de1be5f9',
  bootId: 'e3d2c4f4cae845501b076ed080f54481',
  contender: null,
  collectedAt: AT,
  receivedAt: '2026-11-20T07:00:00.310Z',
  createdAt: '2026-11-02T11:20:00.000Z',
  heartbeatAt: '2026-11-20T07:00:40.000Z',
} as const;

const revision = {
  revision: 18,
  digest: FINGERPRINT_DIGEST,
  collectedAt: AT,
  receivedAt: '2026-11-20T07:00:00.310Z',
} as const;
const earlier = {
  revision: 17,
  digest: `sha256:${'0'.repeat(64)}`,
  collectedAt: '2026-11-02T11:20:00.000Z',
  receivedAt: '2026-11-02T11:20:00.250Z',
} as const;

export const HOST_EXAMPLES = {
  putFingerprint: {
    request: EXAMPLE_FINGERPRINT,
    status: 200,
    response: { host: 'gh-09', revision: 18, digest: FINGERPRINT_DIGEST, changed: true, warnings: [] },
  },
  sendHeartbeat: {
    request: { bootId: summary.bootId, digest: FINGERPRINT_DIGEST },
    status: 200,
    response: { resend: false, nextHeartbeatSeconds: 20 },
  },
  getHost: {
    status: 200,
    response: {
      ...summary,
      generation: 'protected-guest',
      generationCandidates: ['protected-guest'],
      capabilities: { fwb: false, dic: false, 'cacheable-pfnmap': false, 'guest-memfd': true, mte: null },
      fingerprint: EXAMPLE_FINGERPRINT,
    },
  },
  listHosts: { status: 200, response: { items: [summary], nextCursor: 'eyJsIjoiaG9zdHMiLCJrIjoiZ2gtMDkifQ' } },
  listHostRevisions: { status: 200, response: { items: [revision, earlier] } },
  diffHostRevisions: {
    status: 200,
    response: {
      host: 'gh-09',
      a: earlier,
      b: revision,
      differences: [{ pointer: '/kernel/release', before: '6.12.107+deb13-arm64', after: '7.2.13+deb14-arm64' }],
      targets: {
        lost: [{ vm: 'vm-42', outcome: 'incompatible', reason: 'CACHEABLE_PFNMAP_UNSUPPORTED' }],
        won: [],
        asked: 1,
      },
    },
  },
  patchHost: {
    request: { labels: { rack: 'r2', spare: null }, state: 'cordoned' },
    status: 200,
    response: { ...summary, labels: { rack: 'r2' }, state: 'cordoned' },
  },
  deleteHost: { status: 204 },
} as const;
