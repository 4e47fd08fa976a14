import type { Fingerprint } from '@berth/engine';
import type { FleetFacts, KnownTarget, KnownVm } from './fleet-facts.js';

/** From so many targets on a VM has enough: one may go. */
const ENOUGH = 2;

/** A VM that a change left with one target, or none. */
export interface FewTargets {
  readonly vm: string;
  /** Those that are left. */
  readonly targets: readonly string[];
}

/** What a change made of a host, as a target and as a source. */
export interface HostTurn {
  readonly name: string;
  /** As a target before; undefined where it was none for anybody. */
  readonly before: KnownTarget | undefined;
  /** As a target now; undefined when it is gone. */
  readonly now: KnownTarget | undefined;
  /** As a source before, where it was another then. */
  readonly sourceBefore: { readonly facts: Fingerprint | undefined } | undefined;
}

/** Undefined unless the turn of the host took targets from the VM, and left it with few. */
export function fewAfterHost(facts: FleetFacts, known: KnownVm, turn: HostTurn): Promise<FewTargets | undefined> {
  return known.vm.host === turn.name ? fewOnHost(facts, known, turn) : fewElsewhere(facts, known, turn);
}

async function fewElsewhere(facts: FleetFacts, known: KnownVm, turn: HostTurn): Promise<FewTargets | undefined> {
  if (turn.before === undefined || !(await isTarget(facts, known, turn.before))) return undefined;
  if (turn.now !== undefined && (await isTarget(facts, known, turn.now))) return undefined;
  return few(known, await facts.targetsOf(known, ENOUGH));
}

/** It is the source whose facts changed: each other host may answer otherwise now. */
async function fewOnHost(facts: FleetFacts, known: KnownVm, turn: HostTurn): Promise<FewTargets | undefined> {
  if (turn.sourceBefore === undefined) return undefined;
  return fewerThan(facts, known, { ...known, source: turn.sourceBefore.facts });
}

/** Undefined unless it has few now and had more `before`. */
export async function fewerThan(facts: FleetFacts, known: KnownVm, before: KnownVm): Promise<FewTargets | undefined> {
  const targets = await facts.targetsOf(known, ENOUGH);
  if (targets.length >= ENOUGH) return undefined;
  const had = await facts.targetsOf(before, targets.length + 1);
  return had.length > targets.length ? few(known, targets) : undefined;
}

async function isTarget(facts: FleetFacts, known: KnownVm, target: KnownTarget): Promise<boolean> {
  return (await facts.decide(known, target)).outcome === 'compatible';
}

const few = ({ vm }: KnownVm, targets: readonly string[]): FewTargets | undefined =>
  targets.length < ENOUGH ? { vm: vm.name, targets } : undefined;
