import type { HostFacts } from './facts.js';
import type { CacheMaintenance, Stage2Type } from './model/memory.js';
import type { GenerationId } from './model/verdict.js';
import { missingFlags, missingMapMemory, missingType, type Vma } from './vma.js';
import type { Rule, Stage2Answer, World } from './world.js';

export type { Stage2Answer } from './world.js';

/** What a rule says in every world that the unknown facts leave open. */
export interface Told<T> {
  /** `undefined` when it depends on what is not known. */
  readonly answer: T | undefined;
  readonly missing: readonly string[];
}

export type Stage2 = Told<Stage2Answer>;

const uncached: Rule = (world) => (world.allowAnyUncached ? 'normal-nc' : 'device-nGnRE');

const cacheableSince617: Rule = (world) => {
  if (world.mapMemory || !world.special) return 'normal-wb';
  if (world.cacheable) return world.cacheablePfnmap ? 'normal-wb' : 'refused';
  return uncached(world);
};

/** Semantics 3.2.1, one row a generation. linux arch/arm64/kvm/mmu.c user_mem_abort(). */
const RULES: Readonly<Record<GenerationId, Rule>> = {
  'device-only': (world) => (world.mapMemory ? 'normal-wb' : 'device-nGnRE'),
  'normal-nc': (world) => (world.mapMemory ? 'normal-wb' : uncached(world)),
  'cacheable-pfnmap': cacheableSince617,
  'guest-memfd': cacheableSince617,
  'protected-guest': cacheableSince617,
};

const NOTHING: readonly string[] = [];

/** What every rule says of map memory, whatever else is known of the page; proposals do not speak of it. */
const WRITE_BACK: Stage2 = { answer: 'normal-wb', missing: NOTHING };

const YES: Told<boolean> = { answer: true, missing: NOTHING };
const NO: Told<boolean> = { answer: false, missing: NOTHING };

type Facts = { readonly [K in keyof World]: boolean | undefined };

/** The stage-2 type of an ordinary slot's page. */
export function stage2Of(vma: Vma, target: HostFacts, generation: GenerationId): Stage2 {
  if (vma.mapMemory === true) return WRITE_BACK;
  return inEveryWorld(ruleOf(target, generation), vma, target);
}

/** Is the stage-2 type such a one? Known also where the type is not, if all that it could be agree. */
export function stage2Is(
  vma: Vma,
  target: HostFacts,
  generation: GenerationId,
  condition: (type: Stage2Answer) => boolean,
): Told<boolean> {
  const { answer } = stage2Of(vma, target, generation);
  if (answer !== undefined) return condition(answer) ? YES : NO;
  const rule = ruleOf(target, generation);
  return inEveryWorld((world) => condition(rule(world)), vma, target);
}

export const isRefused = (type: Stage2Answer): boolean => type === 'refused';
export const isWriteBack = (type: Stage2Answer): boolean => type === 'normal-wb';
export const isUncached = (type: Stage2Answer): boolean => type === 'normal-nc' || type === 'device-nGnRE';

/** A proposal speaks of pages outside map memory, and leaves to the generation what it does not speak of. */
function ruleOf(target: HostFacts, generation: GenerationId): Rule {
  const own = RULES[generation];
  const overlay = target.patch?.stage2;
  if (overlay === undefined) return own;
  return (world) => (world.mapMemory ? undefined : overlay(world)) ?? own(world);
}

/** Asks a rule in every world that the unknown facts leave open. */
export function inEveryWorld<T>(rule: Rule<T>, vma: Vma, target: HostFacts): Told<T> {
  const facts: Facts = {
    mapMemory: vma.mapMemory,
    special: either(vma.pfnmap, vma.mixedmap),
    cacheable: vma.cacheable,
    allowAnyUncached: vma.allowAnyUncached,
    cacheablePfnmap: hardwareSuffices(target),
  };
  if (isWorld(facts)) return { answer: rule(facts), missing: NOTHING };
  const answers = new Set(worldsOf(facts).map(rule));
  const [only] = answers;
  if (answers.size === 1) return { answer: only, missing: NOTHING };
  return { answer: undefined, missing: missingOf(facts, rule, vma, target) };
}

/** For cacheable memory that KVM has no linear-map address for. */
function hardwareSuffices(target: HostFacts): boolean | undefined {
  return target.patch?.fwbSuffices === true ? target.fwb : target.cacheablePfnmap;
}

/** Written out: nearly every page is of a known world, and each is asked about several times. */
function isWorld(facts: Facts): facts is World {
  const { mapMemory, special, cacheable, allowAnyUncached, cacheablePfnmap } = facts;
  if (mapMemory === undefined || special === undefined || cacheable === undefined) return false;
  return allowAnyUncached !== undefined && cacheablePfnmap !== undefined;
}

function either(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}

const KEYS = ['mapMemory', 'special', 'cacheable', 'allowAnyUncached', 'cacheablePfnmap'] as const;

function worldsOf(facts: Facts): readonly World[] {
  let worlds: readonly Partial<World>[] = [{}];
  for (const key of KEYS) {
    const value = facts[key];
    const values = value === undefined ? [true, false] : [value];
    worlds = worlds.flatMap((world) => values.map((chosen) => ({ ...world, [key]: chosen })));
  }
  return worlds as readonly World[];
}

/** Only the unknown facts that would change the answer are asked for. */
function missingOf<T>(facts: Facts, rule: Rule<T>, vma: Vma, target: HostFacts): readonly string[] {
  const pointers: Readonly<Record<keyof World, readonly (string | undefined)[]>> = {
    mapMemory: [missingMapMemory(vma)],
    special: [missingFlags(vma, vma.pfnmap)],
    cacheable: [missingType(vma)],
    allowAnyUncached: [missingFlags(vma, vma.allowAnyUncached)],
    cacheablePfnmap: missingCacheablePfnmap(target),
  };
  const matters = (key: keyof World) =>
    worldsOf({ ...facts, [key]: true }).some((world) => rule(world) !== rule({ ...world, [key]: false }));
  const missing = KEYS.filter((key) => facts[key] === undefined && matters(key)).flatMap((key) => pointers[key]);
  return [...new Set(missing.filter((pointer) => pointer !== undefined))];
}

/** What would tell whether a host can map cacheable PFNMAP memory. */
export function missingCacheablePfnmap(target: HostFacts): readonly string[] {
  if (hardwareSuffices(target) !== undefined) return [];
  return [
    ...(target.fwb === undefined ? ['/fingerprint/cpu/fwb'] : []),
    ...(target.dic === undefined && target.patch?.fwbSuffices !== true ? ['/fingerprint/cpu/dic'] : []),
    '/fingerprint/kvm/capabilities/KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED',
  ];
}

/** What keeps such a page coherent: linux arch/arm64/kvm/mmu.c, __clean_dcache_guest_page() (semantics 3.5). */
export function cacheMaintenanceOf(type: Stage2Type, target: HostFacts): CacheMaintenance | null {
  if (type !== 'normal-wb') return 'none';
  if (target.fwb === undefined) return null;
  return target.fwb ? 'fwb' : 'by-va';
}
