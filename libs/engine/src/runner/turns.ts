/** Lets inputs in one after the other, in the order of the calls, and makes them wait while the state is not there. */
export class Turns {
  private isHeld = true;
  private readonly waiting: (() => void)[] = [];
  private pending = 0;
  private count = 0;
  private whenDone: (() => void)[] = [];

  /** How many inputs have been handed in. */
  get handled(): number {
    return this.count;
  }

  /** Nothing is being handled. */
  get idle(): boolean {
    return this.pending === 0;
  }

  whenIdle(): Promise<void> {
    if (this.idle) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenDone.push(resolve);
    });
  }

  /** Acts at once, or in its turn: what the act does before it waits for anything is done before the next one. */
  async take(act: () => Promise<void>): Promise<void> {
    this.pending += 1;
    this.count += 1;
    try {
      // Without a wait here inputs are decided in the order of the calls.
      if (!this.isHeld) return await act();
      await new Promise<void>((resolve, reject) => {
        this.waiting.push(() => {
          act().then(resolve, reject);
        });
      });
    } finally {
      this.pending -= 1;
      if (this.pending === 0) this.wakeIdle();
    }
  }

  hold(): void {
    this.isHeld = true;
  }

  /** What has waited goes first, in its order; where one of them holds the others, they wait once more. */
  goOn(): void {
    this.isHeld = false;
    while (!this.isHeld) {
      const act = this.waiting.shift();
      if (act === undefined) return;
      act();
    }
  }

  private wakeIdle(): void {
    const waiting = this.whenDone;
    this.whenDone = [];
    for (const resolve of waiting) resolve();
  }
}
