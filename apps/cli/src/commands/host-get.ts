import type { HostDetailRead } from '../api-types.js';
import { PATHS } from '../paths.js';
import { type Session, sayBody } from '../session.js';
import { withSuggestion } from '../suggest.js';
import { agoWords } from '../views/age.js';
import { labelWords } from '../views/labels.js';
import { pairLines } from '../views/pairs.js';

/** Yes, no and not known are three answers, so they get three lists. */
function capabilityPairs(capabilities: HostDetailRead['capabilities']): [string, string][] {
  const names = (value: boolean | null): string =>
    Object.entries(capabilities)
      .filter(([, has]) => has === value)
      .map(([name]) => name)
      .join(', ');
  return [
    ['has', names(true)],
    ['has not', names(false)],
    ['not known', names(null)],
  ];
}

function generationWords(host: HostDetailRead): string {
  if (host.generation !== null) return host.generation;
  return `cannot be told${host.generationCandidates.length > 0 ? `: one of ${host.generationCandidates.join(', ')}` : ''}`;
}

function pairs(host: HostDetailRead, laidOut: boolean): [string, string][] {
  const { kernel, cpu, kvm } = host.fingerprint;
  const time = (text: string | null | undefined): string =>
    laidOut && text ? agoWords(text, Date.now()) : (text ?? '');
  return [
    ['labels', labelWords(host.labels)],
    ['kernel', [kernel?.release, kernel?.pageSize && `${kernel.pageSize / 1024} KiB pages`].filter(Boolean).join(', ')],
    ['cpu', (cpu?.midr ?? []).join(' ')],
    ['kvm', kvm?.mode ?? 'mode not known'],
    ['generation', generationWords(host)],
    ...capabilityPairs(host.capabilities),
    ['machine', host.machineId ?? 'not known'],
    ['contender', host.contender ?? ''],
    ['received', time(host.receivedAt)],
    ['heartbeat', time(host.heartbeatAt)],
    ['digest', host.digest],
  ];
}

/** `berth host get NAME`. */
export async function hostGet(session: Session, name: string): Promise<number> {
  const answer = await withSuggestion(session, [{ kind: 'host', name }], () =>
    session.api().call<HostDetailRead>({ path: PATHS.host(name) }),
  );
  const host = answer.json;
  const gap = session.style.laidOut ? '  ' : '\t';
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else if (session.output === 'name') session.say([host.host]);
  else {
    const head = [host.host, `r${host.revision}`, host.state, host.freshness].join(gap);
    session.say([head, ...pairLines(session.style, pairs(host, session.style.laidOut))]);
  }
  return 0;
}
