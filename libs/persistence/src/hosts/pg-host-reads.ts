import type {
  Beat,
  DatedFingerprint,
  HeartBeat,
  HostFilter,
  HostReads,
  HostRecord,
  HostRevision,
} from '@berth/application';
import type { Freshness, HostState } from '@berth/engine';
import { available } from '../database/availability.js';
import { printLabels, readLabels } from '../database/labels.js';
import type { Link, Statement } from '../database/link.js';
import { orUndefined } from '../database/or-undefined.js';
import { parseObject, partsOf } from '../documents/parts-of.js';
import type { PrismaClient, HostRevision as RevisionRow } from '../generated/prisma/client.js';
import { freshnessSql } from './freshness-sql.js';
import { BEAT, RENEW_UNCHANGED } from './host-sql.js';

interface HostRow {
  readonly name: string;
  readonly revision: number;
  readonly digest: string;
  readonly state: string;
  readonly labels: unknown;
  readonly freshness: string;
  readonly machine_id: string | null;
  readonly boot_id: string | null;
  readonly contender: string | null;
  readonly collected_at: Date;
  readonly collected_as: string;
  readonly received_at: Date;
  readonly created_at: Date;
  readonly beat_at: Date | null;
}

const COLUMNS = `h.name, h.revision, h.digest, h.state, h.labels, h.machine_id, h.boot_id, h.contender, h.collected_at, h.collected_as,
  h.received_at, h.created_at, l.beat_at`;
const HOSTS = 'host h LEFT JOIN host_liveness l ON l.fleet = h.fleet AND l.host = h.name';

const FIND: Statement = {
  name: 'host-find',
  text: `SELECT ${COLUMNS}, ${freshnessSql('$3')} AS freshness FROM ${HOSTS} WHERE h.fleet = $1 AND h.name = $2`,
};
const PAGE: Statement = {
  name: 'host-page',
  text: `SELECT * FROM (
  SELECT ${COLUMNS}, ${freshnessSql('$3')} AS freshness FROM ${HOSTS}
  WHERE h.fleet = $1 AND h.name > $2 AND ($4::text IS NULL OR h.state = $4) AND ($5::jsonb IS NULL OR h.labels @> $5)
) AS known WHERE ($6::text IS NULL OR freshness = $6) ORDER BY name LIMIT $7`,
};

export class PgHostReads implements HostReads {
  constructor(
    private readonly link: Link,
    private readonly prisma: PrismaClient,
    private readonly factTtlMilliseconds: number,
  ) {}

  async find(fleet: string, host: string): Promise<HostRecord | undefined> {
    const row = await this.link.row<HostRow>(FIND, [fleet, host, this.factTtlMilliseconds]);
    return row === undefined ? undefined : hostRecord(row);
  }

  async page(fleet: string, filter: HostFilter, after: string, limit: number): Promise<readonly HostRecord[]> {
    const { state = null, freshness = null } = filter;
    const labels = filter.labels === undefined ? null : printLabels(filter.labels);
    const rows = await this.link.rows<HostRow>(PAGE, [
      fleet,
      after,
      this.factTtlMilliseconds,
      state,
      labels,
      freshness,
      limit,
    ]);
    return rows.map(hostRecord);
  }

  async revision(fleet: string, host: string, revision: number): Promise<HostRevision | undefined> {
    const row = await available(
      this.prisma.hostRevision.findUnique({ where: { fleet_host_revision: { fleet, host, revision } } }),
    );
    return row === null ? undefined : hostRevision(row);
  }

  async revisions(fleet: string, host: string, before: number, limit: number): Promise<readonly HostRevision[]> {
    const rows = await available(
      this.prisma.hostRevision.findMany({
        where: { fleet, host, ...(before === Number.MAX_SAFE_INTEGER ? {} : { revision: { lt: before } }) },
        orderBy: { revision: 'desc' },
        take: limit,
      }),
    );
    return rows.map(hostRevision);
  }

  async beat(fleet: string, host: string, beat: HeartBeat): Promise<Beat | undefined> {
    const row = await this.link.row<{ digest: string; boot_id: string | null; noted: boolean }>(BEAT, [
      fleet,
      host,
      beat.bootId,
      beat.digest,
    ]);
    if (row === undefined) return undefined;
    return { digest: row.digest, bootId: orUndefined(row.boot_id), noted: row.noted };
  }

  async renewUnchanged(
    fleet: string,
    host: string,
    submission: DatedFingerprint,
    ifMatch: number | undefined,
  ): Promise<number | undefined> {
    const { digest, collectedAt, facts } = submission;
    const { provenance } = partsOf(submission.document);
    const values = [fleet, host, digest, collectedAt, provenance, facts.machineId ?? null, ifMatch ?? null];
    const row = await this.link.row<{ revision: number }>(RENEW_UNCHANGED, values);
    return row?.revision;
  }
}

const hostRecord = (row: HostRow): HostRecord => ({
  name: row.name,
  revision: row.revision,
  digest: row.digest,
  state: row.state as HostState,
  labels: readLabels(row.labels),
  freshness: row.freshness as Freshness,
  machineId: orUndefined(row.machine_id),
  bootId: orUndefined(row.boot_id),
  contender: orUndefined(row.contender),
  collectedAt: row.collected_at,
  collectedAs: row.collected_as,
  receivedAt: row.received_at,
  createdAt: row.created_at,
  beatAt: orUndefined(row.beat_at),
});

const hostRevision = ({ revision, digest, collectedAt, receivedAt, provenance }: RevisionRow): HostRevision => ({
  revision,
  digest,
  collectedAt,
  receivedAt,
  provenance: parseObject(provenance),
});
