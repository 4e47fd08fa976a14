import type { JsonObject } from '@berth/application';
import { printFingerprint, printManifest } from '@berth/contract';
import { type Fingerprint, FRESHNESS, type Freshness, HOST_STATES, type HostState, type Manifest } from '@berth/engine';
import fc from 'fast-check';
import { knownHost, knownVm } from './arbitrary.js';
import { cpuVmLike, knownCpuHost } from './arbitrary-cpu.js';
import { deviceWorld } from './arbitrary-devices.js';
import { fingerprint, manifest, type TestFleet } from './fleet.js';
import { MIGRATABLE_HOST, MIGRATABLE_VM, SILENT_HOST, UNFIT_HOST, VM_WITH_DEVICE_MEMORY } from './migratable.js';

export interface MixedHost {
  readonly name: string;
  readonly facts: JsonObject;
  readonly state: HostState;
  readonly freshness: Freshness;
  readonly labels: ReadonlyMap<string, string>;
}

export interface MixedVm {
  readonly name: string;
  readonly needs: JsonObject;
}

/** Hosts of few kinds and of many, in every state, as fresh as can be; VMs that fit some of them. */
export interface MixedFleet {
  readonly hosts: readonly MixedHost[];
  readonly vms: readonly MixedVm[];
}

const FACTS: readonly JsonObject[] = [MIGRATABLE_HOST, UNFIT_HOST, SILENT_HOST, { ...MIGRATABLE_HOST, vmm: {} }];
const NEEDS = [MIGRATABLE_VM, VM_WITH_DEVICE_MEMORY];
/** Half of them as a host is most of the time. */
const oftenFirst = <T>(values: readonly T[], index: number): T =>
  values[index % 2 === 0 ? 0 : Math.floor(index / 2) % values.length] as T;

/** The same seed makes the same fleet. */
export function mixedFleet(hosts: number, vms: number, seed: number): MixedFleet {
  const sample = <T>(of: fc.Arbitrary<T>, count: number): T[] => fc.sample(of, { seed, numRuns: count });
  const cpuHosts = sample(knownCpuHost, 4);
  const worlds = sample(deviceWorld, 4);
  const kinds: readonly JsonObject[] = [
    ...FACTS,
    ...[...sample(knownHost, 4), ...cpuHosts, ...worlds.map(({ target }) => target)].map(sectionsOfHost),
  ];
  const cpuVms = cpuHosts.flatMap((host) => sample(cpuVmLike(host), 1));
  const needs: readonly JsonObject[] = [
    ...NEEDS,
    ...[...sample(knownVm, 4), ...cpuVms, ...worlds.map((world) => world.manifest)].map(sectionsOfVm),
  ];
  return {
    hosts: Array.from({ length: hosts }, (_, index) => ({
      name: `host-${String((index * 37) % hosts).padStart(3, '0')}`,
      facts: kinds[index % 3 === 0 ? 0 : index % kinds.length] ?? {},
      state: oftenFirst(HOST_STATES, index),
      freshness: oftenFirst(FRESHNESS, Math.floor(index / 2)),
      labels: new Map([['rack', `r${index % 5}`], ...(index % 2 === 0 ? ([['tier', 'gpu']] as const) : [])]),
    })),
    vms: Array.from({ length: vms }, (_, index) => ({
      name: `vm-${String(index).padStart(3, '0')}`,
      needs: needs[index % 3 === 0 ? 0 : index % needs.length] ?? {},
    })),
  };
}

function sectionsOfHost(facts: Fingerprint): JsonObject {
  const { schema: _, machineId: __, bootId: ___, ...sections } = printFingerprint(facts);
  return sections;
}

function sectionsOfVm(needs: Manifest): JsonObject {
  const { schema: _, host: __, runId: ___, ...sections } = printManifest(needs);
  return sections;
}

const BEFORE = '2026-11-20T00:00:00Z';

/** Registers the fleet by its use-cases; only what time does is done by hand. */
export async function registerMixed(fleet: TestFleet, { hosts, vms }: MixedFleet): Promise<void> {
  for (const [index, host] of hosts.entries()) await registerHost(fleet, host, index);
  for (const [index, { name, needs }] of vms.entries()) {
    const host = hosts[(index * 7) % hosts.length]?.name ?? '';
    const answer = await fleet.registerManifest.run(fleet.operator, name, manifest({ ...needs, host, runId: name }));
    if (answer.kind !== 'registered') throw new Error(`${name}: ${answer.kind}`);
  }
}

async function registerHost(fleet: TestFleet, host: MixedHost, index: number): Promise<void> {
  const { operator, registerFingerprint, hosts } = fleet;
  const { name, facts, state, labels, freshness } = host;
  // Every tenth machine answers to two names.
  const machineId = `machine-${index % 10 === 9 ? index - 3 : index}`;
  const parts = { machineId, bootId: `boot-${index}`, devices: undefined, ...facts };
  const answer = await registerFingerprint.run(operator, name, fingerprint(BEFORE, withoutUnknown(parts)));
  if (answer.kind !== 'registered') throw new Error(`${name}: ${answer.kind}`);
  await hosts.patch(operator, name, { state, labels });
  // Agreed to another machine, which has not spoken yet: the facts are those of the old one.
  if (index % 20 === 19) await hosts.patch(operator, name, { machineId: 'agreed to' });
  await letPass(fleet, name, freshness, `boot-${index}`, answer.digest);
}

const withoutUnknown = (parts: object): JsonObject => JSON.parse(JSON.stringify(parts));

async function letPass(fleet: TestFleet, host: string, freshness: Freshness, boot: string, digest: string) {
  if (freshness === 'fresh') return;
  const heard = {
    bootId: freshness === 'rebooted' ? 'another boot' : boot,
    digest: freshness === 'mismatched' ? `sha256:${'0'.repeat(64)}` : digest,
  };
  await fleet.hosts.heartbeat(fleet.operator, host, heard);
  if (freshness !== 'stale' && freshness !== 'expired') return;
  const minutes = freshness === 'stale' ? 5 : 60;
  const { pool } = fleet.database;
  const long = `clock_timestamp() - ${minutes} * interval '1 minute'`;
  await pool.query(`UPDATE host SET received_at = ${long} WHERE fleet = 'default' AND name = $1`, [host]);
  await pool.query(`UPDATE host_liveness SET beat_at = ${long} WHERE fleet = 'default' AND host = $1`, [host]);
}
