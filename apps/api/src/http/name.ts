import { NAME_PATTERN } from '@berth/contract';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { Refusal } from './refusal.js';

/** A name in the path. One that no host or VM could have is a bad request, not an unknown name. */
export class Name implements PipeTransform<string, string> {
  transform(value: string, metadata: ArgumentMetadata): string {
    if (NAME_PATTERN.test(value)) return value;
    const parameter = metadata.data ?? 'name';
    throw new Refusal('BAD_REQUEST', {
      detail: `\`${parameter}\` in the path is not a name`,
      errors: [{ parameter, code: 'FORMAT', detail: '1 to 128 of A-Z a-z 0-9 . _ - and a letter or digit first' }],
    });
  }
}
