import type { HostFacts } from '../facts.js';
import { compareKernels, type KernelVersion } from '../kernel-release.js';
import { type Field, maskOf } from './field.js';
import { CTR_EL0, type IdRegister } from './id-registers.js';

/** How the target's KVM takes a value for an ID register other than its own. */
export type Rule =
  /** Fields inside the mask may differ where that is safe; every other bit must be equal. */
  | { readonly kind: 'masked'; readonly writable: bigint }
  /** Only equal values are taken. */
  | { readonly kind: 'invariant' }
  /** The mask of this kernel was not read, or it is not known which kernel it is. */
  | { readonly kind: 'unread' };

interface Span {
  readonly since: KernelVersion;
  readonly rule: Rule;
}

const INVARIANT: Rule = { kind: 'invariant' };
export const UNREAD: Rule = { kind: 'unread' };

/** Read: 6.1 has no writable ID register, 7.2 has those of semantics 7.1, and 7.1 is taken to answer as 7.2 does. */
function spansOf({ fields }: IdRegister): readonly Span[] {
  const writable = maskOf(fields.filter(({ fixed }) => fixed === undefined));
  return [
    { since: [0, 0], rule: INVARIANT },
    { since: [6, 2], rule: UNREAD },
    { since: [7, 1], rule: { kind: 'masked', writable } },
  ];
}

const named = (names: readonly string[]) => maskOf(CTR_EL0.fields.filter(({ name }) => names.includes(name)));

/** 6.8 has no setter for it; 6.12 lets four fields differ, 6.14 the I-cache policy too. */
const CTR_SPANS: readonly Span[] = [
  { since: [0, 0], rule: INVARIANT },
  { since: [6, 9], rule: UNREAD },
  { since: [6, 12], rule: { kind: 'masked', writable: named(['DIC', 'IDC', 'DminLine', 'IminLine']) } },
  { since: [6, 14], rule: { kind: 'masked', writable: named(['DIC', 'IDC', 'DminLine', 'IminLine', 'L1Ip']) } },
];

const known = new WeakMap<IdRegister, readonly Span[]>([[CTR_EL0, CTR_SPANS]]);

function spans(register: IdRegister): readonly Span[] {
  const found = known.get(register) ?? spansOf(register);
  known.set(register, found);
  return found;
}

/** What was probed outranks the release. */
export function ruleOf(register: IdRegister, target: HostFacts): Rule {
  const probed = target.fingerprint.kvm?.writableMasks?.get(register.name);
  if (probed !== undefined) return { kind: 'masked', writable: probed };
  const { release } = target;
  if (release === undefined) return UNREAD;
  return spans(register).findLast(({ since }) => compareKernels(release, since) >= 0)?.rule ?? UNREAD;
}

/** Fields that a 6.1 kernel lets a VMM set in ways that were not read: unknown there, and where the kernel is not known. */
export function mayBeEarly({ early }: Field, { kind }: Rule, { release }: HostFacts): boolean {
  return early && (kind === 'invariant' || (kind === 'unread' && release === undefined));
}
