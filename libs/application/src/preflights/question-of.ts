import type { Catalogue, Fingerprint, Manifest, Phase, Policy, Question, Registered } from '@berth/engine';

/** What is known of a registered VM and a registered target. */
export interface Known {
  readonly needs: Manifest;
  /** Where the VM runs. */
  readonly vmHost: string | undefined;
  readonly target: Fingerprint;
  readonly source: Fingerprint | undefined;
  readonly registered: Registered;
  readonly policy: Policy | undefined;
  readonly phases: readonly Phase[] | undefined;
  /** What is known of drivers; the built-in rows where nothing was added to them. */
  readonly catalogue: Catalogue | undefined;
}

/** The one way in which a VM and a target become a question, from whichever door it is asked. */
export function questionOf({ needs, vmHost, ...rest }: Known): Question {
  // Where the VM runs is what Berth knows, not what the document said when it was written.
  return { manifest: { ...needs, host: vmHost }, ...rest };
}
