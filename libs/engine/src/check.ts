import type { Device } from './devices/device.js';
import type { HostFacts } from './facts.js';
import type { Errno } from './model/errno.js';
import type { Manifest } from './model/manifest.js';
import type { Access } from './model/memory.js';
import type { Registered } from './model/question.js';
import type { Reason } from './model/reason.js';
import type { Failure, GenerationId, Phase, Shown, Side, SourceOutcome } from './model/verdict.js';
import type { Slot } from './slot.js';
import type { Vma } from './vma.js';

/** One question as the checks see it: asked under one kernel generation. */
export interface Asked {
  readonly manifest: Manifest;
  readonly target: HostFacts;
  readonly source: HostFacts | undefined;
  readonly registered: Registered | undefined;
  readonly generation: GenerationId | null;
  /** Are all phases asked? */
  readonly complete: boolean;
  readonly slots: readonly Slot[] | undefined;
  /** The devices that the VM owns; `undefined`: not told. */
  readonly devices: readonly Device[] | undefined;
}

export type Facts = { readonly [fact: string]: Shown };

export interface Pass {
  readonly kind: 'pass';
}

export interface Reject {
  readonly kind: 'reject';
  readonly actual: Facts;
  readonly message: string;
}

export interface Unknown {
  readonly kind: 'unknown';
  readonly missing: readonly string[];
  readonly actual: Facts;
}

export type Answer = Pass | Reject | Unknown;

/** The one answer of every check that passes: nothing is made anew for it. */
export const pass: Pass = Object.freeze({ kind: 'pass' });

export function reject(actual: Facts, message: string): Reject {
  return { kind: 'reject', actual, message };
}

/** `missing` are JSON pointers into the question; those given as `undefined` are known and left out. */
export function unknown(missing: readonly (string | undefined)[], actual: Facts = {}): Unknown {
  return { kind: 'unknown', missing: missing.filter((pointer) => pointer !== undefined), actual };
}

/** The pointer of a fact that is not known, and nothing for one that is. */
export function absent(value: unknown, pointer: string): string | undefined {
  return value === undefined ? pointer : undefined;
}

/** What every check declares, beside the one question it asks. */
export interface CheckCard {
  readonly id: string;
  readonly phase: Phase;
  readonly reason: Reason;
  /** What the VMM would see; `null` where nothing fails with an errno. */
  readonly errno: Errno | null;
  readonly failure: Failure;
  /** Who objects; the target unless said otherwise. */
  readonly side?: Side;
  /** A `warn` never changes the outcome. */
  readonly severity: 'reject' | 'warn';
  readonly sourceOutcome: SourceOutcome;
  readonly generations: readonly GenerationId[];
  /** The rule in one sentence, and what it asks for in a few words. */
  readonly statement: string;
  readonly expected: string;
  readonly remedy: string;
  readonly cite: string;
  /** The facts it reads, as patterns of JSON pointers into the question. */
  readonly reads: readonly string[];
}

/** Asked once a question. */
export interface HostCheck extends CheckCard {
  readonly scope: 'vm';
  readonly test: (asked: Asked) => Answer;
}

/** Asked of each device that the VM owns. */
export interface DeviceCheck extends CheckCard {
  readonly scope: 'device';
  readonly test: (device: Device, asked: Asked) => Answer;
}

/** Asked of each slot. */
export interface SlotCheck extends CheckCard {
  readonly scope: 'slot';
  readonly test: (slot: Slot, asked: Asked) => Answer;
}

/** Asked of each VMA that stands under a slot when it is registered. */
export interface MappingCheck extends CheckCard {
  readonly scope: 'mapping';
  readonly test: (vma: Vma, slot: Slot, asked: Asked) => Answer;
}

/** Asked of each kind of access to each VMA that stands under a slot when the guest runs. */
export interface FaultCheck extends CheckCard {
  readonly scope: 'access';
  /** Which way the fault is handled: user_mem_abort() or, for protected VMs, pkvm_mem_abort(). */
  readonly path: 'ordinary' | 'protected';
  readonly test: (vma: Vma, access: Access, slot: Slot, asked: Asked) => Answer;
}

export type Check = HostCheck | DeviceCheck | SlotCheck | MappingCheck | FaultCheck;
