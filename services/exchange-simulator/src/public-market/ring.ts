/** The last of what was added, oldest first. */
export class Ring<T> {
  private items: T[] = [];

  constructor(private readonly limit: number) {}

  add(item: T): void {
    this.items.push(item);
    // Cut by halves, so that the cost of forgetting is spread over as many.
    if (this.items.length >= 2 * this.limit) this.items = this.items.slice(-this.limit);
  }

  /** The last `count`, or as many as there are. */
  last(count: number): readonly T[] {
    return this.items.slice(-Math.min(count, this.limit));
  }

  all(): readonly T[] {
    return this.last(this.limit);
  }
}
