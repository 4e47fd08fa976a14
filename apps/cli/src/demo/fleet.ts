import type { JsonObject } from '@berth/contract';
import type { Examples } from './examples.js';
import { seededHex, seededNumber, seededPick, seededUuid } from './seeded.js';

export interface DemoHost {
  readonly name: string;
  /** Which example it is made of. */
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly fingerprint: JsonObject;
}

export interface DemoVm {
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly manifest: JsonObject;
}

export interface Fleet {
  readonly hosts: readonly DemoHost[];
  readonly vms: readonly DemoVm[];
}

/** How many of a hundred hosts are of a kind: a fleet in the middle of its upgrades. */
const HOST_MIX: readonly (readonly [string, number])[] = [
  ['7.2.13-max', 28],
  ['7.2.13-neoverse-v1', 10],
  ['7.2.13-cortex-a710', 10],
  ['7.2.13-neoverse-n1', 12],
  ['7.2.13-cortex-a72', 4],
  ['7.0-max', 5],
  ['6.18-max', 5],
  ['6.17-max', 3],
  ['6.16-max', 3],
  ['6.12-max', 8],
  ['6.12-neoverse-n1', 4],
  ['6.1-max', 6],
  ['unknown-dic', 2],
];
const VM_MIX: readonly (readonly [string, number])[] = [
  ['plain-linux-vm', 70],
  ['vfio-nic-vm', 20],
  ['grace-gpu-vm', 10],
];
const TIER_OF_VM: Readonly<Record<string, string>> = { 'grace-gpu-vm': 'gpu', 'vfio-nic-vm': 'network' };

/** Where a cacheable GPU mapping works: 6.17 or later, FWB and DIC. */
const TAKES_GPU = new Set(['7.2.13-max', '7.2.13-neoverse-v1', '7.0-max', '6.18-max', '6.17-max']);

const numbered = (prefix: string, index: number, digits: number): string =>
  `${prefix}-${String(index + 1).padStart(digits, '0')}`;

function kindAt(mix: readonly (readonly [string, number])[], words: string): string {
  let left = seededNumber(words, 100);
  for (const [kind, share] of mix) {
    if (left < share) return kind;
    left -= share;
  }
  return mix[0]?.[0] ?? '';
}

function exampleOf(examples: ReadonlyMap<string, JsonObject>, kind: string): JsonObject {
  const found = examples.get(kind);
  if (found === undefined) throw new Error(`there is no example \`${kind}\``);
  return found;
}

function hostAt(examples: Examples, index: number, collectedAt: string): DemoHost {
  const name = numbered('host', index, 3);
  // Every kind is there in a small fleet too, before chance takes over.
  const kind = HOST_MIX[index]?.[0] ?? kindAt(HOST_MIX, name);
  const example = exampleOf(examples.fingerprints, kind);
  return {
    name,
    kind,
    labels: {
      rack: `r${String(seededNumber(`${name} rack`, 10) + 1).padStart(2, '0')}`,
      zone: seededPick(`${name} zone`, ['a', 'b', 'c']),
      tier: TAKES_GPU.has(kind) ? 'gpu' : 'general',
    },
    fingerprint: {
      ...example,
      collectedAt,
      machineId: seededHex(`${name} machine`),
      bootId: seededHex(`${name} boot`),
    },
  };
}

function homeOf(kind: string, name: string, hosts: readonly DemoHost[]): DemoHost {
  const fit = kind === 'grace-gpu-vm' ? hosts.filter((host) => TAKES_GPU.has(host.kind)) : hosts;
  return seededPick(`${name} home`, fit.length > 0 ? fit : hosts);
}

/** The vCPUs as a guest of this host sees them. */
function vcpuOn(host: DemoHost, example: JsonObject, name: string): JsonObject {
  const cpu = host.fingerprint['cpu'] as JsonObject;
  const registers = { ...(cpu['idRegisters'] as JsonObject) };
  delete registers['CLIDR_EL1'];
  const midr = (cpu['midr'] as readonly string[])[0];
  return {
    ...(example['vcpu'] as JsonObject),
    ...(midr === undefined ? {} : { midr }),
    count: seededPick(`${name} vcpus`, [2, 4, 8, 16, 32]),
    idRegisters: registers,
  };
}

function vmAt(examples: Examples, index: number, hosts: readonly DemoHost[]): DemoVm {
  const name = numbered('vm', index, 4);
  const kind = VM_MIX[index]?.[0] ?? kindAt(VM_MIX, name);
  const host = homeOf(kind, name, hosts);
  const example = exampleOf(examples.manifests, kind);
  return {
    name,
    kind,
    host: host.name,
    labels: { tier: TIER_OF_VM[kind] ?? 'general', team: seededPick(`${name} team`, ['blue', 'green', 'red']) },
    manifest: { ...example, host: host.name, runId: seededUuid(`${name} run`), vcpu: vcpuOn(host, example, name) },
  };
}

/** The same fleet for the same numbers, down to the last byte but for when it was collected. */
export function demoFleet(examples: Examples, hostCount: number, vmCount: number, collectedAt: string): Fleet {
  const hosts = Array.from({ length: hostCount }, (_, index) => hostAt(examples, index, collectedAt));
  return { hosts, vms: Array.from({ length: vmCount }, (_, index) => vmAt(examples, index, hosts)) };
}
