import { describe, expect, it } from '@jest/globals';
import { lines, Scenario } from './scenario.spec-support.js';

/** Several strategies on one one-way account: what the exchange makes of them. Strategy A goes long, B short. */
describe('one netted position under several strategies', () => {
  function aLong10bShort6(): Scenario {
    const scenario = new Scenario();
    scenario.hold('ikenna', 10, 100, { clientOrderId: 'a-entry' });
    scenario.hold('ikenna', -6, 100, { clientOrderId: 'b-entry' });
    return scenario;
  }

  it("lets A take profit whole: the net becomes what is B's", () => {
    const scenario = aLong10bShort6();
    expect(scenario.position()).toBe(4);
    scenario.sell(10, { clientOrderId: 'a-take-profit', price: 110 });
    scenario.quote([[109, 50]], [[120, 50]]);
    expect(lines(scenario.quote([[110, 50]], [[120, 50]]))).toEqual([
      'ikenna a-take-profit TRADE FILLED 10@110',
    ]);
    expect(scenario.engine.positions('ikenna')).toMatchObject([{ key: 'BTCUSDT_SHORT', quantity: -6 }]);
  });

  it("would cut A's take-profit to the net if it were reduce-only", () => {
    const scenario = aLong10bShort6();
    const [report] = scenario.sell(10, { clientOrderId: 'a-take-profit', price: 110, reduceOnly: true });
    expect(report).toMatchObject({ execType: 'NEW', orderQty: 4 });
  });

  it('keeps the plain stops of both sides while the exchange is flat', () => {
    const scenario = new Scenario();
    scenario.hold('ikenna', 5, 100, { clientOrderId: 'a-entry' });
    scenario.hold('ikenna', -5, 100, { clientOrderId: 'b-entry' });
    expect(scenario.engine.positions('ikenna')).toEqual([]);
    scenario.sell(5, { clientOrderId: 'a-stop', orderType: 'STOP_MARKET', stopPrice: 90 });
    scenario.buy(5, { clientOrderId: 'b-stop', orderType: 'STOP_MARKET', stopPrice: 110 });
    scenario.quote([[89, 50]], [[111, 50]]);
    expect(lines(scenario.print(90, 1))).toEqual([
      'ikenna a-stop TRIGGERED NEW',
      'ikenna a-stop TRADE FILLED 5@89',
    ]);
    // Flat for two strategies, short 5 for the one that is left: B's.
    expect(scenario.position()).toBe(-5);
    expect(lines(scenario.print(110, 1))).toEqual([
      'ikenna b-stop TRIGGERED NEW',
      'ikenna b-stop TRADE FILLED 5@111',
    ]);
    expect(scenario.position()).toBe(0);
  });

  it('loses a reduce-only stop to an opposite entry of another strategy', () => {
    const scenario = new Scenario();
    scenario.hold('ikenna', 5, 100, { clientOrderId: 'a-entry' });
    scenario.sell(5, { clientOrderId: 'a-stop', orderType: 'STOP_MARKET', stopPrice: 90, reduceOnly: true });
    scenario.hold('ikenna', -8, 100, { clientOrderId: 'b-entry' });
    expect(scenario.engine.order('ikenna', 'a-stop')).toMatchObject({ orderStatus: 'EXPIRED' });
    expect(lines(scenario.log).at(-1)).toBe('ikenna a-stop EXPIRED EXPIRED REDUCE_ONLY');
  });

  it("lets A's stop take the net through zero", () => {
    const scenario = aLong10bShort6();
    scenario.sell(10, { clientOrderId: 'a-stop', orderType: 'STOP_MARKET', stopPrice: 95 });
    scenario.quote([[94, 50]], [[96, 50]]);
    scenario.print(95, 1);
    expect(scenario.position()).toBe(-6);
  });

  it('expires the resting order of one strategy under an emergency close of another, which can be sent again', () => {
    const scenario = new Scenario();
    scenario.hold('ikenna', 5, 100, { clientOrderId: 'a-entry' });
    scenario.buy(5, { clientOrderId: 'b-entry', price: 99, selfTradePrevention: 'EXPIRE_TAKER' });
    scenario.quote([[98, 50]], [[101, 50]]);
    const reports = scenario.sell(5, { clientOrderId: 'a-exit', selfTradePrevention: 'EXPIRE_MAKER' });
    expect(lines(reports)).toEqual([
      'ikenna a-exit NEW NEW',
      'ikenna b-entry EXPIRED EXPIRED SELF_TRADE',
      'ikenna a-exit TRADE FILLED 5@98',
    ]);
    expect(lines(scenario.buy(5, { clientOrderId: 'b-entry-1', price: 99 }))).toEqual([
      'ikenna b-entry-1 NEW NEW',
    ]);
  });

  it('gives opposite orders at once two fills of their own, both with fees, where prevention is off', () => {
    const scenario = new Scenario();
    scenario.buy(5, { clientOrderId: 'a-entry', price: 100 });
    const reports = scenario.sell(5, { clientOrderId: 'b-entry', price: 100 });
    expect(lines(reports)).toEqual([
      'ikenna b-entry NEW NEW',
      'ikenna a-entry TRADE FILLED 5@100',
      'ikenna b-entry TRADE FILLED 5@100',
    ]);
    expect(scenario.engine.positions('ikenna')).toEqual([]);
  });
});
