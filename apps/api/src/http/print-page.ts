interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

export function printPage<T>({ items, nextCursor }: Page<T>, print: (item: T) => object): object {
  return { items: items.map(print), ...(nextCursor === undefined ? {} : { nextCursor }) };
}
