import type { OpenMigration } from './migration.js';

/**
 * Every host on which the VM may be running by what is known. Until the migration was started that is where it is; from then on it
 * is both sides, less the one that says of itself that it does not run the VM: a target that failed, a source that handed it over.
 * Empty when both say so: then nobody may run it before one of them has spoken again.
 */
export function mayRunOn(host: string | undefined, open: OpenMigration | undefined): readonly string[] {
  if (open === undefined || open.state === 'admitted' || open.state === 'verified')
    return host === undefined ? [] : [host];
  const { source, target, said } = open;
  return [...(said.source === 'landed' ? [] : [source]), ...(said.target === 'failed' ? [] : [target])];
}
