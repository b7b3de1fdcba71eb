import { expect, it } from '@jest/globals';
import { ManualClock } from '@bowline/testkit';
import { generateMarket, mockSignals } from '../market/index.js';
import { BTC } from '../market/market.spec-support.js';
import { lineOf, MockScenario, START } from './mock-exchange.spec-support.js';

const PRICE = 600_000;
const MINUTE = 60_000;

/** A pair of take-profit and stop-loss for each mock signal of an evening, 1 % around the price. */
function trade(seed: number): MockScenario {
  const clock = new ManualClock(START);
  const scenario = new MockScenario(clock, { instruments: [BTC] });
  let last = PRICE;
  const { exchange } = scenario;
  const markets = [{ instrument: BTC, startPrice: PRICE }];
  const source = generateMarket({ seed, markets, sink: exchange, from: START });
  source.onUpdate((update) => {
    last = update.last;
  });
  const strategies = [{ strategyId: 'scout', symbols: ['BTCUSDT'], everyMs: 30 * MINUTE }];
  const signals = mockSignals(seed, strategies, START);
  for (let minute = 0; minute < 8 * 60; minute += 1) {
    const end = START + (minute + 1) * MINUTE;
    for (let next = source.nextTime(); next !== null && next <= end; next = source.nextTime()) {
      clock.advanceTo(next);
      source.step();
    }
    while ((signals.nextTime() ?? end + 1) <= end) {
      const { signal, time } = signals.take();
      if (signal === 0) continue;
      const [side, closing] = signal === 1 ? (['BUY', 'SELL'] as const) : (['SELL', 'BUY'] as const);
      const limitPrice = Math.round(last * (1 + signal * 0.01));
      const stopPrice = Math.round(last * (1 - signal * 0.01));
      scenario.send('ikenna', scenario.place(`e${time}`, { side }));
      scenario.send('ikenna', scenario.place(`t${time}`, { side: closing, leg: 't', limitPrice }));
      scenario.send('ikenna', scenario.place(`s${time}`, { side: closing, leg: 's', stopPrice }));
    }
  }
  return scenario.settle();
}

it('reaches take-profits and stops in a generated market, the same ones each time', () => {
  const scenario = trade(1);
  const toldOf = ({ told }: MockScenario): readonly string[] =>
    told.map(({ at, report }) => `${at} ${report.id} ${lineOf(report)}`);
  const trades = scenario.told.map(({ report }) => report).filter((report) => report.type === 'trade');
  const filled = (leg: string): number =>
    new Set(trades.map((report) => report.clientOrderId).filter((id) => id.startsWith(leg))).size;
  expect(filled('e')).toBeGreaterThan(8);
  expect(filled('t')).toBeGreaterThan(2);
  expect(filled('s')).toBeGreaterThan(2);
  // Market orders fill whole, and close to the price of the moment.
  const open = scenario.exchange.openOrders('ikenna').map(({ clientOrderId }) => clientOrderId);
  expect(open.filter((id) => id.startsWith('e'))).toEqual([]);
  const sum = trades.reduce((net, { lastQty, side }) => net + (side === 'BUY' ? lastQty : -lastQty), 0);
  expect(scenario.exchange.signedQty('ikenna', 'BTCUSDT')).toBe(sum);
  expect(toldOf(trade(1))).toEqual(toldOf(scenario));
  expect(toldOf(trade(2))).not.toEqual(toldOf(scenario));
});
