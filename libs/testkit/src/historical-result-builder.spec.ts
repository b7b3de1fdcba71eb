import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signOf } from '@bowline/domain';
import { randomHistoricalResult } from './historical-result-builder.js';
import { seedNumbersResult } from './historical-result/seed-numbers.js';

const results = fc
  .record({
    seed: fc.integer({ min: 0, max: 1_000 }),
    trades: fc.integer({ min: 0, max: 400 }),
    bars: fc.constant(600),
  })
  .map((options) => randomHistoricalResult(options));

describe('a random historical result', () => {
  it('is the same for the same options', () => {
    expect(randomHistoricalResult({ seed: 7 })).toEqual(randomHistoricalResult({ seed: 7 }));
  });

  it('ends with equity = start + trades + open positions, for each client', () => {
    fc.assert(
      fc.property(results, (result) => {
        for (const curve of result.equity.filter(({ strategyId }) => strategyId === null)) {
          const own = (channel: number): boolean => result.channels[channel].clientId === curve.clientId;
          const closed = result.trades
            .filter(({ channel }) => own(channel))
            .reduce((sum, { netPnl }) => sum + netPnl, 0n);
          const open = result.openPositions
            .filter(({ channel }) => own(channel))
            .reduce(
              (sum, each) => sum + each.realizedPnl + each.unrealizedPnl - each.fees + each.funding,
              0n,
            );
          expect(curve.equity.at(-1)).toBe(curve.startingEquity + closed + open);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('has an exchange position that is the sum of its shares', () => {
    fc.assert(
      fc.property(results, (result) => {
        result.channels.forEach((_channel, at) => {
          const shares = result.openPositions
            .filter(({ channel }) => channel === at)
            .reduce((sum, { side, openQty }) => sum + signOf(side) * openQty, 0);
          const exchange = result.exchangePositions.find(({ channel }) => channel === at);
          expect(exchange?.sumOfShares ?? 0).toBe(shares);
          expect(exchange === undefined ? 0 : signOf(exchange.side) * exchange.quantity).toBe(shares);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('has fills for what its orders say is filled', () => {
    fc.assert(
      fc.property(results, (result) => {
        const name = (record: {
          channel: number;
          key: { strategyPositionId: string; leg: string };
        }): string => `${record.channel} ${record.key.strategyPositionId} ${record.key.leg}`;
        const filled = new Map<string, number>();
        for (const fill of result.fills) filled.set(name(fill), (filled.get(name(fill)) ?? 0) + fill.lastQty);
        for (const order of result.orders) expect(filled.get(name(order)) ?? 0).toBe(order.cumQty);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the numbers that the project is explained with', () => {
  it('are +3.00 and -4.00', () => {
    const pnl = seedNumbersResult().trades.map((trade) => [
      trade.strategyId,
      Number(trade.realizedPnl) / 1e18,
    ]);
    expect(pnl).toEqual([
      ['A', 3],
      ['B', -4],
    ]);
  });
});
