/** A driver as the catalogue spells it: the kernel takes `-` and `_` in the name of a module for the same. */
export function driverName(name: string): string {
  return name.replaceAll('-', '_');
}
