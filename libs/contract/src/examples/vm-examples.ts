import { EXAMPLE_MANIFEST, MANIFEST_DIGEST } from './example-documents.js';

const summary = {
  vm: 'vm-42',
  host: 'gh-03',
  labels: { team: 'render' },
  revision: 12,
  digest: MANIFEST_DIGEST,
  createdAt: '2026-11-02T11:20:00.000Z',
  updatedAt: '2026-11-20T06:58:00.000Z',
} as const;

export const VM_EXAMPLES = {
  putManifest: {
    request: EXAMPLE_MANIFEST,
    status: 200,
    response: { vm: 'vm-42', revision: 12, digest: MANIFEST_DIGEST, changed: true, warnings: [] },
  },
  getVm: {
    status: 200,
    response: { ...summary, manifest: EXAMPLE_MANIFEST, openMigration: null, mayRunOn: ['gh-03'] },
  },
  listVms: { status: 200, response: { items: [summary] } },
  listVmRevisions: {
    status: 200,
    response: { items: [{ revision: 12, digest: MANIFEST_DIGEST, host: 'gh-03', createdAt: summary.updatedAt }] },
  },
  patchVm: { request: { labels: { team: 'render' } }, status: 200, response: summary },
  deleteVm: { status: 204 },
  relocateVm: {
    request: { host: 'gh-04', reason: 'moved by hand while the network was down' },
    status: 200,
    response: { ...summary, host: 'gh-04', revision: 13 },
  },
} as const;
