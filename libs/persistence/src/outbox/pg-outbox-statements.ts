import type { Job, OutboxStatements } from '@berth/application';
import type { Link, Statement } from '../database/link.js';

const PUT: Statement = {
  name: 'outbox-put',
  text: `INSERT INTO outbox (fleet, queue, job_id, payload, due_at)
SELECT $1, j.queue, j.job_id, j.payload::jsonb, clock_timestamp() + j.wait * interval '1 millisecond'
FROM unnest($2::text[], $3::text[], $4::text[], $5::double precision[]) WITH ORDINALITY AS j (queue, job_id, payload, wait, n) ORDER BY j.n`,
};

export class PgOutboxStatements implements OutboxStatements {
  constructor(private readonly link: Link) {}

  async put(fleet: string, jobs: readonly Job[]): Promise<void> {
    const queues = jobs.map((job) => job.queue);
    const ids = jobs.map((job) => job.id);
    const payloads = jobs.map((job) => JSON.stringify(job.payload));
    const waits = jobs.map((job) => job.inMilliseconds ?? 0);
    await this.link.touch(PUT, [fleet, queues, ids, payloads, waits]);
  }
}
