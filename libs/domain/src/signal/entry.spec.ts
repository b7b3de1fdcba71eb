import { describe, expect, it } from '@jest/globals';
import {
  aClient,
  anInstrument,
  aSignal,
  NO_STRATEGY_LIMITS,
  someFacts,
  someParams,
  WHOLE,
  type ClientTerms,
} from '@bowline/testkit';
import fc from 'fast-check';
import { cash, decimal } from '../primitives/index.js';
import {
  decideSignal,
  evolveClient,
  type Distance,
  type MarketFacts,
  type PendingSignal,
  type StrategyParams,
} from './index.js';

interface Given extends Omit<ClientTerms, 'strategies'> {
  readonly params?: Partial<StrategyParams>;
  readonly signal?: Partial<PendingSignal>;
  readonly facts?: Partial<MarketFacts>;
  readonly side?: 1 | -1;
}

function entryOf({ facts, params, side = 1, signal, ...terms }: Given) {
  const client = aClient({ ...terms, strategies: { A: someParams(params) } });
  const event = decideSignal(client, 0, aSignal(side, signal), someFacts(facts));
  if (event.type === 'entry_denied') return event.code;
  if (event.type === 'entry_ordered') return event.intent;
  throw new Error(event.type);
}

const bps = (value: string): Partial<StrategyParams> => ({
  orderType: 'limit',
  limitOffsetBps: decimal(value),
});
const sd: Distance = { kind: 'sd', multiple: 2 };

describe('an entry', () => {
  it('carries all that the channel needs to know', () => {
    expect(
      entryOf({
        signal: { id: 'one', expiresAt: 9 },
        facts: { at: 5, price: 120 },
        params: { scaleIn: true },
      }),
    ).toEqual({
      type: 'open',
      intentId: 'one',
      strategyId: 'A',
      side: 'LONG',
      quantity: 10,
      orderType: 'market',
      limitPrice: null,
      timeInForce: 'GTC',
      scaleIn: true,
      plan: {
        takeProfit: { kind: 'pct', percent: decimal(10) },
        stopLoss: { kind: 'pct', percent: decimal(10) },
        volatility: null,
        trailingStop: null,
        breakEven: null,
        timeExitMs: null,
      },
      referencePrice: 120,
      at: 5,
      expiresAt: 9,
    });
  });

  it.each<[string, Given, number | string]>([
    ['the signal’s quantity before the sizing', { signal: { quantity: 7 } }, 7],
    ['the fixed quantity', { params: { sizing: { kind: 'fixedQuantity', quantity: decimal('2.9') } } }, 2],
    [
      'a notional at the acting price',
      { params: { sizing: { kind: 'fixedNotional', notional: cash(1_000) } }, facts: { price: 120 } },
      8,
    ],
    [
      'a notional at the limit price',
      {
        params: { sizing: { kind: 'fixedNotional', notional: cash(1_000) }, ...bps('2000') },
        facts: { price: 120 },
      },
      10,
    ],
    [
      'a percentage of the balance',
      { params: { sizing: { kind: 'percentOfBalance', percent: decimal(50) } } },
      50,
    ],
    // 1 % of 10,000 over a stop that is 10 away.
    [
      'a risk over the planned stop',
      { params: { sizing: { kind: 'riskPerTrade', percent: decimal(1) } } },
      10,
    ],
    [
      'a risk over the signal’s stop',
      { params: { sizing: { kind: 'riskPerTrade', percent: decimal(1) } }, signal: { stopLoss: 95 } },
      20,
    ],
    [
      'no risk without a stop',
      { params: { sizing: { kind: 'riskPerTrade', percent: decimal(1) }, stopLoss: null } },
      'STOP_REQUIRED',
    ],
    [
      'no share of an unknown balance',
      { params: { sizing: { kind: 'percentOfBalance', percent: decimal(50) } }, balance: null },
      'NO_BALANCE',
    ],
    ['no lot', { params: { sizing: { kind: 'fixedQuantity', quantity: decimal('0.9') } } }, 'QUANTITY_ZERO'],
    ['no negative quantity', { signal: { quantity: -3 } }, 'QUANTITY_ZERO'],
    [
      'not more than can be counted',
      { params: { sizing: { kind: 'fixedQuantity', quantity: decimal('1e30') } } },
      'QUANTITY_TOO_LARGE',
    ],
  ])('takes %s', (_name, given, expected) => {
    const entry = entryOf(given);
    expect(typeof entry === 'string' ? entry : entry.quantity).toBe(expected);
  });

  it.each<[string, Given, string | null]>([
    ['a take-profit at the entry', { signal: { takeProfit: 100 } }, 'TAKE_PROFIT_WRONG_SIDE'],
    ['a take-profit beyond it', { signal: { takeProfit: 101 } }, null],
    ['a stop at the entry', { signal: { stopLoss: 100 } }, 'STOP_LOSS_WRONG_SIDE'],
    ['a stop behind it', { signal: { stopLoss: 99 } }, null],
    [
      'a short’s take-profit at the entry',
      { side: -1, signal: { takeProfit: 100 } },
      'TAKE_PROFIT_WRONG_SIDE',
    ],
    ['a short’s take-profit beyond it', { side: -1, signal: { takeProfit: 99 } }, null],
    ['a short’s stop at the entry', { side: -1, signal: { stopLoss: 100 } }, 'STOP_LOSS_WRONG_SIDE'],
    ['a short’s stop behind it', { side: -1, signal: { stopLoss: 101 } }, null],
    [
      'a stop that is behind the acting price and before the limit',
      { params: bps('1000'), signal: { stopLoss: 95 } },
      'STOP_LOSS_WRONG_SIDE',
    ],
    ['standard deviations of nothing', { params: { stopLoss: sd } }, 'VOLATILITY_UNAVAILABLE'],
    [
      'a trailing stop in standard deviations of nothing',
      { params: { trailingStop: sd } },
      'VOLATILITY_UNAVAILABLE',
    ],
    ['standard deviations', { params: { stopLoss: sd }, facts: { volatility: 0.01 } }, null],
    [
      'standard deviations of the signal’s own',
      { params: { stopLoss: sd }, signal: { volatility: 0.01 } },
      null,
    ],
    [
      'standard deviations that the signal’s prices replace',
      { params: { stopLoss: sd, takeProfit: sd }, signal: { stopLoss: 90, takeProfit: 110 } },
      null,
    ],
    [
      'too much slippage',
      { params: { maxSlippageBps: decimal(99) }, facts: { expectedPrice: { BUY: 101, SELL: 99 } } },
      'MAX_SLIPPAGE',
    ],
    [
      'too much slippage of a short',
      { side: -1, params: { maxSlippageBps: decimal(99) }, facts: { expectedPrice: { BUY: 100, SELL: 99 } } },
      'MAX_SLIPPAGE',
    ],
    [
      'slippage against the signal’s price',
      {
        params: { maxSlippageBps: decimal(99) },
        signal: { price: 101 },
        facts: { expectedPrice: { BUY: 101, SELL: 99 } },
      },
      null,
    ],
    [
      'slippage of a limit order',
      {
        params: { maxSlippageBps: decimal(0), ...bps('0') },
        facts: { expectedPrice: { BUY: 105, SELL: 95 } },
      },
      null,
    ],
    [
      'a limit of the strategy',
      { params: { limits: { ...NO_STRATEGY_LIMITS, maxPositionSize: decimal('9.99') } } },
      'MAX_POSITION_SIZE',
    ],
    ['a limit of the client', { limits: { restrictedSymbols: ['SYMBOL0'] } }, 'RESTRICTED_SYMBOL'],
  ])('with %s: %s', (_name, given, code) => {
    const entry = entryOf(given);
    expect(typeof entry === 'string' ? entry : null).toBe(code);
  });

  it('is denied as a duplicate within the window, and the denial starts no new one', () => {
    const client = aClient({
      limits: { duplicateOrderWindowMs: 100 },
      strategies: { A: someParams({ scaleIn: true }) },
    });
    const at = (time: number) => {
      const event = decideSignal(client, 0, aSignal(1, { time }), someFacts({ at: time }));
      evolveClient(client, event);
      const target = client.channels[0]!.targets.get('A')!;
      target.openQty += target.workingQty;
      target.workingQty = 0;
      return event.type === 'entry_denied' ? event.code : event.type;
    };
    expect([at(0), at(99), at(100)]).toEqual(['entry_ordered', 'DUPLICATE_ORDER', 'entry_ordered']);
  });
});

describe('a limit price', () => {
  it.each<[1 | -1, string, number, number]>([
    [1, '0', 100, 100],
    [-1, '0', 100, 100],
    [1, '5', 4_500_000, 4_497_750],
    [-1, '5', 4_500_000, 4_502_250],
    [1, '5', 4_500_001, 4_497_750],
    [-1, '5', 4_500_001, 4_502_252],
    [1, '0.1', 1_000, 999],
    [-1, '0.1', 1_000, 1_001],
    [1, '20000', 100, 1],
  ])('of side %d rests %s basis points behind %d: %d', (side, offset, price, expected) => {
    expect(
      entryOf({ side, params: { ...bps(offset), takeProfit: null, stopLoss: null }, facts: { price } }),
    ).toMatchObject({
      limitPrice: expected,
      orderType: 'limit',
    });
  });

  it('is the signal’s own where it has one', () => {
    expect(entryOf({ params: bps('50'), signal: { price: 97 } })).toMatchObject({
      limitPrice: 97,
      referencePrice: 97,
    });
  });

  it('is the exact product on its passive side, for every price and offset', () => {
    const price = fc.integer({ min: 1, max: 10_000_000_000 });
    fc.assert(
      fc.property(price, fc.nat({ max: 99_999 }), fc.constantFrom<1 | -1>(1, -1), (acting, tenths, side) => {
        const params = { ...bps(`${tenths}e-1`), takeProfit: null, stopLoss: null };
        const entry = entryOf({ side, params, facts: { price: acting }, instrument: WHOLE });
        if (typeof entry === 'string') throw new Error(entry);
        const limit = BigInt(entry.limitPrice!);
        const exact = BigInt(acting) * (100_000n - BigInt(side * tenths));
        const passive = side === 1 ? limit * 100_000n <= exact : limit * 100_000n >= exact;
        const nearest = side === 1 ? (limit + 1n) * 100_000n > exact : (limit - 1n) * 100_000n < exact;
        expect(limit === 1n || (passive && nearest)).toBe(true);
      }),
    );
  });

  it('lies on the step of the tick table', () => {
    const instrument = anInstrument({ tickSize: '1', lotSize: '1', tickTable: [{ from: '100', step: '5' }] });
    const at = (side: 1 | -1) =>
      entryOf({
        side,
        instrument,
        params: { ...bps('100'), takeProfit: null, stopLoss: null },
        facts: { price: 200 },
      });
    expect([at(1), at(-1)]).toMatchObject([{ limitPrice: 195 }, { limitPrice: 205 }]);
  });
});
