import { expect, test } from 'vitest';
import { useApi } from '../support/http-api.js';
import { sendRaw, statusesOf } from '../support/http-raw.js';

const api = useApi();
const BEHIND = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (headers: string, body = '', target = '/v1/preflights'): string =>
  `POST ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.admin.key}\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;

const CASES: Readonly<Record<string, () => string>> = {
  'a length and chunks': () => post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n') + BEHIND,
  'chunks and a length': () => post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '0\r\n\r\n') + BEHIND,
  'two lengths': () => post('Content-Length: 2\r\nContent-Length: 6\r\n', '{}    ') + BEHIND,
  'two lengths in one': () => post('Content-Length: 2, 6\r\n', '{}    ') + BEHIND,
  'a length with a sign': () => post('Content-Length: +2\r\n', '{}') + BEHIND,
  'a length in hexadecimal': () => post('Content-Length: 0x2\r\n', '{}') + BEHIND,
  'an unknown coding': () => post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n') + BEHIND,
  'an unknown coding and a request at once behind it': () => post('Transfer-Encoding: xchunked\r\n') + BEHIND,
  'a coding twice': () => post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '0\r\n\r\n') + BEHIND,
  'a coding before chunks': () => post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n') + BEHIND,
  'chunked, quoted': () => post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n') + BEHIND,
  'an unknown coding on a path that cannot be read': () =>
    post('Transfer-Encoding: xchunked\r\n', '', '/v1/hosts/%zz') + BEHIND,
  'a space before the colon': () => post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n') + BEHIND,
  'a folded header': () => post('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n') + BEHIND,
  'a chunk of no size': () => `${post('Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n')}${BEHIND}`,
  'a chunk that is too long': () => `${post('Transfer-Encoding: chunked\r\n', '1\r\n{}\r\n0\r\n\r\n')}${BEHIND}`,
  'a chunk size that overflows': () =>
    `${post('Transfer-Encoding: chunked\r\n', 'fffffffffffffffff\r\n{}\r\n0\r\n\r\n')}${BEHIND}`,
  'lines that end in LF alone': () => 'GET /livez HTTP/1.1\nHost: x\n\n',
  'a CR in a header': () => `GET /livez HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n${BEHIND}`,
  'a NUL in a header': () => `GET /livez HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n${BEHIND}`,
  'no host': () => `GET /livez HTTP/1.1\r\n\r\n${BEHIND}`,
  'two hosts': () => `GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n${BEHIND}`,
  'a header without a colon': () => `GET /livez HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n${BEHIND}`,
  'a version that there is not': () => `GET /livez HTTP/9.9\r\nHost: x\r\n\r\n${BEHIND}`,
  'a verb that there is not': () => `GRAB /livez HTTP/1.1\r\nHost: x\r\n\r\n${BEHIND}`,
  'a handshake for TLS': () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
  'headers beyond 16 KiB': () => `GET /livez HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n${BEHIND}`,
};

test.each(Object.entries(CASES))('%s: one refusal, then the link is closed', async (_, bytes) => {
  const answer = await sendRaw(api.port, bytes());
  const statuses = statusesOf(answer);
  expect(statuses).toHaveLength(1);
  expect(statuses[0]).toBeGreaterThanOrEqual(400);
  expect(statuses[0]).toBeLessThan(500);
  expect(answer.closed).toBe(true);
  expect(answer.text).toContain('application/problem+json');
});

test('requests that follow each other properly are answered in order', async () => {
  const answer = await sendRaw(
    api.port,
    `${post('Transfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n')}${BEHIND.replace('Host', 'Connection: close\r\nHost')}`,
  );
  expect(statusesOf(answer)).toEqual([422, 200]);
});
