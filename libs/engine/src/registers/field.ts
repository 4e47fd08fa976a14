/** Which of two values a guest may have been told: the smaller, the larger, or one value of its own when they differ. */
export type Safe = 'lower' | 'higher' | 'exact';

/** What a vCPU has only when the VMM asks for it, so that the registers of one made without it do not show it. */
export type VcpuFeature = 'sve' | 'mte' | 'ptrauth' | 'pmu';

export interface Field {
  readonly name: string;
  readonly shift: bigint;
  readonly width: bigint;
  /** Where it stands in the register. */
  readonly mask: bigint;
  readonly signed: boolean;
  readonly safe: Safe;
  /** The value that is safe beside any other, for `exact`. */
  readonly safeValue: bigint;
  /** Not writable: `always` in every kernel that was read, `now` in those that the table is of. */
  readonly fixed: 'always' | 'now' | undefined;
  /**
   * Not writable, and yet KVM takes what older kernels gave: where the host hides the field, the value of its own hardware,
   * which no document tells; `untold`: under conditions that were not read in full.
   */
  readonly excepted: 'hidden' | 'untold' | undefined;
  /** Writable before any other field was. */
  readonly early: boolean;
  readonly feature: VcpuFeature | undefined;
  /** A check of its own speaks of it. */
  readonly apart: boolean;
}

type Given = Partial<Omit<Field, 'name' | 'shift' | 'width' | 'mask'>> & { readonly width?: number };

/** Four bits, unsigned, lower is safe: what most fields are. */
export function field(name: string, shift: number, { width = 4, ...given }: Given = {}): Field {
  return {
    name,
    shift: BigInt(shift),
    width: BigInt(width),
    mask: ((1n << BigInt(width)) - 1n) << BigInt(shift),
    signed: false,
    safe: 'lower',
    safeValue: 0n,
    fixed: undefined,
    excepted: undefined,
    early: false,
    feature: undefined,
    apart: false,
    ...given,
  };
}

/** As it stands in the register, whatever its sign. */
export function bitsOf({ mask, shift }: Field, register: bigint): bigint {
  return (register & mask) >> shift;
}

/** May a guest that was told `guest` run where KVM would tell it `host`? linux arch/arm64/kernel/cpufeature.c arm64_ftr_safe_value(). */
export function isSafe(of: Field, guest: bigint, host: bigint): boolean {
  const told = numberOf(of, guest);
  const offered = numberOf(of, host);
  if (told === offered) return true;
  if (of.safe === 'exact') return told === of.safeValue;
  return of.safe === 'lower' ? told < offered : told > offered;
}

/** The field's number, which may be negative. */
export function numberOf(of: Field, register: bigint): bigint {
  const bits = bitsOf(of, register);
  return of.signed && bits >> (of.width - 1n) === 1n ? bits - (1n << of.width) : bits;
}

/** Every bit of these fields. */
export function maskOf(fields: readonly Field[]): bigint {
  return fields.reduce((mask, { mask: bits }) => mask | bits, 0n);
}
