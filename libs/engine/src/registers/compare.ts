import type { Asked } from '../check.js';
import type { Shown } from '../model/verdict.js';
import { bitsOf, type Field, isSafe, maskOf, numberOf } from './field.js';
import type { IdRegister } from './id-registers.js';
import { mayBeEarly, type Rule, ruleOf } from './rule.js';
import { shows, untold } from './vcpu-features.js';

export const GUEST = '/manifest/vcpu/idRegisters';
export const HOST = '/fingerprint/cpu/idRegisters';
export const MASKS = '/fingerprint/kvm/writableMasks';

/** A field in which KVM would not take the guest's value, or may not. */
export interface Difference {
  readonly field: string;
  readonly guest: bigint;
  readonly host: bigint;
  readonly direction: 'higher' | 'lower';
  /** Empty: refused for certain. Else what would tell. */
  readonly missing: readonly string[];
}

/** linux arch/arm64/kvm/sys_regs.c arm64_check_features(), for two values that are not equal. */
export function differencesOf(register: IdRegister, guest: bigint, host: bigint, asked: Asked): readonly Difference[] {
  const pair: Pair = { register, guest, host, rule: ruleOf(register, asked.target), asked };
  const found: Difference[] = [];
  for (const field of register.fields) {
    if (field.apart || ((guest ^ host) & field.mask) === 0n) continue;
    const missing = objection(field, pair);
    if (missing !== undefined) found.push(differenceIn(field, guest, host, missing));
  }
  return [...found, ...ofOtherBits(pair)];
}

function differenceIn(field: Field, guest: bigint, host: bigint, missing: readonly string[]): Difference {
  const direction = numberOf(field, guest) > numberOf(field, host) ? 'higher' : 'lower';
  return { field: field.name, guest: bitsOf(field, guest), host: bitsOf(field, host), direction, missing };
}

const REFUSED: readonly string[] = [];

/** `undefined`: taken. Empty: refused. Else what would tell. */
type Objection = readonly string[] | undefined;

/** The two values of one register, and how the target's kernel goes about them. */
interface Pair {
  readonly register: IdRegister;
  readonly guest: bigint;
  readonly host: bigint;
  readonly rule: Rule;
  readonly asked: Asked;
}

function objection(field: Field, pair: Pair): Objection {
  const { register, host, rule, asked } = pair;
  const told = ofFeature(field, register, asked);
  if (told !== 'compare') return told;
  if (rule.kind !== 'invariant' && isExcepted(field, host)) return [`${HOST}/${register.name}`];
  if (mayBeEarly(field, rule, asked.target)) return masksOf(register, asked);
  return underRule(field, pair);
}

function isExcepted(field: Field, host: bigint): boolean {
  return field.excepted === 'untold' || (field.excepted === 'hidden' && bitsOf(field, host) === 0n);
}

function underRule(field: Field, { register, guest, host, rule, asked }: Pair): Objection {
  if (rule.kind === 'invariant') return REFUSED;
  const safe = isSafe(field, guest, host);
  if (rule.kind === 'masked') return safe && (field.mask & rule.writable) === field.mask ? undefined : REFUSED;
  // Whether writable or not, a value that is not safe is not taken.
  return safe && field.fixed !== 'always' ? masksOf(register, asked) : REFUSED;
}

/**
 * The target's vCPU is made with the features that the guest has, and the registers in its fingerprint may be those of one
 * made without: then they do not tell. SVE has one value, so that its capability tells all.
 */
function ofFeature({ feature }: Field, { name }: IdRegister, asked: Asked): Objection | 'compare' {
  if (feature === undefined) return 'compare';
  const registers = asked.manifest.vcpu?.idRegisters;
  const guest = shows(feature, registers);
  if (guest === undefined) return untold(feature, registers, GUEST);
  if (!guest) return undefined;
  const host = shows(feature, asked.target.idRegisters);
  if (host === undefined) return untold(feature, asked.target.idRegisters, HOST);
  if (host) return 'compare';
  return feature === 'sve' ? undefined : [`${HOST}/${name}`];
}

/** Bits of no field that the table knows. */
function ofOtherBits({ register, guest, host, rule, asked }: Pair): readonly Difference[] {
  const differing = (guest ^ host) & ~maskOf(register.fields);
  if (differing === 0n) return [];
  const certain = rule.kind === 'invariant' || (rule.kind === 'masked' && (differing & ~rule.writable) !== 0n);
  const missing = certain ? REFUSED : masksOf(register, asked);
  const direction = (guest & differing) > (host & differing) ? 'higher' : 'lower';
  return [
    { field: `0x${differing.toString(16)}`, guest: guest & differing, host: host & differing, direction, missing },
  ];
}

function masksOf({ name }: IdRegister, { target }: Asked): readonly string[] {
  const masks = `${MASKS}/${name}`;
  return target.release === undefined ? [masks, '/fingerprint/kernel/release'] : [masks];
}

export function shown({ field, guest, host, direction }: Difference): Shown {
  return { field, guest: Number(guest), host: Number(host), direction };
}
