/** Remembers what was found for a short while. What was not found is asked again each time. */
export class ShortMemory<T> {
  private readonly found = new Map<string, { readonly value: T; readonly until: number }>();
  private forgotten = 0;

  constructor(
    private readonly milliseconds: number,
    private readonly capacity: number,
  ) {}

  async recall(name: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.found.get(name);
    if (known !== undefined && known.until > performance.now()) return known.value;
    const before = this.forgotten;
    // Counted from before the question: what was read may have been true only then.
    const until = performance.now() + this.milliseconds;
    const value = await find();
    if (value === undefined) this.found.delete(name);
    else if (before === this.forgotten) this.remember(name, { value, until });
    return value;
  }

  /** Also keeps an answer that is on its way from being remembered: it may be older than what made us forget. */
  forget(name: string): void {
    this.forgotten += 1;
    this.found.delete(name);
  }

  private remember(name: string, entry: { readonly value: T; readonly until: number }): void {
    if (this.found.size >= this.capacity) this.found.clear();
    this.found.set(name, entry);
  }
}
