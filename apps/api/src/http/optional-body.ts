import type { Parsed } from '@berth/contract';
import type { PipeTransform } from '@nestjs/common';
import { ParsedBody } from './body.js';

const NOTHING = Buffer.from('{}');

/** For a call that says all by its path: no body is a body without fields. */
export class OptionalBody<T> implements PipeTransform<unknown, T> {
  private readonly parsed: ParsedBody<T>;

  constructor(parse: (value: unknown) => Parsed<T>) {
    this.parsed = new ParsedBody(parse);
  }

  transform(body: unknown): T {
    return this.parsed.transform(Buffer.isBuffer(body) && body.length > 0 ? body : NOTHING);
  }
}
