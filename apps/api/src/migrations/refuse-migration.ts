import type { MigrationOpened, MigrationRefusal } from '@berth/application';
import { type Refused, refusedPreflight } from '@berth/contract';
import type { RefusalMore } from '../http/refusal.js';
import { migrationOpen, refuse } from '../http/refuse.js';
import { printStored } from '../preflights/print-preflight.js';

type NotOpened = Exclude<MigrationOpened, { readonly kind: 'opened' | 'replayed' }>;

export function refuseOpening(answer: NotOpened): never {
  switch (answer.kind) {
    case 'migration-open':
      return migrationOpen(answer.id);
    case 'not-compatible':
      return notCompatible(answer);
    case 'key-reused':
      return refuse('IDEMPOTENCY_KEY_REUSED', { detail: 'another request was answered under this `Idempotency-Key`' });
    case 'vm-without-host':
      return refuse('VM_WITHOUT_HOST', {
        errors: [{ pointer: '/vm', code: 'HOST_UNKNOWN', detail: 'its manifest names no `host`' }],
      });
    default:
      return refuseAs(refusedPreflight(answer));
  }
}

export function refuseMigration(answer: MigrationRefusal): never {
  switch (answer.kind) {
    case 'not-compatible':
      return notCompatible(answer);
    case 'facts-moved':
      return refuse('FACTS_CHANGED', {
        detail: 'the target has changed: it has to register its new fingerprint first',
        errors: [{ pointer: `/${answer.fact}`, code: 'CHANGED', detail: `registered is \`${answer.registered}\`` }],
      });
    case 'ended':
      return refuse('MIGRATION_ENDED', {
        detail: `the migration is ${answer.state}: ${answer.why}`,
        members: { state: answer.state, why: answer.why },
      });
    case 'in-flight':
    case 'not-in-flight':
    case 'report-conflict':
      return refuse(CODES[answer.kind], {
        detail: `the migration is ${answer.state}`,
        members: { state: answer.state },
      });
    default:
      return refuse(CODES[answer.kind], DETAILS[answer.kind] ?? {});
  }
}

const CODES = {
  'migration-unknown': 'MIGRATION_UNKNOWN',
  'host-forbidden': 'HOST_FORBIDDEN',
  'other-caller': 'OTHER_CALLER',
  'ticket-foreign': 'TICKET_FOREIGN',
  'not-verified': 'NOT_VERIFIED',
  'in-flight': 'IN_FLIGHT',
  'not-in-flight': 'NOT_IN_FLIGHT',
  'report-conflict': 'REPORT_CONFLICT',
} as const;

const DETAILS: Partial<Readonly<Record<MigrationRefusal['kind'], RefusalMore>>> = {
  'ticket-foreign': {
    errors: [{ pointer: '/ticket', code: 'FOREIGN', detail: 'no ticket of this migration' }],
  },
  'not-verified': { detail: 'the target has to verify it first' },
};

function notCompatible({ verdict }: Extract<MigrationRefusal, { kind: 'not-compatible' }>): never {
  const { outcome, wouldFail } = verdict.decision;
  const detail = wouldFail === null ? `the verdict is ${outcome}` : `${wouldFail.reason} in phase ${wouldFail.phase}`;
  return refuse('NOT_COMPATIBLE', { detail, members: { verdict: printStored(verdict) } });
}

function refuseAs({ code, detail, errors, members }: Refused): never {
  return refuse(code, {
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    ...(members === undefined ? {} : { members }),
  });
}
