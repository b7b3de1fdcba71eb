import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createInstrument } from '../instrument/index.js';
import { decimal } from '../primitives/index.js';
import { bestRoute, type RoutePlace } from './best-route.js';

const instrumentOf = (tickSize: string, lotSize: string) =>
  createInstrument({
    ...{ exchange: 'x', symbol: 'BTCUSDT', kind: 'perpetual', base: 'BTC', quote: 'USDT', settle: 'USDT' },
    ...{ multiplier: '1', inverse: false, tickSize, lotSize, minNotional: '0' },
  });

const place = (levels: RoutePlace['levels'], change: Partial<RoutePlace> = {}): RoutePlace => ({
  ...{ instrument: instrumentOf('1', '0.001'), whole: 100, levels, feeTakerBps: decimal('0'), room: null },
  ...change,
});

describe('a signal that goes where it costs least', () => {
  it.each<[string, 'BUY' | 'SELL', RoutePlace[], number[]]>([
    [
      'all of it to the cheaper book, where that is deep',
      'BUY',
      [place([[101, 500]]), place([[100, 500]])],
      [0, 100],
    ],
    ['a sell to the dearer one', 'SELL', [place([[101, 500]]), place([[100, 500]])], [100, 0]],
    [
      'level by level over both',
      'BUY',
      [
        place([
          [100, 30],
          [103, 500],
        ]),
        place([
          [101, 40],
          [102, 10],
          [104, 9],
        ]),
      ],
      [50, 50],
    ],
    [
      'the fee is a part of the price',
      'BUY',
      [place([[10_000, 500]], { feeTakerBps: decimal('5') }), place([[10_004, 500]])],
      [0, 100],
    ],
    [
      'a rebate as well',
      'SELL',
      [place([[10_000, 500]], { feeTakerBps: decimal('-1') }), place([[10_000, 500]])],
      [100, 0],
    ],
    [
      'as much as the limits leave, the rest elsewhere',
      'BUY',
      [place([[100, 500]], { room: 25 }), place([[105, 500]])],
      [25, 75],
    ],
    ['what no book shows goes on at the best one', 'BUY', [place([[100, 10]]), place([[101, 10]])], [90, 10]],
    [
      'what finds no room goes nowhere',
      'BUY',
      [place([[100, 10]], { room: 20 }), place([[101, 10]], { room: 5 })],
      [20, 5],
    ],
    ['of equal prices the first place goes first', 'BUY', [place([[100, 60]]), place([[100, 60]])], [60, 40]],
    ['an exchange without a book gets nothing', 'BUY', [place([]), place([[100, 10]])], [0, 100]],
    ['nowhere to go', 'BUY', [], []],
  ])('%s', (_, side, places, lots) => {
    expect(bestRoute(side, places)).toEqual(lots);
  });

  it('counts in the lots and ticks of each place', () => {
    // 1 BTC: 1,000 lots of 0.001 at 62,000.5, or 100 lots of 0.01 at 62,000.
    const fine = place([[620_005, 1_000]], { instrument: instrumentOf('0.1', '0.001'), whole: 1_000 });
    const coarse = place([[62_000, 40]], { instrument: instrumentOf('1', '0.01'), whole: 100 });
    expect(bestRoute('BUY', [fine, coarse])).toEqual([600, 40]);
  });

  const places = fc.array(
    fc.record({
      levels: fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 80 })), {
        maxLength: 5,
      }),
      whole: fc.integer({ min: 1, max: 300 }),
      fee: fc.integer({ min: -5, max: 50 }),
      room: fc.option(fc.integer({ min: 0, max: 200 })),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it('is never more than the signal, and less only for want of room, or of a whole lot', () => {
    fc.assert(
      fc.property(places, fc.constantFrom('BUY' as const, 'SELL' as const), (drawn, side) => {
        const all = drawn.map(({ fee, levels, room, whole }) =>
          place(levels, { whole, room, feeTakerBps: decimal(fee) }),
        );
        const lots = bestRoute(side, all);
        const signal = all.reduce((product, { whole }) => product * BigInt(whole), 1n);
        const spent = lots.reduce(
          (sum, each, at) => sum + (BigInt(each) * signal) / BigInt(all[at]!.whole),
          0n,
        );
        expect(spent <= signal).toBe(true);
        lots.forEach((each, at) => {
          const { levels, room, whole } = all[at]!;
          expect(each).toBeLessThanOrEqual(room ?? whole);
          const couldTakeMore = levels.length > 0 && each < (room ?? Infinity);
          if (couldTakeMore) expect(signal - spent < signal / BigInt(whole)).toBe(true);
        });
      }),
    );
  });

  it('leaves no cheaper level behind, but for want of room, or of a whole lot there', () => {
    fc.assert(
      fc.property(places, (drawn) => {
        // One lot for all, so that a lot always fits where another one did.
        const all = drawn.map(({ levels, room }) => place(levels, { room }));
        const lots = bestRoute('BUY', all);
        const shown = (at: number, upTo: number): number =>
          all[at]!.levels.filter(([price]) => price <= upTo).reduce((sum, [, quantity]) => sum + quantity, 0);
        lots.forEach((taken, at) => {
          const dearest = [...all[at]!.levels]
            .sort((a, b) => a[0] - b[0])
            .find(([price]) => shown(at, price) >= taken);
          if (taken === 0 || dearest === undefined) return;
          lots.forEach((other, index) => {
            if (index === at) return;
            const cheaper = all[index]!.levels.filter(([price]) => price < dearest[0]);
            const available = Math.min(
              cheaper.reduce((sum, [, quantity]) => sum + quantity, 0),
              all[index]!.room ?? Infinity,
            );
            expect(other).toBeGreaterThanOrEqual(available);
          });
        });
      }),
    );
  });
});
