import type { ReplayRead } from '../api-types.js';
import { exitOf } from '../exit-code.js';
import { type Overrides, readOverrides } from '../overrides.js';
import { PATHS } from '../paths.js';
import { readPhases, readPolicy, readReplayedCatalogue } from '../question-options.js';
import { type Session, sayBody } from '../session.js';
import { replayLines } from '../views/replay-view.js';

export interface ReplayOptions {
  readonly policy?: string;
  readonly phases?: string;
  readonly catalogue?: string;
  readonly set?: readonly string[];
  readonly setManifest?: readonly string[];
}

function supposedWords(overrides: Overrides | undefined): string[] {
  return Object.entries(overrides ?? {}).map(([pointer, value]) =>
    value === null ? `without ${pointer}` : `${pointer} = ${JSON.stringify(value)}`,
  );
}

/** `berth replay ID`: a question that was asked before, through the rulebook of today, with other facts if one likes. */
export async function replay(session: Session, id: string, options: ReplayOptions): Promise<number> {
  const fingerprint = readOverrides(options.set, '--set');
  const manifest = readOverrides(options.setManifest, '--set-manifest');
  const body = {
    policy: readPolicy(options.policy),
    phases: readPhases(options.phases),
    catalogue: readReplayedCatalogue(options.catalogue),
    overrides: { fingerprint, manifest },
  };
  const { json, text } = await session.api().call<ReplayRead>({ method: 'POST', path: PATHS.replay(id), body });
  if (session.output === 'json' || session.output === 'ndjson') sayBody(session, text);
  else if (session.output === 'name') session.say([json.id]);
  else {
    const supposed = [...supposedWords(fingerprint), ...supposedWords(manifest)];
    session.say(replayLines({ replay: json, supposed }, session.style));
  }
  return exitOf(json.replayed.outcome);
}
