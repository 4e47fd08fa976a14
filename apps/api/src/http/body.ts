import { type Parsed, parseJson } from '@berth/contract';
import type { PipeTransform } from '@nestjs/common';
import { Refusal } from './refusal.js';

/** Bytes to model in one go: strict JSON first, then the document's own parser, whose faults are answered all at once. */
export class ParsedBody<T> implements PipeTransform<unknown, T> {
  constructor(private readonly parse: (value: unknown) => Parsed<T>) {}

  transform(body: unknown): T {
    const json = parseJson(Buffer.isBuffer(body) ? body : '');
    if (json.kind === 'refused') {
      const { code, detail, pointer } = json.problem;
      throw new Refusal(code, { detail, ...(pointer === undefined ? {} : { errors: [{ pointer, code, detail }] }) });
    }
    const parsed = this.parse(json.value);
    if (parsed.kind === 'invalid') throw new Refusal('INVALID_DOCUMENT', { errors: parsed.faults });
    return parsed.value;
  }
}
