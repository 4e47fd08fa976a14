import { type Documents, type StoredFingerprint, type StoredManifest, WeightedCache } from '@berth/application';
import { type JsonValue, readCatalogue, readFingerprint, readManifest } from '@berth/contract';
import type { Catalogue } from '@berth/engine';
import { available } from '../database/availability.js';
import type { Link, Statement } from '../database/link.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import { parseObject } from './parts-of.js';

interface Row {
  readonly digest: string;
  readonly document: string;
}

type Read = (fleet: string, digests: string[]) => PromiseLike<readonly Row[]>;

/** How many characters of documents are remembered as parsed, of each kind. */
const REMEMBERED = 64 * 1024 * 1024;
/** Parameters of one query. */
const BATCH = 1_000;

/** One kind of document. The digest names the bytes, so what was parsed once stays right. */
class Shelf<T> {
  private readonly parsed = new WeightedCache<T>(REMEMBERED);

  constructor(
    private readonly read: Read,
    private readonly parse: (text: string) => T,
  ) {}

  async one(fleet: string, digest: string, read = this.read): Promise<T> {
    const found = this.parsed.get(keyOf(fleet, digest)) ?? (await this.many(fleet, [digest], read)).get(digest);
    if (found === undefined) throw new Error(`document \`${digest}\` is not stored`);
    return found;
  }

  async many(fleet: string, digests: readonly string[], read = this.read): Promise<ReadonlyMap<string, T>> {
    const found = new Map<string, T>();
    const missing = new Set<string>();
    for (const digest of digests) {
      const known = this.parsed.get(keyOf(fleet, digest));
      if (known === undefined) missing.add(digest);
      else found.set(digest, known);
    }
    const wanted = [...missing];
    for (let from = 0; from < wanted.length; from += BATCH) {
      const rows = await available(read(fleet, wanted.slice(from, from + BATCH)));
      for (const row of rows) found.set(row.digest, this.keep(fleet, row));
    }
    return found;
  }

  private keep(fleet: string, { digest, document }: Row): T {
    const value = this.parse(document);
    this.parsed.set(keyOf(fleet, digest), value, document.length);
    return value;
  }
}

const keyOf = (fleet: string, digest: string): string => `${fleet} ${digest}`;

function parseFingerprintText(text: string): StoredFingerprint {
  const document = parseObject(text);
  return { document, facts: readFingerprint(document) };
}

function parseManifestText(text: string): StoredManifest {
  const document = parseObject(text);
  return { document, needs: readManifest(document) };
}

function parseCatalogueText(text: string): Catalogue {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) throw new Error('a stored catalogue is not a list');
  return readCatalogue(rows as readonly JsonValue[]);
}

const ON_LINK = (table: string): Statement => ({
  name: `${table}-by-digest`,
  text: `SELECT digest, document FROM ${table} WHERE fleet = $1 AND digest = ANY ($2::text[])`,
});
const FINGERPRINTS = ON_LINK('fingerprint');
const MANIFESTS = ON_LINK('manifest');
const CATALOGUES = ON_LINK('catalogue_document');

export class PrismaDocuments implements Documents {
  private readonly hosts: Shelf<StoredFingerprint>;
  private readonly vms: Shelf<StoredManifest>;
  private readonly catalogues: Shelf<Catalogue>;

  constructor(prisma: PrismaClient) {
    const select = { digest: true, document: true };
    this.hosts = new Shelf(
      (fleet, digests) => prisma.fingerprint.findMany({ where: { fleet, digest: { in: digests } }, select }),
      parseFingerprintText,
    );
    this.vms = new Shelf(
      (fleet, digests) => prisma.manifest.findMany({ where: { fleet, digest: { in: digests } }, select }),
      parseManifestText,
    );
    this.catalogues = new Shelf(
      (fleet, digests) => prisma.catalogueDocument.findMany({ where: { fleet, digest: { in: digests } }, select }),
      parseCatalogueText,
    );
  }

  /** With the same memory, and on this connection for what is not in it. */
  on(link: Link): Documents {
    const by =
      (statement: Statement): Read =>
      (fleet, digests) =>
        link.rows<Row>(statement, [fleet, digests]);
    return {
      fingerprint: (fleet, digest) => this.hosts.one(fleet, digest, by(FINGERPRINTS)),
      manifest: (fleet, digest) => this.vms.one(fleet, digest, by(MANIFESTS)),
      catalogue: (fleet, digest) => this.catalogues.one(fleet, digest, by(CATALOGUES)),
      fingerprints: (fleet, digests) => this.hosts.many(fleet, digests, by(FINGERPRINTS)),
      manifests: (fleet, digests) => this.vms.many(fleet, digests, by(MANIFESTS)),
    };
  }

  fingerprint(fleet: string, digest: string): Promise<StoredFingerprint> {
    return this.hosts.one(fleet, digest);
  }

  manifest(fleet: string, digest: string): Promise<StoredManifest> {
    return this.vms.one(fleet, digest);
  }

  catalogue(fleet: string, digest: string): Promise<Catalogue> {
    return this.catalogues.one(fleet, digest);
  }

  fingerprints(fleet: string, digests: readonly string[]): Promise<ReadonlyMap<string, StoredFingerprint>> {
    return this.hosts.many(fleet, digests);
  }

  manifests(fleet: string, digests: readonly string[]): Promise<ReadonlyMap<string, StoredManifest>> {
    return this.vms.many(fleet, digests);
  }
}
