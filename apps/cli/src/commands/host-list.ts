import type { HostRead } from '../api-types.js';
import { type ListOptions, sayList } from '../listing.js';
import { PATHS } from '../paths.js';
import { readLabels } from '../question-options.js';
import type { Session } from '../session.js';
import { agoWords } from '../views/age.js';
import { labelWords } from '../views/labels.js';

export interface HostListOptions extends ListOptions {
  readonly label?: string;
  readonly state?: string;
  readonly freshness?: string;
  readonly requires?: string;
  readonly forbids?: string;
}

/** `rack=r1` for people, `rack:r1` on the wire. */
export function labelQuery(text: string | undefined): string[] {
  if (text === undefined) return [];
  return Object.entries(readLabels(text, '--label')).map(([key, value]) => `${key}:${value}`);
}

export function hostList(session: Session, options: HostListOptions): Promise<number> {
  const { state, freshness, requires, forbids } = options;
  const now = Date.now();
  return sayList<HostRead>(
    session,
    {
      path: PATHS.hosts,
      query: { state, freshness, requires, forbids, label: labelQuery(options.label) },
      columns: [
        { head: 'HOST' },
        { head: 'REV' },
        { head: 'STATE' },
        { head: 'FRESHNESS' },
        { head: 'RECEIVED' },
        { head: 'LABELS', gives: true },
      ],
      cells: (host) => [
        host.host,
        `${host.revision}`,
        host.state,
        host.freshness,
        session.style.laidOut ? agoWords(host.receivedAt, now) : (host.receivedAt ?? ''),
        labelWords(host.labels),
      ],
      name: (host) => host.host,
      empty: 'no hosts: register one with `berth host put NAME -f fingerprint.json`, or load some with `berth demo`',
    },
    options,
  );
}
