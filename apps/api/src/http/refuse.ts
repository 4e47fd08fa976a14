import type { ProblemCode } from '@berth/contract';
import { Refusal, type RefusalMore } from './refusal.js';

export function refuse(code: ProblemCode, more: RefusalMore = {}): never {
  throw new Refusal(code, more);
}

/** A page of a list, or the refusal that its cursor earns. */
export function pageOr<T extends { readonly kind: string }>(answer: T): Extract<T, { kind: 'listed' }> {
  return answer.kind === 'listed' ? (answer as Extract<T, { kind: 'listed' }>) : cursorInvalid();
}

export function cursorInvalid(): never {
  const errors = [
    { parameter: 'cursor', code: 'FORMAT', detail: 'must be the `nextCursor` of a page of this very list' },
  ];
  return refuse('CURSOR_INVALID', { errors });
}

export function revisionMismatch(revision: number): never {
  return refuse('REVISION_MISMATCH', {
    detail: revision === 0 ? 'nothing is registered under this name yet' : `the revision that stands is ${revision}`,
    members: { revision },
  });
}

export function migrationOpen(id: string): never {
  return refuse('MIGRATION_OPEN', { detail: `migration \`${id}\` is open`, members: { migration: id } });
}
