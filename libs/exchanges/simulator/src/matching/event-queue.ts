import type { TimeMs } from '@bowline/domain';

interface Scheduled<T> {
  readonly time: TimeMs;
  readonly sequence: number;
  readonly item: T;
}

/** What is still to happen, earliest first; what happens at one instant, in the order of its scheduling. */
export class EventQueue<T> {
  private readonly heap: Scheduled<T>[] = [];
  private sequence = 0;

  get size(): number {
    return this.heap.length;
  }

  /** When the next thing happens; null when nothing is scheduled. */
  nextTime(): TimeMs | null {
    return this.heap.length === 0 ? null : this.heap[0].time;
  }

  /** Throws a RangeError where the time is no finite number. */
  schedule(time: TimeMs, item: T): void {
    if (!Number.isFinite(time)) throw new RangeError(`cannot schedule at ${time}`);
    const { heap } = this;
    const entry = { time, sequence: this.sequence++, item };
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(entry, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  /** Takes out the next thing that happens at or before `time`; undefined when there is none. */
  takeUntil(time: TimeMs): { readonly time: TimeMs; readonly item: T } | undefined {
    const { heap } = this;
    if (heap.length === 0 || heap[0].time > time) return undefined;
    const first = heap[0];
    const last = heap.pop() as Scheduled<T>;
    if (heap.length > 0) this.siftDown(last);
    return first;
  }

  private siftDown(entry: Scheduled<T>): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child += 1;
      if (!before(heap[child], entry)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = entry;
  }
}

function before<T>(a: Scheduled<T>, b: Scheduled<T>): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence);
}
