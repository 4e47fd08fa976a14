import type { Caller, DeadLetterStatements, RedrivenLetter, WhichLetters } from '@berth/application';
import type { Link } from '../database/link.js';
import { REDRIVE_QUEUE, REDRIVE_THESE } from './dead-letter-sql.js';

export class PgDeadLetterStatements implements DeadLetterStatements {
  constructor(private readonly link: Link) {}

  redrive(caller: Caller, which: WhichLetters, limit: number): Promise<readonly RedrivenLetter[]> {
    const [statement, what] = 'ids' in which ? [REDRIVE_THESE, which.ids] : [REDRIVE_QUEUE, which.queue];
    return this.link.rows<RedrivenLetter>(statement, [caller.fleet, what, caller.keyId, limit]);
  }
}
