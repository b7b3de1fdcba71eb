import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';

interface Instant<T> {
  readonly items: T[];
  readonly cancel: () => void;
}

/** What is due at one instant, handed over together, in the order in which it was added. */
export class Instants<T> {
  private readonly instants = new Map<TimeMs, Instant<T>>();

  constructor(
    private readonly clock: Clock,
    private readonly onDue: (items: readonly T[]) => void,
  ) {}

  add(time: TimeMs, item: T): void {
    const known = this.instants.get(time);
    if (known !== undefined) {
      known.items.push(item);
      return;
    }
    const items = [item];
    const cancel = this.clock.callAt(time, () => {
      this.instants.delete(time);
      this.onDue(items);
    });
    this.instants.set(time, { items, cancel });
  }

  /** Nothing is to come. */
  get isEmpty(): boolean {
    return this.instants.size === 0;
  }

  /** Forgets what is still to come. */
  clear(): void {
    for (const { cancel } of this.instants.values()) cancel();
    this.instants.clear();
  }
}
