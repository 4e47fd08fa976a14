import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** `berth_<id>_<secret>`; the secret ends in a checksum of all before it, so that a mistyped key costs no query. */
export interface SecretKey {
  readonly id: string;
  readonly secret: string;
}

const SHAPE = /^berth_([0-9a-f]{16})_([0-9a-f]{64})([0-9a-f]{8})$/;
const checksum = (id: string, random: string): string => crc32(`${id}_${random}`).toString(16).padStart(8, '0');

export function newSecretKey(): SecretKey {
  const id = randomBytes(8).toString('hex');
  const random = randomBytes(32).toString('hex');
  return { id, secret: random + checksum(id, random) };
}

export const printKey = (key: SecretKey): string => `berth_${key.id}_${key.secret}`;

export function parseKey(text: string): SecretKey | undefined {
  const [, id, random, sum] = SHAPE.exec(text) ?? [];
  if (id === undefined || random === undefined || sum !== checksum(id, random)) return undefined;
  return { id, secret: random + sum };
}

/** 256 random bits need no salt and no slow hash. */
export const hashSecret = (key: SecretKey): Buffer => createHash('sha256').update(key.secret).digest();
