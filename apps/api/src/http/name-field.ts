import { NAME_PATTERN } from '@berth/contract';
import type { QueryField } from './query.js';

export function nameText(description: string): QueryField<string> {
  return {
    description,
    repeats: false,
    schema: { $ref: '#/components/schemas/Name' },
    read: ([text = '']) => (NAME_PATTERN.test(text) ? { ok: text } : { no: 'must be a name' }),
  };
}
