import { beforeEach, describe, expect, it } from '@jest/globals';
import { cash, decimal } from '@bowline/domain';
import { ManualClock } from '@bowline/testkit';
import { account, instrument } from '../matching/scenario.spec-support.js';
import { MockScenario, PRICE, START } from './mock-exchange.spec-support.js';

describe('spot over the port', () => {
  let scenario: MockScenario;

  beforeEach(() => {
    const fees = { feeMakerBps: decimal('10'), feeTakerBps: decimal('10') };
    const balances = { USDT: cash('10000000'), BTC: cash('50') };
    scenario = new MockScenario(new ManualClock(START), {
      ...{ instruments: [instrument({ kind: 'spot' })], latencyMs: 0 },
      // Of spot there is one side, whatever the account does elsewhere.
      accounts: [account('ikenna', { ...fees, balances, hedgeMode: true })],
    });
    scenario.tick(PRICE);
  });

  function facts(type: string) {
    return scenario.told.map(({ report }) => report).filter((report) => report.type === type);
  }

  it('tells of a fee in what was bought, and of the position that is left', () => {
    scenario.send('ikenna', scenario.place('a', { orderQty: 100 })).settle();
    expect(facts('trade')).toEqual([expect.objectContaining({ lastQty: 100, fee: 0n, feeBaseLots: 1 })]);
    expect(facts('position')).toEqual([
      expect.objectContaining({ signedQty: 50 + 100 - 1, entryPrice: null }),
    ]);
  });

  it('tells of a fee in cash where something is sold, and answers with what is held', () => {
    scenario.send('ikenna', scenario.place('a', { side: 'SELL', orderQty: 10, reduceOnly: true })).settle();
    expect(facts('trade')).toEqual([expect.objectContaining({ fee: cash('99.99'), feeBaseLots: 0 })]);
    scenario.told.length = 0;
    scenario.send('ikenna', scenario.queryPosition()).settle();
    expect(scenario.lines().at(-1)).toBe('ikenna BTCUSDT holds 40 at null, last trade 1');
  });

  it('refuses to sell what is not there, and to buy beyond the cash', () => {
    scenario.send('ikenna', scenario.place('a', { side: 'SELL', orderQty: 51 })).settle();
    scenario.send('ikenna', scenario.place('b', { orderQty: 1_001, limitPrice: 9_990 })).settle();
    expect(scenario.lines()).toEqual(['ikenna a reject 51/0 POSITION_TOO_SMALL', 'ikenna b accept 1001/0']);
    scenario.send('ikenna', scenario.place('c', { orderQty: 1, limitPrice: 9_990 })).settle();
    expect(scenario.lines()).toEqual(['ikenna c reject 1/0 INSUFFICIENT_MARGIN']);
  });

  it('does not promise what spot has not', () => {
    const { capabilities } = scenario.exchange.client('ikenna');
    expect(capabilities).toMatchObject({ hedgeMode: false, reduceOnly: false, conditionalOrders: true });
  });
});
