import type { Refused } from '../problems/problem.js';

/** A preflight that could not be answered, as the use-case has it. */
export type UnansweredPreflight =
  | { readonly kind: 'vm-unknown' }
  | { readonly kind: 'target-unknown' }
  | { readonly kind: 'request-reused' }
  | { readonly kind: 'revision-conflict'; readonly vmRevision: number; readonly hostRevision: number };

/** The one way in which a preflight is refused, from whichever door it was asked. */
export function refusedPreflight(answer: UnansweredPreflight): Refused {
  switch (answer.kind) {
    case 'vm-unknown':
      return unknownName('/vm', 'no such VM is registered');
    case 'target-unknown':
      return unknownName('/target', 'no such host is registered');
    case 'request-reused':
      return {
        kind: 'refused',
        code: 'IDEMPOTENCY_KEY_REUSED',
        detail: 'another question was answered under this `requestId`',
      };
    case 'revision-conflict':
      return {
        kind: 'refused',
        code: 'REVISION_CONFLICT',
        detail: `the VM has revision ${answer.vmRevision}, the host ${answer.hostRevision}`,
        errors: [{ pointer: '/expect', code: 'CONFLICT', detail: 'other revisions stand' }],
        members: { vmRevision: answer.vmRevision, hostRevision: answer.hostRevision },
      };
  }
}

function unknownName(pointer: string, detail: string): Refused {
  return { kind: 'refused', code: 'NAME_UNKNOWN', errors: [{ pointer, code: 'UNKNOWN', detail }] };
}
