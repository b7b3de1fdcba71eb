/** What arrives, and who waits for it. */
export class Arrivals<T> {
  readonly all: T[] = [];
  private readonly waiting: { count: number; resolve: () => void }[] = [];

  push(value: T): void {
    this.all.push(value);
    for (const each of [...this.waiting]) {
      if (this.all.length < each.count) continue;
      this.waiting.splice(this.waiting.indexOf(each), 1);
      each.resolve();
    }
  }

  /** The first `count` of them. */
  async first(count: number): Promise<readonly T[]> {
    if (this.all.length < count)
      await new Promise<void>((resolve) => {
        this.waiting.push({ count, resolve });
      });
    return this.all.slice(0, count);
  }
}
