import { type Parsed, readBody } from '@berth/contract';
import type { PipeTransform } from '@nestjs/common';
import { Refusal } from './refusal.js';

/** Bytes to model in one go: strict JSON first, then the document's own parser, whose faults are answered all at once. */
export class ParsedBody<T> implements PipeTransform<unknown, T> {
  constructor(private readonly parse: (value: unknown) => Parsed<T>) {}

  transform(body: unknown): T {
    const read = readBody(Buffer.isBuffer(body) ? body : '', this.parse);
    if (read.kind === 'refused') throw new Refusal(read.code, read);
    return read.value;
  }
}
