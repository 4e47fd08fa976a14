const name = (text: string): string => encodeURIComponent(text);

/** The server's paths, each written once. */
export const PATHS = {
  hosts: '/v1/hosts',
  host: (host: string) => `/v1/hosts/${name(host)}`,
  fingerprint: (host: string) => `/v1/hosts/${name(host)}/fingerprint`,
  hostRevisions: (host: string) => `/v1/hosts/${name(host)}/revisions`,
  hostDiff: (host: string, a: string, b: string) => `/v1/hosts/${name(host)}/revisions/${name(a)}/diff/${name(b)}`,
  vms: '/v1/vms',
  vm: (vm: string) => `/v1/vms/${name(vm)}`,
  manifest: (vm: string) => `/v1/vms/${name(vm)}/manifest`,
  preflights: '/v1/preflights',
  replay: (id: string) => `/v1/preflights/${name(id)}/replay`,
  sweeps: '/v1/sweeps',
  sweep: (id: string) => `/v1/sweeps/${name(id)}`,
  sweepResults: (id: string) => `/v1/sweeps/${name(id)}/results`,
  sweepEvents: (id: string) => `/v1/sweeps/${name(id)}/events`,
  keys: '/v1/keys',
  key: (id: string) => `/v1/keys/${name(id)}`,
} as const;
