import { describe, expect, it } from '@jest/globals';
import { cash } from '@bowline/domain';
import type { LiquidationRules } from '@bowline/exchange-simulator';
import type { PublicLiquidation } from './public-trade.js';
import { PRICE, PublicScenario, START } from './public-markets.spec-support.js';

const HOUR = 3_600_000;
const RULES: LiquidationRules = {
  brackets: [{ notionalFloor: 0n, maintenanceBps: 100, maxLeverage: 50 }],
  feeBps: 0,
};

function tradesOf({ btc }: PublicScenario) {
  return btc.trades
    .all()
    .map(({ buyerIsMaker, price, quantity }) => `${buyerIsMaker ? 'S' : 'B'}${quantity}@${price}`);
}

describe('trades that everybody sees', () => {
  it('are those of the outside, as large as the market shows, on the side that prices move to', () => {
    const scenario = new PublicScenario()
      .tick(PRICE)
      .tick(PRICE - 3)
      .tick(PRICE, { quantity: 99_999 });
    expect(tradesOf(scenario)).toEqual(['B20@10000', 'S20@9997', 'B500@10000']);
    scenario.tick(PRICE, { buyerIsMaker: true, quantity: 99_999 });
    expect(tradesOf(scenario).at(-1)).toBe('S99999@10000');
  });

  it('are those of the accounts with the outside, and with each other once', () => {
    const scenario = new PublicScenario().tick(PRICE).order('BUY', 3);
    scenario.order('SELL', 4, PRICE - 0).order('BUY', 4, PRICE, 'odum');
    expect(tradesOf(scenario)).toEqual(['B20@10000', 'B3@10001', 'B4@10000']);
  });

  it('count a resting order once: with the trade that has filled it, or by itself where a quote has', () => {
    const scenario = new PublicScenario()
      .tick(PRICE)
      .order('BUY', 3, PRICE - 10)
      .order('BUY', 5, PRICE - 20);
    scenario.tick(PRICE - 10, { quantity: 8 });
    expect(tradesOf(scenario).slice(1)).toEqual(['S8@9990']);
    scenario.markets.onQuote({ symbol: 'BTCUSDT', bids: [], asks: [[PRICE - 25, 9]] });
    expect(tradesOf(scenario).slice(2)).toEqual(['S5@9980']);
  });

  it('have ascending numbers that go on after a restart', () => {
    const scenario = new PublicScenario().tick(PRICE).tick(PRICE);
    const [first, second] = scenario.btc.trades.all();
    expect([first!.tradeId, second!.tradeId]).toEqual([START + 1, START + 2]);
  });
});

describe('a margin plan', () => {
  it('marks positions at the middle of the book, at first and each second', () => {
    const scenario = new PublicScenario({ liquidation: null }).tick(PRICE);
    expect(scenario.btc.marked).toMatchObject({
      mark: PRICE,
      index: PRICE,
      nextFundingTime: START + 4 * HOUR,
    });
    scenario.tick(PRICE, { bids: [[PRICE - 9, 1]], asks: [[PRICE + 1, 1]] }).pass(999);
    expect(scenario.btc.marked!.mark).toBe(PRICE);
    scenario.pass(1);
    expect([scenario.btc.marked!.mark, scenario.exchange.markPrice('BTCUSDT')]).toEqual([
      PRICE - 4,
      PRICE - 4,
    ]);
  });

  it('charges funding every eight hours of the clock, at the mark price', () => {
    const scenario = new PublicScenario({ liquidation: null }).tick(PRICE);
    scenario.order('BUY', 10, undefined).order('SELL', 30, undefined, 'odum');
    const balance = (account: string) => scenario.exchange.balances(account).get('USDT')!;
    const before = [balance('ikenna'), balance('odum')];
    scenario.pass(4 * HOUR - 1);
    expect([balance('ikenna'), balance('odum')]).toEqual(before);
    scenario.pass(1);
    // 10 x 0.001 x 100.00 x 0.01 %.
    expect([balance('ikenna') - before[0]!, balance('odum') - before[1]!]).toEqual([
      -cash('0.0001'),
      cash('0.0003'),
    ]);
    expect(scenario.btc.fundings.all()).toEqual([
      { time: START + 4 * HOUR, rate: { units: 1n, scale: 4 }, mark: PRICE },
    ]);
    scenario.pass(16 * HOUR);
    expect(scenario.btc.fundings.all()).toHaveLength(3);
  });

  it('has an interval and a rate of its own where it says so', () => {
    const plan = { liquidation: null, fundingEveryMs: HOUR, fundingRate: '-0.0002' };
    const scenario = new PublicScenario(plan).tick(PRICE).order('BUY', 10);
    const before = scenario.exchange.balances('ikenna').get('USDT')!;
    scenario.pass(HOUR);
    expect(scenario.exchange.balances('ikenna').get('USDT')! - before).toBe(cash('0.0002'));
  });

  it('liquidates who cannot carry a position any more, and tells everybody', () => {
    const scenario = new PublicScenario({ liquidation: RULES }).tick(PRICE);
    const told: PublicLiquidation[] = [];
    scenario.btc.follow({ onLiquidation: (liquidation) => void told.push(liquidation) });
    // 100,000 of cash carry 10,000 BTC at 100 down to 91 or so.
    const asks = [[PRICE + 1, 20_000_000] as const];
    scenario
      .tick(PRICE, { asks })
      .order('BUY', 10_000_000)
      .tick(9_100, { bids: [[9_090, 20_000_000]] });
    scenario.pass(1_000);
    expect(scenario.exchange.positions('ikenna')).toEqual([]);
    expect(told).toMatchObject([{ side: 'SELL', quantity: 10_000_000 }]);
  });

  it('is nothing to an exchange without one', () => {
    const scenario = new PublicScenario()
      .tick(PRICE)
      .order('BUY', 10)
      .pass(24 * HOUR);
    expect([scenario.btc.marked, scenario.btc.fundings.all()]).toEqual([null, []]);
  });
});
