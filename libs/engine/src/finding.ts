import type { Check, CheckCard, Reject, Unknown } from './check.js';
import type { Device } from './devices/device.js';
import type { Finding, Policy, Severity } from './model/verdict.js';
import type { Slot } from './slot.js';
import type { Vma } from './vma.js';

/** An answer that is not a pass, and where it belongs: the whole VM, a device, a slot, or one VMA under it. */
export interface Noted<C extends CheckCard = Check> {
  readonly check: C;
  readonly answer: Reject | Unknown;
  readonly device?: Device;
  readonly slot?: Slot;
  readonly vma?: Vma;
}

export function findingOf({ check, answer, device, slot, vma }: Noted, policy: Policy): Finding {
  return {
    check: check.id,
    phase: check.phase,
    reason: check.reason,
    severity: severityOf(check, answer, policy),
    failure: check.failure,
    errno: check.errno,
    side: check.side ?? 'target',
    slot: slot?.slot ?? null,
    mapping: vma?.index ?? null,
    gpa: slot === undefined ? null : slot.gpa + (vma?.offset ?? 0n),
    device: vma?.device ?? device?.name ?? null,
    expected: check.expected,
    actual: answer.actual,
    missing: answer.kind === 'unknown' ? answer.missing : [],
    sourceOutcome: check.sourceOutcome,
    message: answer.kind === 'reject' ? answer.message : `Not known: ${answer.missing.join(', ')}.`,
    remedy: check.remedy,
    cite: check.cite,
  };
}

/** `kernel` asks what the kernel does and nothing more, and to a kernel a silent degradation is a success. */
function severityOf(check: CheckCard, answer: Reject | Unknown, policy: Policy): Severity {
  if (check.severity === 'warn' || (check.failure === 'silent' && policy === 'kernel')) return 'warn';
  return answer.kind === 'reject' ? 'reject' : 'unknown';
}
