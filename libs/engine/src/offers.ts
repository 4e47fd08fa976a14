import { capabilityValue } from './capabilities.js';
import type { HostFacts } from './facts.js';

/** Does the host offer a capability that answers alike on both fds? `undefined`: not asked, or the ioctl failed. */
export function offers({ fingerprint }: HostFacts, capability: string): boolean | undefined {
  const value = capabilityValue(fingerprint, capability);
  return typeof value === 'number' ? value > 0 : undefined;
}
