import type { KernelVersion } from '../kernel-release.js';

/** Which of two values a guest may have been told: the smaller, the larger, or one value of its own when they differ. */
export type Safe = 'lower' | 'higher' | 'exact';

/** What a vCPU has only when the VMM asks for it, so that the registers of one made without it do not show it. */
export type VcpuFeature = 'sve' | 'mte' | 'ptrauth' | 'pmu';

export interface Field {
  readonly name: string;
  readonly shift: bigint;
  /** In bits. */
  readonly width: number;
  /** Where it stands in the register. */
  readonly mask: bigint;
  readonly signed: boolean;
  readonly safe: Safe;
  /** The value that is safe beside any other, for `exact`. */
  readonly safeValue: number;
  /** Not writable: `always` in every kernel that was read, `now` in those that the table is of. */
  readonly fixed: 'always' | 'now' | undefined;
  /** Not writable, and yet KVM takes what older kernels gave. */
  readonly excepted: Exception | undefined;
  /** Writable before any other field was. */
  readonly early: boolean;
  readonly feature: VcpuFeature | undefined;
  /** A check of its own speaks of it. */
  readonly apart: boolean;
}

/**
 * `hidden`: where KVM hides the field, it takes the value of the hardware and drops it; kernels up to `shownUntil` hide nothing.
 * `mte-frac`: KVM hid the field before it showed it, and takes the zero that it gave then.
 */
export type Exception =
  | { readonly kind: 'hidden'; readonly shownUntil: KernelVersion | undefined }
  | { readonly kind: 'mte-frac'; readonly shownSince: KernelVersion };

type Given = Partial<Omit<Field, 'name' | 'shift' | 'mask'>>;

/** Four bits, unsigned, lower is safe: what most fields are. */
export function field(name: string, shift: number, { width = 4, ...given }: Given = {}): Field {
  return {
    name,
    shift: BigInt(shift),
    width,
    mask: ((1n << BigInt(width)) - 1n) << BigInt(shift),
    signed: false,
    safe: 'lower',
    safeValue: 0,
    fixed: undefined,
    excepted: undefined,
    early: false,
    feature: undefined,
    apart: false,
    ...given,
  };
}

/** As it stands in the register, whatever its sign. */
export function bitsOf({ mask, shift }: Field, register: bigint): number {
  return Number((register & mask) >> shift);
}

/** What a guest was told of a field, and what KVM would tell it on the target: the bits of both. */
export interface Values {
  readonly guest: number;
  readonly host: number;
}

export function valuesOf(of: Field, guest: bigint, host: bigint): Values {
  return { guest: bitsOf(of, guest), host: bitsOf(of, host) };
}

/** May the guest run there? linux arch/arm64/kernel/cpufeature.c arm64_ftr_safe_value(). */
export function isSafe(of: Field, { guest, host }: Values): boolean {
  const told = numberOf(of, guest);
  const offered = numberOf(of, host);
  if (of.safe === 'exact') return told === offered || told === of.safeValue;
  return of.safe === 'lower' ? told <= offered : told >= offered;
}

/** The number that a field's bits stand for, which may be negative. */
export function numberOf({ signed, width }: Field, bits: number): number {
  return signed && bits >= 2 ** (width - 1) ? bits - 2 ** width : bits;
}

/** Every bit of these fields. */
export function maskOf(fields: readonly Field[]): bigint {
  return fields.reduce((mask, { mask: bits }) => mask | bits, 0n);
}
