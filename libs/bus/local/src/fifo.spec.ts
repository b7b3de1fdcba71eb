import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Fifo } from './fifo.js';

type Move = readonly [kind: 'push' | 'unshift' | 'shift' | 'clear', times: number];

const move: fc.Arbitrary<Move> = fc.tuple(
  fc.constantFrom('push', 'push', 'unshift', 'shift', 'shift', 'clear'),
  // Enough to let go of what was taken in between.
  fc.oneof(fc.nat(3), fc.integer({ min: 1000, max: 1500 })),
);

describe('a queue', () => {
  it('gives what an array gives', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 12 }), (moves) => {
        const fifo = new Fifo<number>();
        const model: number[] = [];
        let next = 0;
        const act = {
          push: () => {
            next += 1;
            fifo.push(next);
            model.push(next);
          },
          unshift: () => {
            next += 1;
            fifo.unshift(next);
            model.unshift(next);
          },
          shift: () => {
            if (fifo.shift() !== model.shift()) throw new Error('another one came out');
          },
          clear: () => {
            fifo.clear();
            model.length = 0;
          },
        };
        for (const [kind, times] of moves) {
          for (let time = 0; time < times; time += 1) act[kind]();
          expect(fifo.length).toBe(model.length);
        }
        while (model.length > 0) act.shift();
        expect(fifo.shift()).toBeUndefined();
      }),
    );
  });
});
