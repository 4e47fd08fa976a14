import { createHash } from 'node:crypto';

/**
 * The id of the preflight that answers this request, so that the same request finds its answer: a UUIDv8 (RFC 9562, 5.8),
 * which is a hash and no time.
 */
export function idOfRequest(fleet: string, requestId: string): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify(['preflight', fleet, requestId]))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
