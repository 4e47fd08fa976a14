import { z } from 'zod';

/** One page; `nextCursor` is absent at the end. */
export function listOf<T extends z.ZodType>(id: string, item: T) {
  return z
    .strictObject({ items: z.array(item), nextCursor: z.string().optional() })
    .meta({ id, description: 'One page of a list.' });
}
