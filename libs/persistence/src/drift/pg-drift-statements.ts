import type { DriftChange, DriftProgress, DriftRef, DriftStatements } from '@berth/application';
import type { Outcome } from '@berth/engine';
import type { Link } from '../database/link.js';
import { END, MOVE, NOTE, TELL } from './drift-sql.js';

/** Of an answer whose question cannot be asked any more. */
export const GONE = 'gone';

export class PgDriftStatements implements DriftStatements {
  constructor(private readonly link: Link) {}

  async note(fleet: string, { kind, name, before }: DriftChange): Promise<number> {
    const { digest = null, state = null, fresh = null, host = null } = before;
    const row = await this.link.row<{ turn: string }>(NOTE, [fleet, kind, name, digest, state, fresh, host]);
    if (row === undefined) throw new Error('a change was noted without a turn');
    return Number(row.turn);
  }

  async tell(fleet: string, preflight: string, outcome: Outcome | undefined): Promise<boolean> {
    return (await this.link.touch(TELL, [fleet, preflight, outcome ?? GONE])) === 1;
  }

  async move(ref: DriftRef, { step, after }: DriftProgress): Promise<boolean> {
    return (await this.link.touch(MOVE, [...refValues(ref), step, after])) === 1;
  }

  async end(ref: DriftRef): Promise<boolean> {
    return (await this.link.touch(END, refValues(ref))) === 1;
  }
}

/** $1 to $5 of the statements that name a part. */
export const refValues = ({ fleet, kind, name, turn, part }: DriftRef): readonly unknown[] => [
  fleet,
  kind,
  name,
  turn,
  part,
];
