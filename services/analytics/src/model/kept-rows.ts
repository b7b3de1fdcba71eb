/** A row with its number. */
interface Numbered {
  readonly sequence: number;
}

/**
 * Rows of one table by their key: every one that is not over, and the last `keep` of those that are. In the order of
 * their numbers, newest first.
 */
export class KeptRows<Row extends Numbered> {
  private readonly current = new Map<string, Row>();
  /** In the order in which they came to their end. */
  private readonly over = new Map<string, Row>();

  constructor(
    private readonly keep: number,
    private readonly isOver: (row: Row) => boolean,
  ) {}

  get(key: string): Row | undefined {
    return this.current.get(key) ?? this.over.get(key);
  }

  set(key: string, row: Row): void {
    this.current.delete(key);
    if (!this.isOver(row)) {
      this.over.delete(key);
      this.current.set(key, row);
      return;
    }
    this.over.set(key, row);
    const [oldest] = this.over.keys();
    if (this.over.size > this.keep && oldest !== undefined) this.over.delete(oldest);
  }

  /** Those that are not over. */
  open(): IterableIterator<Row> {
    return this.current.values();
  }

  newestFirst(): Row[] {
    return [...this.current.values(), ...this.over.values()].sort((a, b) => b.sequence - a.sequence);
  }
}
