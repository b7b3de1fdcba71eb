/**
 * A queue of slots by the moment of their next event: a binary heap of (moment, slot) over typed arrays, at most one
 * entry a slot. Ties come out in slot order, which is the code-point order of the channels.
 */
export class Moments {
  private readonly heap: Int32Array;
  private readonly moment: Float64Array;
  private size = 0;

  constructor(slots: number) {
    this.heap = new Int32Array(slots);
    this.moment = new Float64Array(slots);
  }

  /** The earliest moment; Infinity where nothing is left. */
  get next(): number {
    return this.size === 0 ? Infinity : this.moment[this.heap[0]!]!;
  }

  /** Takes the slot of the earliest moment. */
  take(): number {
    const slot = this.heap[0]!;
    this.size -= 1;
    if (this.size > 0) this.sink(0, this.heap[this.size]!);
    return slot;
  }

  /** Puts a slot that is not in the queue at a moment; Infinity leaves it out. */
  put(slot: number, moment: number): void {
    if (moment === Infinity) return;
    this.moment[slot] = moment;
    this.rise(this.size, slot);
    this.size += 1;
  }

  private before(a: number, b: number): boolean {
    const difference = this.moment[a]! - this.moment[b]!;
    return difference < 0 || (difference === 0 && a < b);
  }

  private rise(at: number, slot: number): void {
    let place = at;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.heap[parent]!;
      if (!this.before(slot, above)) break;
      this.settle(place, above);
      place = parent;
    }
    this.settle(place, slot);
  }

  private sink(at: number, slot: number): void {
    let place = at;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.before(this.heap[child + 1]!, this.heap[child]!)) child += 1;
      const below = this.heap[child]!;
      if (!this.before(below, slot)) break;
      this.settle(place, below);
      place = child;
    }
    this.settle(place, slot);
  }

  private settle(place: number, slot: number): void {
    this.heap[place] = slot;
  }
}
