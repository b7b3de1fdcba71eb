import { describe, expect, it } from '@jest/globals';
import { cash, decimal } from '@bowline/domain';
import { ManualClock, WorkFolder } from '@bowline/testkit';
import { account, instrument } from '../matching/scenario.spec-support.js';
import { MockExchange } from './mock-exchange.js';
import { MockScenario, PRICE, START, tickAt } from './mock-exchange.spec-support.js';

const folder = new WorkFolder('funding');
const NO_FEES = { feeMakerBps: decimal('0'), feeTakerBps: decimal('0'), balances: { USDT: cash('1000') } };
const ACCOUNTS = [account('ikenna', NO_FEES), account('odum', NO_FEES)];
const { tickLotCash } = instrument();

function balanceOf(exchange: MockExchange, name: string): bigint {
  return (exchange.balances(name).get('USDT') ?? 0n) - cash('1000');
}

/** ikenna is long 10 lots, odum short 30. */
function heldScenario(accounts = ACCOUNTS): MockScenario {
  const scenario = new MockScenario(new ManualClock(START), { accounts }).tick(PRICE);
  const short = { side: 'SELL', positionSide: 'SHORT', orderQty: 30 } as const;
  scenario.send('ikenna', scenario.place('a')).send('odum', scenario.place('b', short)).settle();
  scenario.told.splice(0);
  return scenario;
}

describe('funding', () => {
  it('is paid by who is long and received by who is short, at the last price, and told behind what happened before', () => {
    const scenario = heldScenario();
    const at = scenario.clock.now();
    scenario.tick(PRICE + 500);
    scenario.exchange.fund('BTCUSDT', decimal('0.0001'));
    const lot = (BigInt(PRICE + 500) * tickLotCash) / 10_000n;
    expect(balanceOf(scenario.exchange, 'ikenna')).toBe(-10n * lot);
    expect(balanceOf(scenario.exchange, 'odum')).toBe(30n * lot);
    scenario.settle();
    const charged = {
      type: 'funding',
      symbol: 'BTCUSDT',
      price: PRICE + 500,
      rateUnits: 1n,
      rateScale: 4,
      at,
    };
    expect(scenario.told).toEqual(
      ['ikenna', 'odum'].flatMap((name) => [
        { account: name, at: at + 50, report: expect.objectContaining(charged) },
        {
          account: name,
          at: at + 50,
          report: expect.objectContaining({
            type: 'balance',
            balance: scenario.exchange.balances(name).get('USDT'),
          }),
        },
      ]),
    );
  });

  it('goes the other way where the rate is below 0', () => {
    const scenario = heldScenario();
    scenario.exchange.fund('BTCUSDT', decimal('-0.0001'));
    expect(balanceOf(scenario.exchange, 'ikenna')).toBe((10n * BigInt(PRICE) * tickLotCash) / 10_000n);
  });

  it('is charged on each side of an account that keeps them apart', () => {
    const hedged = account('ikenna', { ...NO_FEES, hedgeMode: true });
    const scenario = new MockScenario(new ManualClock(START), { accounts: [hedged] }).tick(PRICE);
    const short = { side: 'SELL', positionSide: 'SHORT' } as const;
    scenario.send('ikenna', scenario.place('a'), scenario.place('b', short)).settle();
    const before = balanceOf(scenario.exchange, 'ikenna');
    scenario.exchange.fund('BTCUSDT', decimal('0.0001'));
    expect(balanceOf(scenario.exchange, 'ikenna')).toBe(before);
    scenario.told.splice(0);
    scenario.settle();
    expect(scenario.told.map(({ report }) => report.type)).toEqual(['funding', 'balance']);
  });

  it('is nothing to an account that is flat, nor before there is a price', () => {
    const scenario = new MockScenario(new ManualClock(START));
    scenario.exchange.fund('BTCUSDT', decimal('0.0001'));
    scenario.tick(PRICE);
    scenario.exchange.fund('BTCUSDT', decimal('0.0001'));
    scenario.settle();
    expect(scenario.told).toEqual([]);
  });

  it('is refused for a symbol that is not traded', () => {
    const { exchange } = new MockScenario(new ManualClock(START));
    expect(() => exchange.fund('ETHUSDT', decimal('0.0001'))).toThrow(RangeError);
  });

  it('is still paid after the death of the process', async () => {
    const clock = new ManualClock(START);
    const options = {
      exchange: 'sim',
      clock,
      instruments: [instrument()],
      accounts: ACCOUNTS,
      log: { folder: folder.path },
    };
    const exchange = new MockExchange(options);
    exchange.onTick(tickAt(PRICE));
    const scenario = new MockScenario(clock);
    exchange.client('ikenna').send(scenario.place('a'));
    clock.advance(50);
    exchange.fund('BTCUSDT', decimal('-0.00012'));
    const [balance, hash] = [balanceOf(exchange, 'ikenna'), exchange.stateHash()];
    expect(balance).toBeGreaterThan(0n);
    await exchange.close();
    const again = new MockExchange(options);
    expect([balanceOf(again, 'ikenna'), again.stateHash()]).toEqual([balance, hash]);
    await again.close();
  });
});
