import { describe, expect, it } from '@jest/globals';
import type { PositionSide, StrategyPosition } from '@bowline/domain';
import { closes, entered, givenChannel, input, legsAt } from '@bowline/testkit';
import { LegTriggers } from './leg-triggers.js';

/** Open positions by strategy, watched whole: a take-profit and a stop-loss each. */
function positions(...legs: readonly [string, PositionSide, number | null, number | null][]) {
  return givenChannel(
    { protection: 'synthetic' },
    ...legs.map(([strategyId, side, takeProfit, stopLoss]) =>
      entered(strategyId, side, 10, 100, { plan: legsAt(takeProfit, stopLoss) }),
    ),
  );
}

function watching(held: Iterable<StrategyPosition>): LegTriggers {
  const triggers = new LegTriggers();
  triggers.sync(held);
  triggers.watchFresh();
  return triggers;
}

const at = (last: number, low = last, high = last) => ({ low, high, last });
const texts = (hits: ReturnType<LegTriggers['reached']>) =>
  hits.map(({ leg, price, strategyPositionId }) => `${strategyPositionId} ${leg} ${price}`);

describe('legs that are watched', () => {
  const both = () => positions(['A', 'LONG', 110, 90], ['B', 'SHORT', 85, 105]).state.positions.values();

  it.each([
    ['nothing is reached', at(100, 91, 104), []],
    ['a long’s stop, from above', at(90), ['A-1 s 90']],
    ['a short’s stop, from below', at(105), ['B-1 s 105']],
    ['a price that goes through one leg of each', at(112), ['B-1 s 112', 'A-1 t 112']],
    ['only the stop where both are reached', at(100, 80, 115), ['B-1 s 115', 'A-1 s 80']],
    ['a range that has come back', at(100, 88, 100), ['A-1 s 88']],
  ] as const)('say so: %s', (_what, seen, hits) => {
    expect(texts(watching(both()).reached(seen))).toEqual(hits);
  });

  it('are said to be reached once', () => {
    const triggers = watching(both());
    expect(texts(triggers.reached(at(90)))).toEqual(['A-1 s 90']);
    expect(texts(triggers.reached(at(89)))).toEqual([]);
  });

  it('that are new have seen only the last of the prices', () => {
    const triggers = new LegTriggers();
    triggers.sync(both());
    expect(texts(triggers.reached(at(100, 80, 120)))).toEqual([]);
    const late = new LegTriggers();
    late.sync(both());
    expect(texts(late.reached(at(89, 80, 120)))).toEqual(['A-1 s 89']);
  });

  it('that were there before the first prices have seen all of them', () => {
    const triggers = new LegTriggers();
    triggers.sync(both());
    triggers.watchFresh();
    expect(texts(triggers.reached(at(100, 89, 101)))).toEqual(['A-1 s 89']);
  });

  it('go where their position goes: moved, closed, or left to the exchange', () => {
    const channel = positions(['A', 'LONG', 110, 90], ['B', 'LONG', 110, 90], ['C', 'LONG', 110, 90]);
    const held = channel.state.positions;
    const triggers = watching(held.values());
    channel.when(
      input((now) => ({ type: 'stop_moved', strategyPositionId: 'A-1', stopPrice: 95, at: now })),
      closes('B'),
    );
    held.get('C-1')!.protection = 'paired';
    triggers.sync(held.values());
    expect(texts(triggers.reached(at(96, 92, 96)))).toEqual([]);
    expect(texts(triggers.reached(at(94)))).toEqual(['A-1 s 94']);
    expect(texts(triggers.reached(at(120, 80, 120)))).toEqual(['A-1 t 120']);
  });
});
