import type { EventStatements, NewEvent } from '@berth/application';
import type { Link, Statement } from '../database/link.js';

const EMIT: Statement = {
  name: 'event-emit',
  text: 'INSERT INTO event (fleet, type, subject, data) VALUES ($1, $2, $3, $4)',
};

export class PgEventStatements implements EventStatements {
  #emitted = false;

  constructor(private readonly link: Link) {}

  /** Is there something to be numbered when the transaction commits? */
  get emitted(): boolean {
    return this.#emitted;
  }

  async emit(fleet: string, event: NewEvent): Promise<void> {
    this.#emitted = true;
    await this.link.touch(EMIT, [fleet, event.type, event.subject, JSON.stringify(event.data)]);
  }
}
