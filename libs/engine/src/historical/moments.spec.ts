import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Moments } from './moments.js';

describe('Moments', () => {
  it('gives back what a sorted list gives back: the earliest moment first, ties by slot', () => {
    const slots = 12;
    // A put of a slot at a moment, or a take.
    const step = fc.option(fc.tuple(fc.nat(slots - 1), fc.constantFrom(0, 1, 2, 5, 5, 8, 13, Infinity)), {
      nil: null,
      freq: 2,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const moments = new Moments(slots);
        let list: { slot: number; moment: number }[] = [];
        for (const put of steps) {
          if (put !== null) {
            const [slot, moment] = put;
            if (list.some((each) => each.slot === slot)) continue;
            moments.put(slot, moment);
            if (moment !== Infinity) list.push({ slot, moment });
          } else if (list.length > 0) {
            const first = list[0];
            expect(moments.next).toBe(first.moment);
            expect(moments.take()).toBe(first.slot);
            list = list.slice(1);
          }
          list.sort((a, b) => a.moment - b.moment || a.slot - b.slot);
          expect(moments.next).toBe(list[0]?.moment ?? Infinity);
        }
      }),
      { numRuns: 600, seed: 20261120 },
    );
  });

  it('is empty at first, and again after the last', () => {
    const moments = new Moments(1);
    expect(moments.next).toBe(Infinity);
    moments.put(0, 7);
    expect([moments.next, moments.take(), moments.next]).toEqual([7, 0, Infinity]);
  });
});
