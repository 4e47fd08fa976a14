import { type Catalogue, mappingRow } from '../catalogue/catalogue.js';
import { type Traits, traitsOf } from '../catalogue/traits.js';
import type { Manifest, Mapping, VmDevice } from '../model/manifest.js';

/** A piece of a device's memory as the VM has it now. */
export interface OwnMapping {
  readonly region: number | undefined;
  readonly traits: Traits;
  readonly at: string;
}

export interface OwnMappings {
  readonly mappings: readonly OwnMapping[];
  /** Pointers of lists that are not told, and that could hold more of it. */
  readonly untold: readonly string[];
}

/** Everything that the VM maps of one of its devices, when it is registered and when the guest runs. */
export function ownMappingsOf(catalogue: Catalogue, device: VmDevice, { memslots }: Manifest): OwnMappings {
  if (memslots === undefined) return { mappings: [], untold: ['/manifest/memslots'] };
  const found: { mappings: OwnMapping[]; untold: string[] } = { mappings: [], untold: [] };
  for (const [index, { mappings, mappingsAtFault = [] }] of memslots.entries()) {
    const slot = `/manifest/memslots/${index}`;
    if (mappings === undefined) found.untold.push(`${slot}/mappings`);
    else addOwn(catalogue, found.mappings, mappings, `${slot}/mappings`, device);
    addOwn(catalogue, found.mappings, mappingsAtFault, `${slot}/mappingsAtFault`, device);
  }
  return found;
}

function addOwn(
  catalogue: Catalogue,
  found: OwnMapping[],
  listed: readonly Mapping[],
  under: string,
  { name, driver }: VmDevice,
): void {
  for (const [index, mapping] of listed.entries()) {
    if (mapping.device !== name) continue;
    const at = `${under}/${index}`;
    const row = mappingRow(catalogue, driver, mapping.region);
    found.push({ region: mapping.region, traits: traitsOf(mapping, row, at), at });
  }
}
