import { EXAMPLE_VERDICT } from './example-verdict.js';

const ID = 'sha256:5a7c1f0f6e4b2d3c8e9a0b1c2d3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f6';
const reason = 'CACHEABLE_PFNMAP_UNSUPPORTED';
const counts = { compatible: 61, incompatible: 130, indeterminate: 8, byReason: { [reason]: 130, FACTS_NOT_FRESH: 8 } };

export const FLEET_EXAMPLES = {
  listCandidates: {
    status: 200,
    response: {
      counts,
      hosts: [
        { host: 'gh-05', outcome: 'compatible' },
        { host: 'gh-07', outcome: 'indeterminate', missing: ['/fingerprint'] },
        { host: 'gh-09', outcome: 'incompatible', wouldFail: EXAMPLE_VERDICT.wouldFail },
      ],
    },
  },
  planEvacuation: {
    status: 200,
    response: {
      host: 'gh-09',
      vms: [
        { vm: 'vm-17', targets: [], compatible: 0, byReason: { [reason]: 199 } },
        { vm: 'vm-42', targets: ['gh-05', 'gh-06'], compatible: 2, byReason: { [reason]: 197 } },
      ],
    },
  },
  getInventory: {
    status: 200,
    response: {
      groups: [
        { generation: 'protected-guest', fwb: true, hosts: 120 },
        { generation: 'normal-nc', fwb: null, hosts: 80 },
      ],
      total: 200,
    },
  },
  listHostClasses: {
    status: 200,
    response: {
      classes: [
        {
          id: ID,
          facts: {
            schema: 'berth.fingerprint/1',
            kernel: { release: '7.2.13', pageSize: 4096 },
            cpu: { fwb: true, dic: true },
          },
          members: 120,
          sample: ['gh-03', 'gh-04'],
        },
      ],
    },
  },
  listVmClasses: {
    status: 200,
    response: {
      classes: [
        {
          id: ID,
          facts: { schema: 'berth.manifest/1', arch: 'aarch64', vm: { type: 'normal', ipaBits: 40 } },
          members: 900,
          sample: ['vm-17', 'vm-42'],
        },
      ],
    },
  },
} as const;
