import type { Ticks } from '../primitives/index.js';

/** `RISING` fires once the price is at or above the trigger, `FALLING` once it is at or below. */
export type TriggerDirection = 'RISING' | 'FALLING';

/** A trigger as it stands in an index: what `add` hands out and `remove` takes back. */
export interface Trigger<T> {
  readonly direction: TriggerDirection;
  readonly price: Ticks;
  readonly value: T;
  /** False once it has fired or was removed. */
  readonly live: boolean;
}

/**
 * Price-ordered triggers. A price that reaches none of them costs two comparisons however many rest here; one that
 * reaches some costs O(log n) for each. A removed trigger stays in its heap as a dead entry until it comes to the
 * top or the dead outnumber the living, so removing is O(1) and memory stays within twice what is live.
 */
export class TriggerIndex<T> {
  private readonly rising = new TriggerHeap<T>();
  private readonly falling = new TriggerHeap<T>();
  private sequence = 0;

  /** Triggers that can still fire. */
  get size(): number {
    return this.rising.size + this.falling.size;
  }

  /** Adds a trigger at `price`. It may already be reached: the next `take` tells. Throws a RangeError where the price is no safe integer. */
  add(direction: TriggerDirection, price: Ticks, value: T): Trigger<T> {
    if (!Number.isSafeInteger(price)) throw new RangeError(`a trigger price is a whole number of ticks, got ${price}`);
    const entry = new Entry(direction, price, value, this.sequence++);
    // Both heaps give their smallest key first: for FALLING that is the highest price.
    if (direction === 'RISING') this.rising.push(price, entry);
    else this.falling.push(-price, entry);
    return entry;
  }

  /** Takes a trigger out before it fires. False where it has fired or was removed already; one of another index is the caller's mistake. */
  remove(trigger: Trigger<T>): boolean {
    const entry = trigger as Entry<T>;
    if (!entry.live) return false;
    entry.live = false;
    (entry.direction === 'RISING' ? this.rising : this.falling).bury();
    return true;
  }

  /**
   * Takes out and returns the next trigger that the price has reached, or null. Where the price was seen only as a
   * range (a conflated tick), `low` and `high` bound it. Order: RISING from the lowest price up, then FALLING from
   * the highest down, equal prices in the order of their adding. Call it until it says null; triggers may be
   * added and removed between calls.
   */
  take(low: Ticks, high: Ticks = low): Trigger<T> | null {
    return this.rising.take(high) ?? this.falling.take(-low);
  }

  /** The lowest RISING price that can still fire; null for none. */
  nextRising(): Ticks | null {
    return this.rising.firstLive()?.price ?? null;
  }

  /** The highest FALLING price that can still fire; null for none. */
  nextFalling(): Ticks | null {
    return this.falling.firstLive()?.price ?? null;
  }

  /** Every trigger that can still fire, in the order of their adding. O(n log n): for snapshots and reports. */
  triggers(): readonly Trigger<T>[] {
    const live = [...this.rising.live(), ...this.falling.live()];
    return live.sort((a, b) => a.sequence - b.sequence);
  }
}

class Entry<T> implements Trigger<T> {
  live = true;

  constructor(
    readonly direction: TriggerDirection,
    readonly price: Ticks,
    readonly value: T,
    readonly sequence: number,
  ) {}
}

/** Children per node: a wider heap is shallower, and four keys lie in one cache line. */
const ARITY = 4;

/** Below this many entries, dead ones are not worth a compaction. */
const COMPACTION_FLOOR = 64;

/**
 * A min-heap by (key, sequence) with lazy delete. Keys lie in a typed array beside the entries: sifting compares
 * numbers and follows no pointer except to break a tie.
 */
class TriggerHeap<T> {
  private keys = new Float64Array(COMPACTION_FLOOR);
  private entries: Entry<T>[] = [];
  private dead = 0;

  get size(): number {
    return this.entries.length - this.dead;
  }

  push(key: number, entry: Entry<T>): void {
    const at = this.entries.length;
    if (at === this.keys.length) this.grow();
    this.entries.push(entry);
    this.siftUp(at, key, entry);
  }

  /** One entry was marked dead. */
  bury(): void {
    this.dead += 1;
    if (this.entries.length >= COMPACTION_FLOOR && this.dead * 2 > this.entries.length) this.compact();
  }

  /** Takes the first live entry whose key is at most `limit`. */
  take(limit: number): Entry<T> | null {
    while (this.entries.length > 0 && this.keys[0] <= limit) {
      const top = this.pop();
      if (top.live) {
        top.live = false;
        return top;
      }
      this.dead -= 1;
    }
    return null;
  }

  firstLive(): Entry<T> | undefined {
    while (this.entries.length > 0 && !this.entries[0].live) {
      this.pop();
      this.dead -= 1;
    }
    return this.entries[0];
  }

  live(): readonly Entry<T>[] {
    return this.entries.filter((entry) => entry.live);
  }

  private pop(): Entry<T> {
    const top = this.entries[0];
    const last = this.entries.pop() as Entry<T>;
    const length = this.entries.length;
    if (length > 0) this.siftDown(0, this.keys[length], last);
    return top;
  }

  /** Keeps the living and restores the heap bottom-up, O(n); paid for by the n/2 removals since the last time. */
  private compact(): void {
    const { keys, entries } = this;
    let kept = 0;
    for (let at = 0; at < entries.length; at += 1) {
      if (!entries[at].live) continue;
      keys[kept] = keys[at];
      entries[kept] = entries[at];
      kept += 1;
    }
    entries.length = kept;
    this.dead = 0;
    for (let at = Math.floor((kept - 2) / ARITY); at >= 0; at -= 1) this.siftDown(at, keys[at], entries[at]);
  }

  private siftUp(start: number, key: number, entry: Entry<T>): void {
    const { keys, entries } = this;
    let at = start;
    while (at > 0) {
      const parent = Math.floor((at - 1) / ARITY);
      if (!before(key, entry, keys[parent], entries[parent])) break;
      keys[at] = keys[parent];
      entries[at] = entries[parent];
      at = parent;
    }
    keys[at] = key;
    entries[at] = entry;
  }

  private siftDown(start: number, key: number, entry: Entry<T>): void {
    const { keys, entries } = this;
    const length = entries.length;
    let at = start;
    for (;;) {
      const first = at * ARITY + 1;
      if (first >= length) break;
      let child = first;
      const end = Math.min(first + ARITY, length);
      for (let next = first + 1; next < end; next += 1) {
        if (before(keys[next], entries[next], keys[child], entries[child])) child = next;
      }
      if (!before(keys[child], entries[child], key, entry)) break;
      keys[at] = keys[child];
      entries[at] = entries[child];
      at = child;
    }
    keys[at] = key;
    entries[at] = entry;
  }

  private grow(): void {
    const wider = new Float64Array(this.keys.length * 2);
    wider.set(this.keys);
    this.keys = wider;
  }
}

function before<T>(keyA: number, entryA: Entry<T>, keyB: number, entryB: Entry<T>): boolean {
  return keyA < keyB || (keyA === keyB && entryA.sequence < entryB.sequence);
}
