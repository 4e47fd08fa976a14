import { type Answer, type Asked, type Facts, reject, unknown } from '../check.js';

/**
 * What QEMU blocks and the kernel does not. Only QEMU's blockers were read, so of another VMM there is no saying whether it would
 * go on, nor what would become of the guest if it did.
 */
export function blockedByQemu({ manifest }: Asked, actual: Facts, message: string): Answer {
  const name = manifest.vmm?.name;
  if (name === undefined) return unknown(['/manifest/vmm/name'], actual);
  if (!name.toLowerCase().startsWith('qemu')) return unknown(['/rulebook/vmm'], { ...actual, vmm: name });
  return reject({ ...actual, vmm: name }, message);
}
