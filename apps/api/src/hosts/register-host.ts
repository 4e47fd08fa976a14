import type { FingerprintRegistration } from '@berth/application';
import { refuse, revisionMismatch } from '../http/refuse.js';

type Registered = Extract<FingerprintRegistration, { kind: 'registered' }>;

/** The registration, or the problem that it met. */
export function registeredOr(answer: FingerprintRegistration): Registered {
  switch (answer.kind) {
    case 'registered':
      return answer;
    case 'host-forbidden':
      return refuse('HOST_FORBIDDEN');
    case 'stale-observation':
      return refuse('STALE_OBSERVATION', {
        detail: 'facts that were collected later are stored already',
        errors: [
          {
            pointer: '/collectedAt',
            code: 'STALE',
            detail: `must be later than ${answer.storedCollectedAt.toISOString()}`,
          },
        ],
        members: { storedCollectedAt: answer.storedCollectedAt.toISOString() },
      });
    case 'clock-ahead':
      return refuse('CLOCK_AHEAD', {
        detail: 'the host says it collected these facts more than 5 minutes from now',
        errors: [
          { pointer: '/collectedAt', code: 'FUTURE', detail: `the server has ${answer.serverTime.toISOString()}` },
        ],
        members: { serverTime: answer.serverTime.toISOString() },
      });
    case 'machine-changed':
      return refuse('MACHINE_CHANGED', {
        detail: 'an operator has to agree that another machine takes this name: `PATCH` with its `machineId`',
        errors: [{ pointer: '/machineId', code: 'CHANGED', detail: `the host is \`${answer.machineId}\`` }],
        members: { machineId: answer.machineId },
      });
    case 'revision-mismatch':
      return revisionMismatch(answer.revision);
    case 'kernel-too-old':
      return refuse('KERNEL_TOO_OLD', {
        errors: [
          {
            pointer: '/kernel/release',
            code: 'TOO_OLD',
            detail: `\`${answer.release}\` is older than the oldest generation`,
          },
        ],
      });
  }
}
