// A closed-loop HTTP client over raw keep-alive sockets, in a process of its own so that it takes no time from the server it measures.
// node:http as a client would cost more than the cheapest reply. The parent sends a job, this answers with what it saw.
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One request, built once. `{time}` and `{serial}` in the body are overwritten in place before each send: both keep their width,
 * and in a closed loop the bytes are on the wire before the next answer can arrive.
 */
function compile({ method, path, headers = {}, body = '' }, host) {
  const filled = body.replaceAll('{time}', new Date(0).toISOString()).replaceAll('{serial}', '0000000000000000');
  const lines = Object.entries({ host, 'content-length': Buffer.byteLength(filled), ...headers });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const bytes = Buffer.from(head + filled);
  const found = (mark, width) => {
    const at = body.indexOf(mark);
    if (at < 0) return undefined;
    const before = body.slice(0, at).replaceAll('{time}', ' '.repeat(24)).replaceAll('{serial}', ' '.repeat(16));
    return { at: Buffer.byteLength(head) + Buffer.byteLength(before), width };
  };
  return { bytes, time: found('{time}', 24), serial: found('{serial}', 16) };
}

// Every request is one millisecond younger than the one before, in all rounds together.
function stamp(request, clock) {
  clock.serial += 1;
  if (request.time) request.bytes.write(new Date(clock.from + clock.serial).toISOString(), request.time.at, 'latin1');
  if (request.serial) {
    request.bytes.write(clock.serial.toString(16).padStart(request.serial.width, '0'), request.serial.at, 'latin1');
  }
}

function readHead(buffer) {
  const end = buffer.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = buffer.toString('latin1', 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const status = Number(head.slice(9, 12));
  if (length === undefined && status !== 204) throw new Error(`an answer without content-length:\n${head}`);
  return { status, total: end + HEAD_END.length + Number(length ?? 0), bodyAt: end + HEAD_END.length };
}

/** Collects one answer from the chunks of a socket. */
class Answer {
  #buffer = Buffer.alloc(0);
  #head;

  take(chunk) {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    this.#head ??= readHead(this.#buffer);
    return this.#head !== undefined && this.#buffer.length >= this.#head.total;
  }

  read() {
    const answer = { status: this.#head.status, body: this.#buffer.subarray(this.#head.bodyAt, this.#head.total) };
    this.#buffer = Buffer.alloc(0);
    this.#head = undefined;
    return answer;
  }
}

function driveConnection({ port, requests, clock, until, seen }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const answer = new Answer();
    let next = 0;
    let sentAt = 0;
    const send = () => {
      const request = requests[next++ % requests.length];
      stamp(request, clock);
      sentAt = performance.now();
      socket.write(request.bytes);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (chunk) => {
      if (!answer.take(chunk)) return;
      const now = performance.now();
      const { status, body } = answer.read();
      seen.latencies.push(now - sentAt);
      seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
      seen.body = body;
      if (now < until) return send();
      socket.removeAllListeners('close');
      socket.destroy();
      resolve();
    });
  });
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

async function run({ port, connections, milliseconds, plans, clock }) {
  const seen = { latencies: [], statuses: {}, body: undefined };
  const compiled = plans.map((plan) => plan.map((request) => compile(request, `127.0.0.1:${port}`)));
  const start = performance.now();
  const until = start + milliseconds;
  await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      driveConnection({ port, requests: compiled[i % compiled.length], clock, until, seen }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  const sorted = Float64Array.from(seen.latencies).sort();
  return {
    count: sorted.length,
    p50: quantile(sorted, 0.5) * 1000,
    p99: quantile(sorted, 0.99) * 1000,
    rate: sorted.length / seconds,
    statuses: seen.statuses,
    lastBody: seen.body.toString('utf8'),
    serial: clock.serial,
  };
}

process.on('message', (job) => {
  run(job).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.stack }),
  );
});
