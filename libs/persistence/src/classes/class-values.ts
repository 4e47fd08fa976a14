import { classOfHost, classOfVm, SCHEME } from '@berth/application';
import { printFingerprint, printManifest } from '@berth/contract';
import type { Fingerprint, Manifest } from '@berth/engine';

/** Stores a class where it is new. Its values, as `hostClassValues` and `vmClassValues` give them, stand from parameter `first` on. */
export const internClass = (table: 'host_class' | 'vm_class', first: number): string =>
  `INSERT INTO ${table} (fleet, digest, scheme, facts) VALUES ($1, $${first}, $${first + 1}, $${first + 2}) ON CONFLICT DO NOTHING`;

/** Digest, scheme and facts. */
export function hostClassValues(fingerprint: Fingerprint): readonly [string, string, string] {
  const { digest, facts } = classOfHost(fingerprint);
  return [digest, SCHEME, JSON.stringify(printFingerprint(facts))];
}

/** Digest, scheme and facts. */
export function vmClassValues(needs: Manifest): readonly [string, string, string] {
  const { digest, facts } = classOfVm(needs);
  return [digest, SCHEME, JSON.stringify(printManifest(facts))];
}
