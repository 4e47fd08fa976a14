import { parseManifest } from '@berth/contract';
import type { Manifest } from '@berth/engine';
import type { ApiClient } from '../api-client.js';
import type { PreflightRead, VmRead } from '../api-types.js';
import { exitOf } from '../exit-code.js';
import { PATHS } from '../paths.js';
import { readExpect, readPhases, readPolicy } from '../question-options.js';
import { type Session, sayBody } from '../session.js';
import { withSuggestion } from '../suggest.js';
import { type VerdictPage, verdictLines } from '../views/verdict-view.js';

export interface PreflightOptions {
  readonly policy?: string;
  readonly phases?: string;
  readonly expect?: string;
}

interface KnownVm {
  readonly host: string | undefined;
  readonly manifest: Manifest | undefined;
}

/** The VM as it was when the answer was given; an older or newer manifest would put wrong GPAs beside the findings. */
async function vmBehind(api: ApiClient, verdict: PreflightRead, vm: string): Promise<KnownVm> {
  const { json } = await api.call<VmRead>({ path: PATHS.vm(vm) });
  if (json.revision !== verdict.basis.vmRevision) return { host: undefined, manifest: undefined };
  const parsed = parseManifest(json.manifest, 'evaluate');
  return { host: json.host ?? undefined, manifest: parsed.kind === 'ok' ? parsed.value.needs : undefined };
}

const revision = (number: number | null | undefined): string => (number == null ? '' : ` r${number}`);

function validity(verdict: PreflightRead): string {
  const seconds = Math.round((Date.parse(verdict.validUntil) - Date.parse(verdict.evaluatedAt)) / 1000);
  return seconds > 0 ? `valid ${seconds} s` : 'valid no longer';
}

async function pageOf(session: Session, verdict: PreflightRead, vm: string, host: string): Promise<VerdictPage> {
  const known = await vmBehind(session.api(), verdict, vm);
  const { basis } = verdict;
  const from = known.host === undefined ? '' : `${known.host} `;
  return {
    verdict,
    subject: [`${vm}${revision(basis.vmRevision)}`, `${from}→ ${host}${revision(basis.hostRevision)}`],
    manifest: known.manifest,
    validity: session.style.laidOut ? validity(verdict) : `valid until ${verdict.validUntil}`,
  };
}

/** `berth preflight VM HOST`: can this VM go to this host? */
export async function preflight(
  session: Session,
  vm: string,
  host: string,
  options: PreflightOptions,
): Promise<number> {
  const body = {
    vm,
    target: host,
    policy: readPolicy(options.policy),
    phases: readPhases(options.phases),
    expect: readExpect(options.expect),
  };
  const asked = [{ kind: 'vm', name: vm } as const, { kind: 'host', name: host } as const];
  const answer = await withSuggestion(session, asked, () =>
    session.api().call<PreflightRead>({ method: 'POST', path: PATHS.preflights, body }),
  );
  const verdict = answer.json;
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, answer.text);
  else if (session.output === 'name') session.say([verdict.id]);
  else session.say(verdictLines(await pageOf(session, verdict, vm, host), session.style));
  if (verdict.wouldFail !== null) session.hint(`berth explain ${verdict.wouldFail.reason}`);
  return exitOf(verdict.outcome);
}
