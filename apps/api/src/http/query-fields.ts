import { isUtcTime } from '@berth/contract';
import type { QueryField } from './query.js';

const NUL_OR_SURROGATE = /[\0\ud800-\udfff]/u;

export function wholeNumber(description: string, most: number, fallback?: number): QueryField<number> {
  return {
    description,
    repeats: false,
    schema: { type: 'integer', minimum: 1, maximum: most, ...(fallback === undefined ? {} : { default: fallback }) },
    read: ([text = '']) => {
      const value = /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : 0;
      return value >= 1 && value <= most ? { ok: value } : { no: `must be a whole number from 1 to ${most}` };
    },
  };
}

export function oneOf<const T extends string>(description: string, values: readonly T[]): QueryField<T> {
  return {
    description,
    repeats: false,
    schema: { type: 'string', enum: values },
    read: ([text = '']) => {
      const value = values.find((known) => known === text);
      return value === undefined ? { no: `must be one of ${values.join(', ')}` } : { ok: value };
    },
  };
}

export function shortText(description: string, most: number): QueryField<string> {
  return {
    description,
    repeats: false,
    schema: { type: 'string', minLength: 1, maxLength: most },
    read: ([text = '']) =>
      text.length >= 1 && text.length <= most && !NUL_OR_SURROGATE.test(text)
        ? { ok: text }
        : { no: `must be 1 to ${most} characters` },
  };
}

export function utcTime(description: string): QueryField<Date> {
  return {
    description,
    repeats: false,
    schema: { type: 'string', format: 'date-time', example: '2026-11-20T07:00:00Z' },
    read: ([text = '']) =>
      isUtcTime(text) ? { ok: new Date(text) } : { no: 'must be a time in UTC such as `2026-11-20T07:00:00Z`' },
  };
}

/** May be given more than once; each time a short text that `read` understands. */
export function repeated<T>(
  description: string,
  example: string,
  read: (text: string) => T | undefined,
): QueryField<readonly T[]> {
  return {
    description,
    repeats: true,
    schema: {
      type: 'array',
      maxItems: 32,
      items: { type: 'string', minLength: 1, maxLength: 512 },
      example: [example],
    },
    read: (texts) => {
      const values = texts.map((text) => (text.length <= 512 ? read(text) : undefined));
      if (texts.length > 32) return { no: 'may be given at most 32 times' };
      return values.every((value) => value !== undefined) ? { ok: values } : { no: `must look like \`${example}\`` };
    },
  };
}

const PAGE_LIMIT = 1000;

export const PAGE = {
  limit: wholeNumber('How many items at most.', PAGE_LIMIT, 50),
  cursor: shortText('Where to go on: `nextCursor` of the page before.', 2048),
} as const;

export const DEFAULT_LIMIT = 50;
