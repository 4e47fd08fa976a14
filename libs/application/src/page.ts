/** One page of a list; `cursor` is what the page before it gave as `nextCursor`. */
export interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Listed<T> {
  readonly kind: 'listed';
  readonly items: readonly T[];
  readonly nextCursor?: string;
}

export interface CursorInvalid {
  readonly kind: 'cursor-invalid';
}
