import { describe, expect, it } from '@jest/globals';
import { anInstrument, NO_CLIENT_LIMITS } from '@bowline/testkit';
import fc from 'fast-check';
import { cash, decimal } from '../primitives/index.js';
import type { ClientLimits } from '../signal/index.js';
import {
  checkClient,
  checkOrder,
  DENIAL_CODES,
  isDuplicate,
  utcDay,
  type ClientExposure,
  type EntryLimits,
  type ProposedEntry,
  type StrategyExposure,
} from './index.js';

const DAY = 86_400_000;
const INSTRUMENT = anInstrument({ tickSize: '1', lotSize: '1', minNotional: '50' });
const NO_LIMITS: EntryLimits = {
  maxPositionLots: null,
  maxPositionNotional: null,
  maxOrderLots: null,
  maxOrderValue: null,
  maxConsecutiveLosses: null,
  maxSlippageBps: null,
};
const FLAT: StrategyExposure = {
  tradingState: 'ACTIVE',
  openQty: 0,
  workingQty: 0,
  losses: { inARow: 0, day: 0 },
  lastEntry: null,
};
const QUIET: ClientExposure = {
  tradingState: 'ACTIVE',
  dayNetPnl: 0n,
  equity: cash(10_000),
  peakEquity: cash(10_000),
  accountBalance: cash(10_000),
  accountGross: () => 0n,
  clientGross: () => 0n,
  clientNet: () => 0n,
};

/** Ten lots at 100: worth 1,000. */
function anEntry(changes: Partial<ProposedEntry> = {}): ProposedEntry {
  return {
    instrument: INSTRUMENT,
    symbol: 'BTCUSDT',
    side: 'BUY',
    quantity: 10,
    price: 100,
    expectedPrice: null,
    referencePrice: 100,
    at: DAY + 5,
    ...changes,
  };
}

describe('controls on the order and the strategy’s position, each at its boundary', () => {
  it.each<[string | null, Partial<EntryLimits>, Partial<StrategyExposure>, Partial<ProposedEntry>]>([
    [null, {}, {}, {}],
    ['TRADING_HALTED', {}, { tradingState: 'HALTED' }, {}],
    ['REDUCING_ONLY', {}, { tradingState: 'REDUCING' }, {}],
    [null, { maxOrderLots: 10 }, {}, {}],
    ['MAX_ORDER_QUANTITY', { maxOrderLots: 9 }, {}, {}],
    [null, { maxPositionLots: 10 }, {}, {}],
    ['MAX_POSITION_SIZE', { maxPositionLots: 9 }, {}, {}],
    [null, { maxPositionLots: 15 }, { openQty: 3, workingQty: 2 }, {}],
    ['MAX_POSITION_SIZE', { maxPositionLots: 15 }, { openQty: 3, workingQty: 3 }, {}],
    [null, {}, {}, { quantity: 1, price: 50 }],
    ['BELOW_MIN_NOTIONAL', {}, {}, { quantity: 1, price: 49 }],
    [null, { maxOrderValue: cash(1_000) }, {}, {}],
    ['MAX_ORDER_VALUE', { maxOrderValue: cash('999.999999999999999999') }, {}, {}],
    [null, { maxPositionNotional: cash(1_500) }, { openQty: 5 }, {}],
    ['MAX_POSITION_NOTIONAL', { maxPositionNotional: cash(1_500) }, { openQty: 5, workingQty: 1 }, {}],
    [null, { maxConsecutiveLosses: 3 }, { losses: { inARow: 2, day: 1 } }, {}],
    ['CONSECUTIVE_LOSSES', { maxConsecutiveLosses: 3 }, { losses: { inARow: 3, day: 1 } }, {}],
    [null, { maxConsecutiveLosses: 3 }, { losses: { inARow: 3, day: 0 } }, {}],
    [null, { maxConsecutiveLosses: 3 }, { losses: { inARow: 3, day: 1 } }, { at: 2 * DAY }],
    [
      'CONSECUTIVE_LOSSES',
      { maxConsecutiveLosses: 3 },
      { losses: { inARow: 3, day: 1 } },
      { at: 2 * DAY - 1 },
    ],
  ])('%s: %j', (code, limits, exposure, entry) => {
    expect(checkOrder(anEntry(entry), { ...NO_LIMITS, ...limits }, { ...FLAT, ...exposure })).toBe(code);
  });

  it.each<[string | null, 'BUY' | 'SELL', number | null, string]>([
    [null, 'BUY', 10_005, '5'],
    ['MAX_SLIPPAGE', 'BUY', 10_006, '5'],
    [null, 'SELL', 9_995, '5'],
    ['MAX_SLIPPAGE', 'SELL', 9_994, '5'],
    // Better than expected is no slippage.
    [null, 'BUY', 9_000, '0'],
    [null, 'SELL', 11_000, '0'],
    ['MAX_SLIPPAGE', 'BUY', 10_001, '0'],
    [null, 'BUY', 10_001, '1.0'],
    ['MAX_SLIPPAGE', 'BUY', 10_001, '0.9999'],
    [null, 'BUY', null, '0'],
  ])('%s: %s at %s with %s basis points around 10,000', (code, side, expectedPrice, bps) => {
    const entry = anEntry({ side, expectedPrice, referencePrice: 10_000 });
    expect(checkOrder(entry, { ...NO_LIMITS, maxSlippageBps: decimal(bps) }, FLAT)).toBe(code);
  });
});

describe('controls on the client, each at its boundary', () => {
  const gross = (amount: number) => ({ clientGross: () => cash(amount), accountGross: () => cash(amount) });
  const net = (amount: number) => ({ clientNet: () => cash(amount) });

  it.each<[string | null, Partial<ClientLimits>, Partial<ClientExposure>, Partial<ProposedEntry>]>([
    [null, {}, {}, {}],
    ['TRADING_HALTED', {}, { tradingState: 'HALTED' }, {}],
    ['REDUCING_ONLY', {}, { tradingState: 'REDUCING' }, {}],
    ['RESTRICTED_SYMBOL', { restrictedSymbols: ['ETHUSDT', 'BTCUSDT'] }, {}, {}],
    [null, { restrictedSymbols: ['ETHUSDT'] }, {}, {}],
    [null, { maxDailyLoss: cash(100) }, { dayNetPnl: cash('-99.99') }, {}],
    ['DAILY_LOSS', { maxDailyLoss: cash(100) }, { dayNetPnl: cash(-100) }, {}],
    [null, { maxDailyLoss: cash(100) }, { dayNetPnl: cash(500) }, {}],
    [null, { maxDrawdownPct: decimal(10) }, { peakEquity: cash(20_000), equity: cash('18000.01') }, {}],
    ['DRAWDOWN', { maxDrawdownPct: decimal(10) }, { peakEquity: cash(20_000), equity: cash(18_000) }, {}],
    ['DRAWDOWN', { maxDrawdownPct: decimal('0.5') }, { peakEquity: cash(200), equity: cash(199) }, {}],
    [null, { maxDrawdownPct: decimal(10) }, { peakEquity: null, equity: null }, {}],
    [null, { maxGrossExposure: cash(5_000) }, gross(4_000), {}],
    ['MAX_GROSS_EXPOSURE', { maxGrossExposure: cash(5_000) }, gross(4_001), {}],
    [null, { maxNetExposure: cash(5_000) }, net(4_000), {}],
    ['MAX_NET_EXPOSURE', { maxNetExposure: cash(5_000) }, net(4_001), {}],
    ['MAX_NET_EXPOSURE', { maxNetExposure: cash(5_000) }, net(-4_001), { side: 'SELL' }],
    // Towards zero is allowed from wherever it starts; through zero and out again is not.
    [null, { maxNetExposure: cash(5_000) }, net(9_000), { side: 'SELL' }],
    [null, { maxNetExposure: cash(5_000) }, net(-9_000), {}],
    ['MAX_NET_EXPOSURE', { maxNetExposure: cash(300) }, net(-400), {}],
    [null, { maxNetExposure: cash(300) }, net(-500), {}],
    [null, { maxLeverage: decimal('1.5') }, gross(14_000), {}],
    ['MAX_LEVERAGE', { maxLeverage: decimal('1.5') }, gross(14_001), {}],
    [null, { maxLeverage: decimal(1) }, { accountBalance: null, ...gross(1_000_000) }, {}],
    ['MAX_LEVERAGE', { maxLeverage: decimal(100) }, { accountBalance: cash(-1) }, {}],
  ])('%s: %j', (code, limits, exposure, entry) => {
    const terms = { ...NO_CLIENT_LIMITS, ...limits };
    expect(checkClient(anEntry(entry), terms, { ...QUIET, ...exposure })).toBe(code);
  });

  it('never denies an entry for the net exposure that it brings closer to zero, and never lets it grow beyond', () => {
    const amounts = fc.integer({ min: -20_000, max: 20_000 });
    fc.assert(
      fc.property(amounts, fc.nat({ max: 20_000 }), fc.boolean(), (before, limit, buys) => {
        const entry = anEntry({ side: buys ? 'BUY' : 'SELL' });
        const terms = { ...NO_CLIENT_LIMITS, maxNetExposure: cash(limit) };
        const denied = checkClient(entry, terms, { ...QUIET, ...net(before) }) !== null;
        const after = before + (buys ? 1_000 : -1_000);
        expect(denied).toBe(Math.abs(after) > limit && Math.abs(after) > Math.abs(before));
      }),
    );
  });
});

describe('a duplicate entry', () => {
  const last = { at: 1_000, side: 'BUY', quantity: 10 } as const;
  it.each<[boolean, number, number, Partial<ProposedEntry>]>([
    [true, 500, 1_499, {}],
    [false, 500, 1_500, {}],
    [false, 0, 1_000, {}],
    [false, 500, 1_100, { side: 'SELL' }],
    [false, 500, 1_100, { quantity: 11 }],
  ])('is one: %s, within %d ms at %d with %j', (expected, windowMs, at, changes) => {
    expect(isDuplicate(anEntry({ at, ...changes }), windowMs, last)).toBe(expected);
  });

  it('needs an earlier one', () => {
    expect(isDuplicate(anEntry(), 500, null)).toBe(false);
  });
});

describe('the closed set of denials', () => {
  it('says each in words', () => {
    for (const text of Object.values(DENIAL_CODES)) expect(text.length).toBeGreaterThan(10);
  });

  it('counts days from midnight UTC', () => {
    expect([0, DAY - 1, DAY, -1].map(utcDay)).toEqual([0, 0, 1, -1]);
  });
});
