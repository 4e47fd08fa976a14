import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentDigest, type JsonObject, printTicket, printTicketKey, type Ticket } from '@berth/contract/tickets';

const KID = 'kid-of-the-test';
export const BOOT_ID = '5c0e9d2a-6c1b-4a5e-9b1f-2a6f0c8d4e11';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function signedTicket(ticket: Ticket, key: KeyObject, kid = KID): string {
  const signed = `${encode({ alg: 'EdDSA', typ: 'berth-ticket+jwt', kid })}.${encode(printTicket(ticket))}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

/** The files that a target host has, in a folder of its own, and somebody who can sign tickets for it. */
export class TicketTarget {
  readonly folder = mkdtempSync(join(tmpdir(), 'berth-target-'));
  readonly #key = generateKeyPairSync('ed25519');
  readonly facts: JsonObject;

  constructor() {
    const example = JSON.parse(readFileSync('examples/fingerprints/7.2.13-max.json', 'utf8')) as JsonObject;
    this.facts = { ...example, collectedAt: new Date().toISOString(), machineId: 'machine-1', bootId: BOOT_ID };
    this.write('fingerprint.json', JSON.stringify(this.facts));
    this.write('boot-id', `${BOOT_ID}\n`);
    const { x = '' } = this.#key.publicKey.export({ format: 'jwk' });
    this.write('jwks.json', JSON.stringify({ keys: [printTicketKey(KID, Buffer.from(x, 'base64url'))] }));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Good for five minutes from now unless `more` says otherwise. */
  claims(more: Partial<Ticket> = {}): Ticket {
    const now = Math.floor(Date.now() / 1000) * 1000;
    return {
      fleet: 'default',
      migration: '0199a3c4-5d1e-7c3a-9b1f-2a6f0c8d4e11',
      vm: 'vm-42',
      runId: 'run-1',
      source: 'gh-03',
      target: 'gh-09',
      manifest: `sha256:${'a'.repeat(64)}`,
      fingerprint: documentDigest(this.facts),
      bootId: BOOT_ID,
      rulebook: '2026.2',
      issuedAt: new Date(now),
      expiresAt: new Date(now + 300_000),
      ...more,
    };
  }

  sign(more: Partial<Ticket> = {}, key = this.#key.privateKey): string {
    return signedTicket(this.claims(more), key);
  }

  /** Already over; whole minutes ago, so that no clock is asked twice. */
  expired(): string {
    const minutesAgo = (minutes: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
    return this.sign({ issuedAt: minutesAgo(10), expiresAt: minutesAgo(5) });
  }

  forged(): string {
    return this.sign({}, generateKeyPairSync('ed25519').privateKey);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
