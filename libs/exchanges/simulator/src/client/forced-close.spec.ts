import { describe, expect, it } from '@jest/globals';
import { cash, decimal } from '@bowline/domain';
import { ManualClock, WorkFolder } from '@bowline/testkit';
import { account, instrument } from '../matching/scenario.spec-support.js';
import { MockExchange } from './mock-exchange.js';
import { lineOf, MockScenario, PRICE, START, tickAt } from './mock-exchange.spec-support.js';

const folder = new WorkFolder('forced-close');
const POOR = { balances: { USDT: cash('1000') }, feeMakerBps: decimal('0'), feeTakerBps: decimal('0') };
const OPTIONS = {
  accounts: [account('ikenna', POOR), account('odum')],
  liquidation: {
    brackets: [{ notionalFloor: 0n, maintenanceBps: 100, maxLeverage: 50 }],
    feeBps: 50,
  },
};

/** ikenna is long one lot at 10,001 with 1,000 of cash. */
function held(options: Partial<ConstructorParameters<typeof MockScenario>[1]> = {}): MockScenario {
  const scenario = new MockScenario(new ManualClock(START), { ...OPTIONS, ...options }).tick(PRICE);
  scenario.send('ikenna', scenario.place('a', { orderQty: 1 })).settle();
  scenario.told.splice(0);
  return scenario;
}

describe('a mock exchange that marks positions', () => {
  it('tells of a liquidation as a forced close, with what it has made of the account', () => {
    const scenario = held();
    const stop = { orderQty: 1, side: 'SELL', leg: 's', stopPrice: 5_000, reduceOnly: true } as const;
    scenario.send('ikenna', scenario.place('stop', stop)).settle().lines();
    scenario.tick(9_000).exchange.mark('BTCUSDT', 9_050);
    scenario.settle();
    expect(scenario.told.map(({ report }) => lineOf(report))).toEqual([
      'stop expire 1/0 OTHER',
      'forced_close',
      'balance',
      'BTCUSDT holds 0 at null, last trade 2',
    ]);
    // Nobody has bid the price of bankruptcy: the insurance fund takes it.
    const fee = cash('45.005');
    expect(scenario.told[1]!.report).toMatchObject({
      ...{
        type: 'forced_close',
        symbol: 'BTCUSDT',
        side: 'LONG',
        quantity: 1,
        price: 9_001,
        fee,
        tradeId: 2,
      },
    });
    expect(scenario.exchange.balances('ikenna').get('USDT')).toBe(0n);
  });

  it('says so again to who asks for the trades', () => {
    const scenario = held();
    scenario.tick(9_000).exchange.mark('BTCUSDT', 9_050);
    scenario.settle().lines();
    scenario.send('ikenna', scenario.queryPosition(1)).settle();
    expect(scenario.told.map(({ report }) => lineOf(report))).toEqual([
      ...['forced_close', 'balance', 'BTCUSDT holds 0 at null, last trade 2'],
    ]);
  });

  it('liquidates by funding, told behind the charge', () => {
    const scenario = held();
    scenario.tick(9_900).exchange.mark('BTCUSDT', 9_900);
    scenario.exchange.fund('BTCUSDT', decimal('0.09'));
    scenario.settle();
    expect(scenario.told.map(({ report }) => report.type)).toEqual([
      ...['funding', 'balance', 'forced_close', 'balance', 'position'],
    ]);
  });

  it('deleverages by order', () => {
    const scenario = held();
    scenario.tick(12_000).exchange.mark('BTCUSDT', 12_000);
    scenario.exchange.deleverage({ kind: 'deleverage', account: 'ikenna', symbol: 'BTCUSDT' });
    scenario.settle();
    expect(scenario.told[0]!.report).toMatchObject({
      type: 'forced_close',
      side: 'LONG',
      price: 12_000,
      fee: 0n,
    });
    expect(() =>
      scenario.exchange.deleverage({ kind: 'deleverage', account: 'ikenna', symbol: 'BTCUSDT' }),
    ).toThrow(RangeError);
  });

  it('shows the engine a mark price once somebody has something at stake', () => {
    const carriedOut: string[] = [];
    const scenario = new MockScenario(new ManualClock(START), {
      ...OPTIONS,
      onCarriedOut: ({ command }) => void carriedOut.push(command.kind),
    }).tick(PRICE);
    scenario.exchange.mark('BTCUSDT', 9_999);
    scenario.exchange.mark('BTCUSDT', 9_998);
    expect([carriedOut, scenario.exchange.markPrice('BTCUSDT')]).toEqual([[], 9_998]);
    scenario.send('ikenna', scenario.place('a', { orderQty: 1 })).settle();
    scenario.exchange.mark('BTCUSDT', 9_997);
    expect(carriedOut).toEqual(['markPrice', 'quote', 'trade', 'new', 'markPrice']);
  });

  it('tells what funding has charged to who listens to the engine, and again after the death of the process', async () => {
    const options = {
      ...{ exchange: 'sim', clock: new ManualClock(START), instruments: [instrument()] },
      ...OPTIONS,
      log: { folder: folder.path },
    };
    const amounts: bigint[] = [];
    const onCarriedOut: NonNullable<ConstructorParameters<typeof MockExchange>[0]['onCarriedOut']> = ({
      charges,
    }) => charges.forEach(({ amount }) => amounts.push(amount));
    const exchange = new MockExchange({ ...options, onCarriedOut });
    exchange.onTick(tickAt(PRICE));
    exchange.client('ikenna').send(new MockScenario(options.clock).place('a', { orderQty: 1 }));
    options.clock.advance(50);
    exchange.fund('BTCUSDT', decimal('0.001'));
    exchange.onTick(tickAt(9_000));
    exchange.mark('BTCUSDT', 9_000);
    const hash = exchange.stateHash();
    // The funding, and what was owed when the position was gone.
    expect(amounts).toHaveLength(2);
    expect(amounts[0]).toBe(-cash('10'));
    await exchange.close();
    const told = amounts.splice(0);
    const again = new MockExchange({ ...options, onCarriedOut });
    expect([again.stateHash(), amounts]).toEqual([hash, told]);
    await again.close();
  });
});

describe('the book that everybody sees', () => {
  it("is the outside's levels and the orders of the accounts, whether the engine has seen them or not", () => {
    const scenario = new MockScenario(new ManualClock(START)).tick(PRICE);
    const levels = () => scenario.exchange.book('BTCUSDT');
    expect(levels()).toEqual({ bids: [[9_999, 10_000]], asks: [[10_001, 10_000]] });
    scenario.send('ikenna', scenario.place('bid', { limitPrice: 9_990, orderQty: 7 })).settle();
    scenario.send('odum', scenario.place('buy', { orderQty: 4 })).settle();
    expect(levels()).toEqual({
      bids: [
        [9_999, 10_000],
        [9_990, 7],
      ],
      asks: [[10_001, 9_996]],
    });
    scenario.tick(9_995, {
      bids: [
        [9_994, 5],
        [9_990, 3],
        [9_980, 2],
      ],
    });
    expect(levels().bids).toEqual([
      [9_994, 5],
      [9_990, 10],
      [9_980, 2],
    ]);
  });

  it('goes deeper than what the engine is shown', () => {
    const bids = Array.from({ length: 80 }, (_, rank) => [PRICE - 1 - rank, 5] as const);
    const scenario = new MockScenario(new ManualClock(START)).tick(PRICE, { bids });
    scenario.send('ikenna', scenario.place('deep', { limitPrice: PRICE - 75, orderQty: 2 })).settle();
    scenario.send('odum', scenario.place('sell', { side: 'SELL', orderQty: 7 })).settle();
    const shown = scenario.exchange.book('BTCUSDT').bids;
    expect(shown).toHaveLength(79);
    expect(shown.slice(0, 2)).toEqual([
      [PRICE - 2, 3],
      [PRICE - 3, 5],
    ]);
    expect(shown.find(([price]) => price === PRICE - 75)).toEqual([PRICE - 75, 7]);
  });
});

describe('quotes without a trade', () => {
  it('fill what they cross, and trigger nothing', () => {
    const scenario = new MockScenario(new ManualClock(START)).tick(PRICE);
    const stop = { side: 'SELL', leg: 's', stopPrice: 9_900, orderQty: 1 } as const;
    scenario.send(
      'ikenna',
      scenario.place('bid', { limitPrice: 9_950, orderQty: 3 }),
      scenario.place('stop', stop),
    );
    scenario.settle().lines();
    scenario.exchange.onQuote({ symbol: 'BTCUSDT', bids: [[9_800, 5]], asks: [[9_890, 5]] });
    scenario.settle();
    expect(scenario.lines()).toEqual(['ikenna bid trade 3@9950']);
    scenario.tick(9_890, { bids: [[9_800, 5]], asks: [[9_890, 5]] });
    scenario.settle();
    expect(scenario.lines()).toEqual(['ikenna stop trade 1@9800']);
  });
});
