import type { ApiClient } from '../api-client.js';
import type { RegisteredRead } from '../api-types.js';
import { Failure } from '../failure.js';
import { PATHS } from '../paths.js';
import type { Progress } from '../progress.js';
import type { DemoHost, DemoVm, Fleet } from './fleet.js';

const AT_ONCE = 8;
const MERGE_PATCH = { 'content-type': 'application/merge-patch+json' };

export interface Loaded {
  readonly registered: number;
  readonly unchanged: number;
  /** VMs that somebody has moved meanwhile: they are left where they are. */
  readonly moved: number;
}

type Result = keyof Loaded;

async function putHost(api: ApiClient, host: DemoHost): Promise<Result> {
  const put = { method: 'PUT', path: PATHS.fingerprint(host.name), body: host.fingerprint } as const;
  const { json } = await api.call<RegisteredRead>(put);
  await api.call({ method: 'PATCH', path: PATHS.host(host.name), body: { labels: host.labels }, headers: MERGE_PATCH });
  return json.changed ? 'registered' : 'unchanged';
}

async function putVm(api: ApiClient, vm: DemoVm): Promise<Result> {
  try {
    const put = { method: 'PUT', path: PATHS.manifest(vm.name), body: vm.manifest } as const;
    const { json } = await api.call<RegisteredRead>(put);
    await api.call({ method: 'PATCH', path: PATHS.vm(vm.name), body: { labels: vm.labels }, headers: MERGE_PATCH });
    return json.changed ? 'registered' : 'unchanged';
  } catch (error) {
    if (error instanceof Failure && error.code === 'HOST_CHANGED') return 'moved';
    throw error;
  }
}

/** A few at a time, in order; the first failure stops the rest. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

export async function loadFleet(api: ApiClient, fleet: Fleet, progress: Progress): Promise<Loaded> {
  const counts = { registered: 0, unchanged: 0, moved: 0 };
  const total = fleet.hosts.length + fleet.vms.length;
  const count = (result: Result): void => {
    counts[result] += 1;
    progress.at({ done: counts.registered + counts.unchanged + counts.moved, total });
  };
  await inParallel(fleet.hosts, async (host) => count(await putHost(api, host)));
  await inParallel(fleet.vms, async (vm) => count(await putVm(api, vm)));
  return counts;
}
