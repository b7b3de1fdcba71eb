interface Wait {
  readonly condition: () => boolean;
  readonly resolve: () => void;
}

/** Promises for conditions. Whoever changes what they look at says so. */
export class Waits {
  private waits: Wait[] = [];
  /** Since the last look; beyond the first, they were made while the look was on its way. */
  private changes = 0;

  /** Resolves once the condition holds; in a microtask where it holds now. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      this.waits.push({ condition, resolve });
    });
  }

  /**
   * Something has changed. Looks in a microtask that is behind those of the change: a publisher that was just answered
   * goes first.
   */
  look(): void {
    if (this.waits.length === 0) return;
    this.changes += 1;
    if (this.changes === 1) queueMicrotask(this.settle);
  }

  private readonly settle = (): void => {
    const changes = this.changes;
    this.changes = changes > 1 ? 1 : 0;
    if (changes > 1) {
      queueMicrotask(this.settle);
      return;
    }
    const over = this.waits.filter(({ condition }) => condition());
    if (over.length === 0) return;
    this.waits = this.waits.filter((wait) => !over.includes(wait));
    for (const { resolve } of over) resolve();
  };
}
