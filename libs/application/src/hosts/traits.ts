import { type Fingerprint, factsOf, GENERATIONS, type GenerationId } from '@berth/engine';

/** The inventory's filters. `requires` asks for one token of each group; unknown matches neither filter. */
export interface TraitFilter {
  readonly requires?: readonly (readonly string[])[] | undefined;
  readonly forbids?: readonly string[] | undefined;
}

type Trait = (fingerprint: Fingerprint) => boolean | undefined;

const MTE_SHIFT = 8n;
const MTE_ASYMMETRIC = 3n;

/** Is the kernel of this generation or a later one? Known only where all that it could be agree. */
function reaches(fingerprint: Fingerprint, id: GenerationId): boolean | undefined {
  const order: readonly GenerationId[] = GENERATIONS.map((generation) => generation.id);
  const { candidates } = factsOf(fingerprint);
  const answers = new Set(candidates.map((candidate) => order.indexOf(candidate) >= order.indexOf(id)));
  return answers.size === 1 ? answers.has(true) : undefined;
}

function all(...parts: readonly (boolean | undefined)[]): boolean | undefined {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

function mte3(fingerprint: Fingerprint): boolean | undefined {
  const pfr1 = fingerprint.cpu?.idRegisters?.get('ID_AA64PFR1_EL1');
  return pfr1 === undefined ? undefined : ((pfr1 >> MTE_SHIFT) & 0xfn) >= MTE_ASYMMETRIC;
}

function sve(fingerprint: Fingerprint): boolean | undefined {
  const capability = fingerprint.kvm?.capabilities?.get('KVM_CAP_ARM_SVE');
  const value = capability?.vm ?? capability?.system;
  return typeof value === 'number' ? value > 0 : undefined;
}

const listed = (list: readonly string[] | undefined, item: string): boolean | undefined => list?.includes(item);

const BY_TOKEN: ReadonlyMap<string, Trait> = new Map<string, Trait>([
  ['fwb', (fingerprint) => factsOf(fingerprint).fwb],
  ['dic', (fingerprint) => factsOf(fingerprint).dic],
  ['idc', (fingerprint) => fingerprint.cpu?.idc],
  ['normal-nc', (fingerprint) => reaches(fingerprint, 'normal-nc')],
  [
    'cacheable-pfnmap',
    (fingerprint) => all(reaches(fingerprint, 'cacheable-pfnmap'), factsOf(fingerprint).cacheablePfnmap),
  ],
  ['guest-memfd', (fingerprint) => reaches(fingerprint, 'guest-memfd')],
  ['protected-guest', (fingerprint) => reaches(fingerprint, 'protected-guest')],
  ['pkvm', ({ kvm }) => (kvm?.mode === undefined ? undefined : kvm.mode === 'protected')],
  ['mte', (fingerprint) => factsOf(fingerprint).mte],
  ['mte3', (fingerprint) => all(factsOf(fingerprint).mte, mte3(fingerprint))],
  ['sve', sve],
  ['rme', ({ cpu }) => cpu?.rme],
  ['cca', ({ cpu, cca }) => all(cpu?.rme, cca?.rmm === undefined ? undefined : true)],
  ['gicv2', ({ kvm }) => listed(kvm?.gic, 'v2')],
  ['gicv3', ({ kvm }) => listed(kvm?.gic, 'v3')],
]);

const REALM_HARDWARE = ['cpu', 'rme'];

/** What a trait goes by that no check reads, as paths into the fingerprint: the class of a host settles all other traits. */
export const FACTS_BESIDE_CLASSES: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  ['rme', [REALM_HARDWARE]],
  ['cca', [REALM_HARDWARE]],
]);

/** What `requires` and `forbids` can ask for. */
export const TRAITS: readonly string[] = [...BY_TOKEN.keys()];

/** True, false, or unknown: nothing is known of a token that does not exist. */
export const traitOf = (fingerprint: Fingerprint, token: string): boolean | undefined =>
  BY_TOKEN.get(token)?.(fingerprint);

export function hasTraits(fingerprint: Fingerprint | undefined, filter: TraitFilter): boolean {
  if (fingerprint === undefined) return false;
  const required = (filter.requires ?? []).every((anyOf) =>
    anyOf.some((token) => traitOf(fingerprint, token) === true),
  );
  return required && (filter.forbids ?? []).every((token) => traitOf(fingerprint, token) === false);
}
