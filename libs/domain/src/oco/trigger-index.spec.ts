import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TriggerIndex, type Trigger, type TriggerDirection } from './trigger-index.js';

/** Everything that one price (or range of prices) fires, in order. */
function fired<T>(index: TriggerIndex<T>, low: number, high = low): T[] {
  const values: T[] = [];
  for (let hit = index.take(low, high); hit !== null; hit = index.take(low, high)) values.push(hit.value);
  return values;
}

/** Whole numbers below what is asked for, the same in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('TriggerIndex', () => {
  it.each<[TriggerDirection, number, number, boolean]>([
    ['RISING', 100, 99, false],
    ['RISING', 100, 100, true],
    ['RISING', 100, 101, true],
    ['FALLING', 100, 101, false],
    ['FALLING', 100, 100, true],
    ['FALLING', 100, 99, true],
  ])('%s at %d with the price at %d fires: %s', (direction, trigger, price, fires) => {
    const index = new TriggerIndex<string>();
    index.add(direction, trigger, 'x');
    expect(fired(index, price)).toEqual(fires ? ['x'] : []);
    expect(index.size).toBe(fires ? 0 : 1);
  });

  it('fires in the order in which the price passed them, equal prices in the order of their adding', () => {
    const index = new TriggerIndex<string>();
    index.add('RISING', 103, 'c');
    index.add('RISING', 101, 'a');
    index.add('RISING', 102, 'b1');
    index.add('RISING', 102, 'b2');
    index.add('FALLING', 110, 'high');
    index.add('FALLING', 120, 'higher');
    expect(fired(index, 105)).toEqual(['a', 'b1', 'b2', 'c', 'higher', 'high']);
  });

  it('fires both directions when the price was seen only as a range', () => {
    const index = new TriggerIndex<string>();
    index.add('RISING', 110, 'take profit');
    index.add('FALLING', 90, 'stop');
    index.add('FALLING', 89, 'deeper stop');
    expect(fired(index, 100)).toEqual([]);
    expect(fired(index, 90, 112)).toEqual(['take profit', 'stop']);
    expect(index.size).toBe(1);
  });

  it('never fires what was removed, and removes only once', () => {
    const index = new TriggerIndex<string>();
    const stop = index.add('FALLING', 90, 'stop');
    expect(stop.live).toBe(true);
    expect(index.remove(stop)).toBe(true);
    expect(index.remove(stop)).toBe(false);
    expect(stop.live).toBe(false);
    expect(index.size).toBe(0);
    expect(fired(index, 1)).toEqual([]);
  });

  it('does not remove what has fired', () => {
    const index = new TriggerIndex<string>();
    const trigger = index.add('RISING', 100, 'x');
    expect(fired(index, 100)).toEqual(['x']);
    expect(index.remove(trigger)).toBe(false);
    expect(index.size).toBe(0);
  });

  it('lets the sibling of a hit be removed, and new triggers be added, between two hits', () => {
    const index = new TriggerIndex<string>();
    const takeProfit = index.add('RISING', 100, 'first');
    const sibling = index.add('RISING', 101, 'sibling');
    expect(index.take(105)).toBe(takeProfit);
    index.remove(sibling);
    index.add('RISING', 104, 'reached at once');
    index.add('RISING', 106, 'not yet');
    expect(fired(index, 105)).toEqual(['reached at once']);
  });

  it('tells the nearest prices that can still fire', () => {
    const index = new TriggerIndex<string>();
    expect([index.nextRising(), index.nextFalling()]).toEqual([null, null]);
    const nearest = index.add('RISING', 101, 'a');
    index.add('RISING', 105, 'b');
    index.add('FALLING', 95, 'c');
    index.add('FALLING', 99, 'd');
    expect([index.nextRising(), index.nextFalling()]).toEqual([101, 99]);
    index.remove(nearest);
    expect([index.nextRising(), index.nextFalling()]).toEqual([105, 99]);
  });

  it('lists what can still fire in the order of its adding', () => {
    const index = new TriggerIndex<string>();
    index.add('RISING', 105, 'a');
    const gone = index.add('FALLING', 95, 'b');
    index.add('FALLING', 90, 'c');
    index.add('RISING', 101, 'd');
    index.remove(gone);
    expect(index.triggers().map(({ value }) => value)).toEqual(['a', 'c', 'd']);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses the price %d', (price) => {
    expect(() => new TriggerIndex<null>().add('RISING', price, null)).toThrow(RangeError);
  });

  it('keeps firing exactly what is live when the dead are swept out, whatever the size', () => {
    const draw = seeded(1);
    for (let size = 64; size < 400; size += 1) {
      const index = new TriggerIndex<number>();
      const triggers = Array.from({ length: size }, (_, at) => index.add('RISING', 1_000 + draw(20), at));
      // Three of four go in random order: the dead are swept out once they are half, and again.
      const shuffled = triggers.map((trigger) => ({ trigger, at: draw(1e6) })).sort((a, b) => a.at - b.at);
      const gone = shuffled.slice(0, Math.floor(size * 0.75)).map(({ trigger }) => trigger);
      for (const trigger of gone) index.remove(trigger);
      const kept = triggers.filter(({ live }) => live);
      expect(kept).toHaveLength(size - gone.length);
      expect(index.size).toBe(kept.length);
      expect(index.triggers()).toEqual(kept);
      const expected = [...kept]
        .sort((a, b) => a.price - b.price || a.value - b.value)
        .map(({ value }) => value);
      expect(fired(index, 2_000)).toEqual(expected);
      expect(index.triggers()).toEqual([]);
    }
  });

  it('keeps equal prices in the order of their adding after a long time of coming and going', () => {
    const index = new TriggerIndex<number>();
    for (let at = 0; at < 5_000; at += 1) {
      const removed = index.add('FALLING', 90, at);
      index.add('RISING', 100, at);
      index.remove(removed);
      expect(fired(index, 100)).toEqual([at]);
    }
    const rising = Array.from({ length: 200 }, (_, at) => index.add('RISING', 100, at).value);
    const falling = Array.from({ length: 200 }, (_, at) => index.add('FALLING', 90, 1_000 + at).value);
    expect(fired(index, 90, 100)).toEqual([...rising, ...falling]);
  });

  it('gives a place that has become free to the next trigger, and does not confuse the two', () => {
    const index = new TriggerIndex<string>();
    const first = index.add('RISING', 100, 'first');
    index.take(100);
    const second = index.add('RISING', 105, 'second');
    expect(index.remove(first)).toBe(false);
    expect(second.live).toBe(true);
    expect(fired(index, 105)).toEqual(['second']);
  });
});

/** The same rules, by scanning everything. */
class ScanningIndex {
  private entries: { direction: TriggerDirection; price: number; id: number }[] = [];

  add(direction: TriggerDirection, price: number, id: number): void {
    this.entries.push({ direction, price, id });
  }

  remove(id: number): boolean {
    const before = this.entries.length;
    this.entries = this.entries.filter((entry) => entry.id !== id);
    return this.entries.length < before;
  }

  fire(low: number, high: number): number[] {
    const rising = this.entries.filter(({ direction, price }) => direction === 'RISING' && price <= high);
    const falling = this.entries.filter(({ direction, price }) => direction === 'FALLING' && price >= low);
    rising.sort((a, b) => a.price - b.price || a.id - b.id);
    falling.sort((a, b) => b.price - a.price || a.id - b.id);
    const hits = [...rising, ...falling];
    this.entries = this.entries.filter((entry) => !hits.includes(entry));
    return hits.map(({ id }) => id);
  }
}

describe('TriggerIndex, against a scan of everything', () => {
  const price = fc.integer({ min: 1, max: 60 });
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), rising: fc.boolean(), price }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('price' as const),
        price,
        spread: fc.integer({ min: 0, max: 3 }),
      }),
    },
  );

  it('fires the same triggers in the same order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const index = new TriggerIndex<number>();
        const scan = new ScanningIndex();
        const handles: Trigger<number>[] = [];
        for (const action of steps) {
          if (action.kind === 'add') {
            // The price stands at 30: most rest, some are reached by the next price.
            const direction = action.rising ? 'RISING' : 'FALLING';
            const trigger = action.rising ? action.price + 25 : action.price - 25;
            scan.add(direction, trigger, handles.length);
            handles.push(index.add(direction, trigger, handles.length));
          } else if (action.kind === 'remove' && handles.length > 0) {
            const id = action.pick % handles.length;
            expect(index.remove(handles[id])).toBe(scan.remove(id));
          } else if (action.kind === 'price') {
            expect(fired(index, action.price, action.price + action.spread)).toEqual(
              scan.fire(action.price, action.price + action.spread),
            );
          }
          expect(index.size).toBe(handles.filter(({ live }) => live).length);
        }
      }),
      { numRuns: 200 },
    );
  });
});
