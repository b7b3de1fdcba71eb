/** What somebody hears, to be waited for. */
export class Heard<T> {
  readonly all: T[] = [];
  private waiting: (() => void)[] = [];

  push(item: T): void {
    this.all.push(item);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** The first, from `from` on, that is it; waited for where it has not come. */
  async find(isIt: (item: T) => boolean, from = 0): Promise<T> {
    for (;;) {
      const found = this.all.slice(from).find(isIt);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }
}
