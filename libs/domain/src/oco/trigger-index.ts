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
 * reaches some costs O(log n) for each. A removed trigger stays in its heap as a dead entry until it comes to the top
 * or the dead outnumber the living: removing is O(1) on average, and the dead never pile up.
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
    if (!Number.isSafeInteger(price))
      throw new RangeError(`a trigger price is a whole number of ticks, got ${price}`);
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
    (entry.direction === 'RISING' ? this.rising : this.falling).bury(entry);
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
  /** Its place in the heap's table. */
  slot = 0;

  constructor(
    readonly direction: TriggerDirection,
    readonly price: Ticks,
    readonly value: T,
    readonly sequence: number,
  ) {}
}

/** Below this many entries, dead ones are not worth a compaction. */
const COMPACTION_FLOOR = 64;

/**
 * A min-heap by (key, sequence) with lazy delete. The heap itself is two typed arrays, keys and slots: sifting
 * compares and moves numbers, follows no pointer, and leaves nothing for the garbage collector to trace. The slots
 * point into a table of the entries; a dead entry's slot is empty, and is given out again once the heap has let
 * go of it.
 */
class TriggerHeap<T> {
  private keys = new Float64Array(COMPACTION_FLOOR);
  private slots = new Int32Array(COMPACTION_FLOOR);
  /** By slot, as is `table`: breaks ties between equal keys. */
  private sequences = new Float64Array(COMPACTION_FLOOR);
  private readonly table: (Entry<T> | null)[] = [];
  private readonly freeSlots: number[] = [];
  private length = 0;
  private dead = 0;

  get size(): number {
    return this.length - this.dead;
  }

  push(key: number, entry: Entry<T>): void {
    if (this.length === this.keys.length) this.grow();
    const slot = this.freeSlots.pop() ?? this.table.length;
    entry.slot = slot;
    this.table[slot] = entry;
    this.sequences[slot] = entry.sequence;
    this.length += 1;
    this.siftUp(this.length - 1, key, slot);
  }

  /** Takes an entry out of the table; the heap finds its slot empty later. */
  bury(entry: Entry<T>): void {
    entry.live = false;
    this.table[entry.slot] = null;
    this.dead += 1;
    if (this.length >= COMPACTION_FLOOR && this.dead * 2 > this.length) this.compact();
  }

  /** Takes the first live entry whose key is at most `limit`. */
  take(limit: number): Entry<T> | null {
    while (this.length > 0 && this.keys[0] <= limit) {
      const entry = this.pop();
      if (entry !== null) {
        entry.live = false;
        return entry;
      }
    }
    return null;
  }

  firstLive(): Entry<T> | null {
    while (this.length > 0) {
      const entry = this.table[this.slots[0]];
      if (entry !== null) return entry;
      this.pop();
    }
    return null;
  }

  live(): readonly Entry<T>[] {
    return this.table.filter((entry) => entry !== null);
  }

  /** Takes the top off: an entry, or null where it was dead. */
  private pop(): Entry<T> | null {
    const slot = this.slots[0];
    const entry = this.table[slot];
    if (entry === null) this.dead -= 1;
    this.table[slot] = null;
    this.freeSlots.push(slot);
    this.length -= 1;
    if (this.length > 0) this.siftDown(0, this.keys[this.length], this.slots[this.length]);
    return entry;
  }

  /** Keeps the living and restores the heap bottom-up, O(n); paid for by the n/2 removals since the last time. */
  private compact(): void {
    const { keys, slots, table } = this;
    let kept = 0;
    for (let at = 0; at < this.length; at += 1) {
      if (table[slots[at]] === null) {
        this.freeSlots.push(slots[at]);
        continue;
      }
      keys[kept] = keys[at];
      slots[kept] = slots[at];
      kept += 1;
    }
    this.length = kept;
    this.dead = 0;
    for (let at = (kept >> 1) - 1; at >= 0; at -= 1) this.siftDown(at, keys[at], slots[at]);
  }

  private siftUp(start: number, key: number, slot: number): void {
    const { keys, slots } = this;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent] < key || (keys[parent] === key && !this.earlier(slot, slots[parent]))) break;
      keys[at] = keys[parent];
      slots[at] = slots[parent];
      at = parent;
    }
    keys[at] = key;
    slots[at] = slot;
  }

  private siftDown(start: number, key: number, slot: number): void {
    const { keys, slots, length } = this;
    let at = start;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= length) break;
      if (child + 1 < length) {
        const left = keys[child];
        const right = keys[child + 1];
        if (left === right) child += this.earlier(slots[child + 1], slots[child]) ? 1 : 0;
        else child += Number(right < left);
      }
      const childKey = keys[child];
      if (childKey > key || (childKey === key && !this.earlier(slots[child], slot))) break;
      keys[at] = childKey;
      slots[at] = slots[child];
      at = child;
    }
    keys[at] = key;
    slots[at] = slot;
  }

  /** Of two equal keys, the one that was added first goes first. */
  private earlier(slotA: number, slotB: number): boolean {
    return this.sequences[slotA] < this.sequences[slotB];
  }

  private grow(): void {
    this.keys = widened(this.keys, new Float64Array(this.keys.length * 2));
    this.slots = widened(this.slots, new Int32Array(this.slots.length * 2));
    this.sequences = widened(this.sequences, new Float64Array(this.sequences.length * 2));
  }
}

function widened<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
