// The floor for a durable write: one narrow row, one prepared UPDATE, one commit that waits for the disk.
import pg from 'pg';

const ROWS = 1000;
const statement = { name: 'touch', text: 'update bench_floor set n = n + 1 where id = $1' };
const clients = [];

async function open(url) {
  for (let i = 0; i < 8; i++) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    clients.push(client);
  }
  const { rows } = await clients[0].query(
    "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit",
  );
  if (rows[0].fsync !== 'on' || rows[0].commit !== 'on') throw new Error('the server does not wait for the disk');
  await clients[0].query('create table if not exists bench_floor (id int primary key, n bigint not null)');
  await clients[0].query('insert into bench_floor select i, 0 from generate_series(1, $1) i on conflict do nothing', [
    ROWS,
  ]);
}

async function drive(client, until, latencies) {
  for (let id = 1 + Math.floor(Math.random() * ROWS); performance.now() < until; id = (id % ROWS) + 1) {
    const at = performance.now();
    const { rowCount } = await client.query({ ...statement, values: [id] });
    if (rowCount !== 1) throw new Error('the floor updated no row');
    latencies.push(performance.now() - at);
  }
}

async function run({ connections, milliseconds }) {
  const latencies = [];
  const start = performance.now();
  await Promise.all(clients.slice(0, connections).map((client) => drive(client, start + milliseconds, latencies)));
  const seconds = (performance.now() - start) / 1000;
  const sorted = latencies.sort((a, b) => a - b);
  const at = (q) => sorted[Math.floor(q * (sorted.length - 1))] * 1000;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), rate: sorted.length / seconds };
}

process.on('message', (job) => {
  const work = job.open ? open(job.open) : run(job);
  work.then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.stack }),
  );
});
process.on('disconnect', () => process.exit(0));
