import {
  type Caller,
  CatalogueRows,
  type FingerprintSubmission,
  Hosts,
  type JsonObject,
  Keys,
  type ManifestSubmission,
  type MigrationSettings,
  Migrations,
  newId,
  Preflights,
  RegisterFingerprint,
  RegisterManifest,
  Vms,
  type Witness,
} from '@berth/application';
import { parseFingerprint, parseManifest } from '@berth/contract';
import { type Database, type DatabaseConfig, openDatabase } from '@berth/persistence';
import { migratedDatabase } from './postgres.js';

/** The use-cases on a database of their own, and two who may call them. */
export interface TestFleet {
  readonly url: string;
  readonly database: Database;
  readonly operator: Caller;
  /** Of another fleet, with the same names in it. */
  readonly stranger: Caller;
  readonly registerFingerprint: RegisterFingerprint;
  readonly registerManifest: RegisterManifest;
  readonly hosts: Hosts;
  readonly vms: Vms;
  readonly preflights: Preflights;
  readonly catalogue: CatalogueRows;
  readonly keys: Keys;
  readonly migrations: Migrations;
  readonly close: () => Promise<void>;
}

export async function openFleet(config: Partial<DatabaseConfig> = {}): Promise<TestFleet> {
  const { url, stop } = await migratedDatabase();
  const database = await openDatabase({ url, allowVolatile: true, ...config });
  const { work, hosts, vms, documents, preflights, keys } = database;
  await database.pool.query(`INSERT INTO fleet (name) VALUES ('other')`);
  return {
    url,
    database,
    operator: { fleet: 'default', keyId: 'test', role: 'admin' },
    stranger: { fleet: 'other', keyId: 'test', role: 'admin' },
    registerFingerprint: new RegisterFingerprint(work, hosts),
    registerManifest: new RegisterManifest(work),
    hosts: new Hosts(work, hosts, documents),
    vms: new Vms(work, vms, documents),
    preflights: new Preflights(preflights, documents, database.catalogue),
    catalogue: new CatalogueRows(work, database.catalogue),
    keys: new Keys(work, keys),
    migrations: migrationsOn(database),
    close: async () => {
      await database.close();
      await stop();
    },
  };
}

const HOUR: MigrationSettings = { ticketMilliseconds: 300_000, deadlineMilliseconds: 3_600_000 };

/** Signed by the keys in the database, as the programs do it. */
export function migrationsOn({ work, migrations, tickets }: Database, settings = HOUR, witness?: Witness): Migrations {
  return new Migrations({ work, store: migrations, signer: tickets, newId, witness }, settings);
}

/** Some minutes before now, as the wire writes it: the later, the smaller. */
export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** A host that can do much; `parts` replaces whole sections. */
export function fingerprint(collectedAt: string, parts: JsonObject = {}): FingerprintSubmission {
  const document: JsonObject = {
    schema: 'berth.fingerprint/1',
    collectedAt,
    agent: { name: 'berth-agent', version: '0.1.0' },
    machineId: 'machine-1',
    bootId: 'boot-1',
    arch: 'aarch64',
    kernel: { release: '6.18.0', pageSize: 4096 },
    cpu: { midr: ['0x410fd490'], fwb: true, dic: true, idc: true },
    kvm: {
      mode: 'vhe',
      capabilities: { KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED: { system: 'EINVAL', vm: 1 } },
      gic: ['v3'],
    },
    ...parts,
  };
  const parsed = parseFingerprint(document, 'register');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}

/** A VM with one slot of RAM; `parts` replaces whole sections. */
export function manifest(parts: JsonObject = {}): ManifestSubmission {
  const document: JsonObject = {
    schema: 'berth.manifest/1',
    arch: 'aarch64',
    host: 'source',
    runId: 'run-1',
    vm: { type: 'normal', ipaBits: 40, mte: false },
    memslots: [
      {
        slot: 0,
        gpa: '0x40000000',
        size: '0x200000',
        flags: [],
        mappings: [{ offset: '0x0', size: '0x200000', backing: 'anonymous', vmFlags: [], memoryType: 'normal' }],
      },
    ],
    devices: [],
    ...parts,
  };
  const parsed = parseManifest(document, 'register');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.faults));
  return parsed.value;
}
