import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { Refusal } from './refusal.js';

/** A revision in the path. */
export class WholeNumber implements PipeTransform<string, number> {
  transform(value: string, metadata: ArgumentMetadata): number {
    if (/^[1-9][0-9]{0,8}$/.test(value)) return Number(value);
    const parameter = metadata.data ?? 'revision';
    throw new Refusal('BAD_REQUEST', {
      detail: `\`${parameter}\` in the path is not a revision`,
      errors: [{ parameter, code: 'FORMAT', detail: 'must be a whole number from 1' }],
    });
  }
}
