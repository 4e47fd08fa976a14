import type { Asked } from '../check.js';
import { compareKernels, type KernelVersion } from '../kernel-release.js';
import type { Shown } from '../model/verdict.js';
import { bitsOf, type Field, isSafe, maskOf, numberOf, type Values, valuesOf } from './field.js';
import type { IdRegister } from './id-registers.js';
import { mayBeEarly, type Rule, ruleOf } from './rule.js';
import { shows, untold } from './vcpu-features.js';

const RELEASE = '/fingerprint/kernel/release';
export const GUEST = '/manifest/vcpu/idRegisters';
export const HOST = '/fingerprint/cpu/idRegisters';
export const MASKS = '/fingerprint/kvm/writableMasks';
/** What no document could tell, because the rulebook does not describe it. */
export const RULEBOOK = '/rulebook';
export const SANITISED = '/fingerprint/cpu/sanitisedIdRegisters';

/** A field in which KVM would not take the guest's value, or may not. */
export interface Difference {
  readonly field: string;
  readonly guest: number | bigint;
  readonly host: number | bigint;
  readonly direction: 'higher' | 'lower';
  /** Empty: refused for certain. Else what would tell. */
  readonly missing: readonly string[];
}

/** linux arch/arm64/kvm/sys_regs.c arm64_check_features(), for two values that are not equal. */
export function differencesOf(register: IdRegister, guest: bigint, host: bigint, asked: Asked): readonly Difference[] {
  const pair: Pair = { register, guest, host, rule: ruleOf(register, asked.target), asked };
  const found: Difference[] = [];
  const differing = guest ^ host;
  for (const field of register.fields) {
    if (field.apart || !hasBitsIn(differing, field.mask)) continue;
    const values = valuesOf(field, guest, host);
    const missing = objection(field, values, pair);
    if (missing !== undefined) found.push(differenceIn(field, values, missing));
  }
  return [...found, ...ofOtherBits(pair)];
}

/** Said to be of 64 bits, two bigints meet in one instruction. */
function hasBitsIn(register: bigint, mask: bigint): boolean {
  return BigInt.asUintN(64, register & mask) !== 0n;
}

function differenceIn(field: Field, { guest, host }: Values, missing: readonly string[]): Difference {
  const direction = numberOf(field, guest) > numberOf(field, host) ? 'higher' : 'lower';
  return { field: field.name, guest, host, direction, missing };
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

function objection(field: Field, values: Values, pair: Pair): Objection {
  const { register, rule, asked } = pair;
  const told = ofFeature(field, register, asked);
  if (told !== 'compare') return told;
  const exception = rule.kind === 'invariant' ? 'none' : ofException(field, pair);
  if (exception !== 'none') return exception;
  if (mayBeEarly(field, rule, asked.target)) return masksOf(register, asked);
  return underRule(field, values, pair);
}

/** linux arch/arm64/kvm/sys_regs.c set_id_aa64pfr0_el1(), set_id_aa64pfr1_el1(), set_id_aa64mmfr2_el1(): what older kernels gave. */
function ofException(field: Field, pair: Pair): Objection | 'none' {
  const { excepted } = field;
  if (excepted === undefined) return 'none';
  return excepted.kind === 'hidden'
    ? ofHidden(field, excepted.shownUntil, pair)
    : ofMteFrac(field, excepted.shownSince, pair);
}

/** The value of the hardware, which KVM shows no guest, is taken and dropped. */
function ofHidden(field: Field, shownUntil: KernelVersion | undefined, pair: Pair): Objection | 'none' {
  const { register, guest, host, asked } = pair;
  const { release, fingerprint } = asked.target;
  if (bitsOf(field, host) !== 0) return 'none';
  const own = fingerprint.cpu?.sanitisedIdRegisters?.get(register.name);
  if (own !== undefined) return bitsOf(field, guest) === bitsOf(field, own) ? undefined : 'none';
  const hides = shownUntil === undefined || release === undefined || compareKernels(release, shownUntil) > 0;
  return hides ? [`${SANITISED}/${register.name}`] : 'none';
}

const MTE_SHIFT = 8n;
const MTE2 = 2n;
const NO_ASYNC = 0xf;

/** MTE2 without asynchronous faults: once told apart, and before that given as zero. */
function ofMteFrac(field: Field, shownSince: KernelVersion, { guest, host, asked }: Pair): Objection | 'none' {
  const { release } = asked.target;
  if (bitsOf(field, guest) !== 0 || bitsOf(field, host) !== NO_ASYNC) return 'none';
  if (((host >> MTE_SHIFT) & 0xfn) !== MTE2) return 'none';
  if (release === undefined) return [RELEASE];
  return compareKernels(release, shownSince) >= 0 ? undefined : 'none';
}

function underRule(field: Field, values: Values, { register, rule, asked }: Pair): Objection {
  if (rule.kind === 'invariant') return REFUSED;
  const safe = isSafe(field, values);
  if (rule.kind === 'masked') return safe && !hasBitsIn(field.mask, ~rule.writable) ? undefined : REFUSED;
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

const listed = new WeakMap<IdRegister, bigint>();

/** The bits of all fields in the table. */
function listedBitsOf(register: IdRegister): bigint {
  const bits = listed.get(register) ?? maskOf(register.fields);
  listed.set(register, bits);
  return bits;
}

/** Bits of no field that the table knows. */
function ofOtherBits(pair: Pair): readonly Difference[] {
  const { register, guest, host, rule } = pair;
  const differing = (guest ^ host) & ~listedBitsOf(register);
  if (differing === 0n) return [];
  const certain = rule.kind === 'invariant' || (rule.kind === 'masked' && (differing & ~rule.writable) !== 0n);
  const missing = certain ? REFUSED : untoldBits(pair);
  const direction = (guest & differing) > (host & differing) ? 'higher' : 'lower';
  return [
    { field: `0x${differing.toString(16)}`, guest: guest & differing, host: host & differing, direction, missing },
  ];
}

/** Inside a mask that was probed they may differ where that is safe, and only a table would tell where. */
function untoldBits({ register, rule, asked }: Pair): readonly string[] {
  return rule.kind === 'masked' ? [`${RULEBOOK}/${register.name}`] : masksOf(register, asked);
}

function masksOf({ name }: IdRegister, { target }: Asked): readonly string[] {
  const masks = `${MASKS}/${name}`;
  return target.release === undefined ? [masks, RELEASE] : [masks];
}

export function shown({ field, guest, host, direction }: Difference): Shown {
  return { field, guest: Number(guest), host: Number(host), direction };
}
