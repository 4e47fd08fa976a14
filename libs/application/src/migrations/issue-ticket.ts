import { createHash } from 'node:crypto';
import type { TicketSigner } from '../tickets/ticket-signer.js';
import type { Evaluation } from './evaluate.js';
import type { MigrationNames, Pins } from './migration.js';
import type { IssuedTicket } from './migration-statements.js';

export const ticketDigestOf = (ticket: string): string => createHash('sha256').update(ticket).digest('hex');

/** A ticket that is good for as long as the evaluation holds, and never longer than `notAfter`. */
export async function issueTicket(
  signer: TicketSigner,
  fleet: string,
  migration: MigrationNames & { readonly id: string },
  { verdict, pins }: Evaluation,
  notAfter?: Date,
): Promise<IssuedTicket> {
  const { evaluatedAt, validUntil, decision } = verdict;
  const expiresAt = notAfter !== undefined && notAfter < validUntil ? notAfter : validUntil;
  const { id, vm, source, target } = migration;
  const { runId, manifest, fingerprint, bootId, rulebook } = pins;
  const claims = { fleet, migration: id, vm, runId, source, target, manifest, fingerprint, bootId, rulebook };
  const ticket = await signer.sign({ ...claims, issuedAt: evaluatedAt, expiresAt });
  const { outcome, wouldFail, findings } = decision;
  return {
    pins,
    prediction: { outcome, wouldFail, findings, evaluatedAt },
    ticket,
    ticketDigest: ticketDigestOf(ticket),
    expiresAt,
  };
}

export const samePins = (a: Pins, b: Pins): boolean =>
  a.vmRevision === b.vmRevision &&
  a.manifest === b.manifest &&
  a.runId === b.runId &&
  a.hostRevision === b.hostRevision &&
  a.fingerprint === b.fingerprint &&
  a.bootId === b.bootId &&
  a.rulebook === b.rulebook &&
  a.catalogue === b.catalogue;
