import { describe, expect, it } from '@jest/globals';
import type { HistoricalResult } from '@bowline/ports';
import {
  flat,
  flats,
  historicalInput,
  outcomeOfLoop,
  playBars,
  type BarRow,
  type Scenario,
} from '@bowline/testkit';
import { runHistorical } from '../historical/run-historical.js';

/** A scenario, and what it is about: its trades, its denials, and what is open at its end. */
interface Case {
  readonly name: string;
  readonly scenario: Scenario;
  /** `a-1 LONG stop_loss` */
  readonly trades?: readonly string[];
  /** `a MAX_LEVERAGE` */
  readonly denials?: readonly string[];
  readonly open?: readonly string[];
}

/** Touches what lies 1 % away. */
const wide: BarRow = [100, 101, 99, 100];
const two = { 'binance-usdm': {}, okx: {} };
const limit = (timeInForce: 'GTC' | 'IOC' | 'FOK' | 'GTX') => ({ orderType: 'limit', timeInForce }) as const;
const at2 = (bars: readonly BarRow[]) => ({ 'binance-usdm:BTCUSDT': bars, 'okx:BTCUSDT': bars });

const CASES: readonly Case[] = [
  {
    name: "the seed's numbers",
    scenario: {
      bars: [flat(45_000), flat(46_000), [46_500, 48_000, 46_000, 47_000], [47_000, 47_000, 44_000, 44_500]],
      signals: [
        [0, 'A', 1, { takeProfit: 48_000, stopLoss: 43_000, quantity: '0.001' }],
        [1, 'B', 1, { takeProfit: 49_000, stopLoss: 44_000, quantity: '0.002' }],
      ],
    },
    trades: ['A-1 LONG take_profit', 'B-1 LONG stop_loss'],
  },
  {
    name: 'two reversals at one moment, sized on the results of both closes',
    scenario: {
      bars: [flat(100), flat(100), flat(90), flat(90)],
      signals: [
        [0, 'a', 1],
        [0, 'b', -1, { quantity: 3 }],
        [2, 'a', -1],
        [2, 'b', 1],
      ],
      params: { percentOfBalance: '50' },
      account: { takerBps: 5 },
    },
    trades: ['a-1 LONG reversal', 'b-1 SHORT reversal'],
    open: ['a-2 SHORT', 'b-2 LONG'],
  },
  {
    name: 'a reversal whose entry is denied, a close of nothing, and longOnly',
    scenario: {
      bars: flats(5, 100),
      signals: [
        [0, 'a', 1],
        [1, 'a', -1, { takeProfit: 120 }],
        [2, 'a', 0],
        [0, 'b', 1],
        [1, 'b', -1],
      ],
      strategies: { a: {}, b: { mode: 'longOnly' } },
    },
    trades: ['a-1 LONG reversal', 'b-1 LONG signal'],
    denials: ['a TAKE_PROFIT_WRONG_SIDE'],
  },
  {
    name: 'limit entries: marketable, resting until touched, canceled by a 0, expired, rejected',
    scenario: {
      bars: [flat(100), [100, 100, 98.5, 100], wide, wide, flat(100)],
      signals: [
        [0, 'ioc', 1, { price: 99 }],
        [0, 'fok', 1, { price: 101 }],
        [0, 'gtx', -1, { price: 99.5 }],
        [0, 'rests', -1, { price: 101 }],
        [0, 'canceled', 1, { price: 98 }],
        [3, 'canceled', 0],
        [0, 'touched', 1, { price: 99 }],
        [2, 'flips', 1, { price: 95 }],
        [3, 'flips', -1, { price: 100.5 }],
      ],
      strategies: {
        ...{ ioc: limit('IOC'), fok: limit('FOK'), gtx: limit('GTX'), rests: limit('GTX') },
        ...{ canceled: limit('GTC'), touched: limit('GTC'), flips: limit('GTC') },
      },
      params: { stopLossPct: 5 },
      account: { makerBps: '-0.5', takerBps: 4 },
    },
    open: ['flips-2 SHORT', 'fok-1 LONG', 'rests-1 SHORT', 'touched-1 LONG'],
  },
  {
    name: 'additions, which move both legs',
    scenario: {
      bars: [flat(100), flat(100.5), flat(101), [101, 103, 100, 102], flat(102)],
      signals: [
        [0, 'a', 1],
        [1, 'a', 1, { quantity: 2 }],
        [2, 'a', 1],
      ],
      params: { scaleIn: true, takeProfitPct: 2, stopLossPct: 2 },
      execution: { slippageBps: 3 },
    },
    trades: ['a-1 LONG take_profit'],
  },
  {
    name: 'entries and take-profits that fill in parts, the stop over what is left',
    scenario: {
      bars: [...flats(2, 100), wide, wide, wide, wide, [100, 103, 96, 100], wide, wide, wide],
      signals: [
        [0, 'a', 1, { price: 99.5, quantity: 7 }],
        [0, 'b', -1, { price: 100.5, quantity: 5 }],
        [6, 'b', 0],
        [7, 'b', -1, { price: 100.5 }],
      ],
      params: { orderType: 'limit', takeProfitPct: 1, stopLossPct: 3 },
      execution: { fillProbability: 0.7, partialFillRatio: 0.4, intrabar: 'optimistic', seed: 3 },
      account: { makerBps: 1, takerBps: 3 },
    },
    trades: ['b-1 SHORT signal', 'a-1 LONG stop_loss'],
    open: ['b-2 SHORT'],
  },
  {
    name: 'time exits of several strategies at one open, in the order of the strategies',
    scenario: {
      bars: { rows: flats(6, 100), every: 3 },
      signals: [
        [0, 'b', 1],
        [3, 'a', -1],
        [3, 'c', 1, { quantity: 4 }],
      ],
      strategies: { a: { timeExitMinutes: 4, stopLossPct: 5 }, b: { timeExitMinutes: 6.5 }, c: {} },
    },
    trades: ['a-1 SHORT time_exit', 'b-1 LONG time_exit'],
    open: ['c-1 LONG'],
  },
  {
    name: 'stops that trail, and stops that go to the entry price',
    scenario: {
      bars: [
        flat(100),
        [100, 102, 100, 102],
        [102, 104, 101.5, 104],
        [104, 104, 101, 101],
        [101, 101, 99, 100],
        flat(100),
      ],
      signals: [
        [0, 'even', 1],
        [0, 'trails', 1],
        [2, 'late', 1],
      ],
      strategies: {
        even: { breakEvenPct: 1 },
        trails: { trailingStopPct: 1.5, stopLossPct: 5 },
        late: { trailingStopPct: 1, breakEvenPct: 2, entryPoint: 'close' },
      },
      execution: { slippageBps: 1 },
    },
    trades: ['late-1 LONG stop_loss', 'trails-1 LONG stop_loss', 'even-1 LONG stop_loss'],
  },
  {
    name: 'a trailing stop does not see the bar in which its entry came to be filled',
    scenario: {
      bars: [flat(100), [100, 110, 98, 100], flat(100), [100, 100, 96.5, 97]],
      signals: [
        [0, 'rested', 1, { price: 98 }],
        [0, 'there', 1, { price: 100 }],
      ],
      params: { orderType: 'limit', trailingStopPct: 2 },
    },
    trades: ['there-1 LONG stop_loss', 'rested-1 LONG stop_loss'],
  },
  {
    name: 'LONG and SHORT held apart in hedge mode, and netted without',
    scenario: {
      bars: [...flats(3, 100), wide, flat(101), flat(102)],
      signals: [
        [0, 'a', 1, { quantity: 3 }],
        [1, 'b', -1, { quantity: 5 }],
        [2, 'c', 1, { quantity: 4 }],
        [4, 'a', 0],
      ],
      clients: {
        hedged: { accounts: { 'binance-usdm': { hedgeMode: true, takerBps: 2 } } },
        netted: { accounts: { 'binance-usdm': { takerBps: 2 } } },
      },
    },
    trades: ['a-1 LONG signal', 'a-1 LONG signal'],
    open: ['b-1 SHORT', 'c-1 LONG', 'b-1 SHORT', 'c-1 LONG'],
  },
  {
    name: 'funding, by share and on the net, and its roundings',
    scenario: {
      bars: flats(6, '33.3'),
      signals: [
        [0, 'a', 1, { quantity: '0.001' }],
        [1, 'b', -1, { quantity: '0.003' }],
        [4, 'a', 0],
      ],
      clients: { hedged: { accounts: { 'binance-usdm': { hedgeMode: true } } }, netted: {} },
      funding: {
        BTCUSDT: [
          [1.5, '0.00012345'],
          [2, '-0.0000777'],
          [3, '0.0001'],
          [60, '1'],
        ],
      },
    },
    trades: ['a-1 LONG signal', 'a-1 LONG signal'],
    open: ['b-1 SHORT', 'b-1 SHORT'],
  },
  {
    name: 'a signal split over two exchanges, and sized on what both closes have brought',
    scenario: {
      bars: at2([flat(100), flat(100), [110, 112, 109, 111], flat(105), flat(105)]),
      signals: [
        [0, 'a', 1],
        [1, 'b', 1],
        [2, 'a', -1],
        [2, 'b', -1],
        [3, 'a', 1],
      ],
      accounts: two,
      routing: { 'binance-usdm': '60', okx: '40' },
      params: { percentOfBalance: '30', stopLossPct: 4 },
      limits: { maxLeverage: '0.5' },
    },
    trades: [
      'a-1 LONG reversal',
      'a-1 LONG reversal',
      'b-1 LONG reversal',
      'a-2 SHORT reversal',
      'a-2 SHORT reversal',
    ],
    // Where 60 % of it go there is room for one of the two.
    denials: ['b MAX_LEVERAGE', 'b MAX_LEVERAGE'],
    open: ['a-3 LONG', 'a-3 LONG', 'b-2 SHORT'],
  },
  {
    name: 'one signal at two exchanges whose bars are not the same',
    scenario: {
      bars: {
        'binance-usdm:BTCUSDT': [flat(100), flat(101), flat(102), flat(103), flat(104)],
        'okx:BTCUSDT': { rows: [flat(100), [102, 103, 95, 104], flat(104)], every: 2 },
      },
      signals: [
        [0.5, 'a', 1],
        [2.5, 'a', -1],
      ],
      accounts: two,
      params: { stopLossPct: 6, percentOfBalance: '50' },
    },
    trades: ['a-1 LONG stop_loss', 'a-1 LONG reversal'],
    open: ['a-2 SHORT', 'a-2 SHORT'],
  },
  {
    name: 'entries at the close, whose limits are looked at one after the other',
    scenario: {
      bars: { BTCUSDT: [flat(100), flat(101), flat(99)], ETHUSDT: [flat(50), flat(51), flat(52)] },
      signals: [
        [1, 'a', 1, { symbol: 'ETHUSDT' }],
        [1, 'b', 1, { symbol: 'ETHUSDT' }],
        [1, 'a', 1],
        [2, 'b', -1],
      ],
      params: { entryPoint: 'close', fixedNotional: '700' },
      account: { balance: '1000' },
      limits: { maxLeverage: '1.5' },
    },
    denials: ['b MAX_LEVERAGE', 'b MAX_LEVERAGE'],
    open: ['a-1 LONG', 'a-1 LONG'],
  },
  {
    name: 'gross and net exposure, valued at the last close elsewhere',
    scenario: {
      bars: { BTCUSDT: [flat(100), [100, 120, 100, 120], flat(120)], ETHUSDT: flats(3, 100) },
      signals: [
        [0, 'a', 1, { quantity: 5 }],
        [1, 'b', 1, { symbol: 'ETHUSDT', quantity: 4 }],
        [2, 'b', 1, { symbol: 'ETHUSDT', quantity: 4 }],
        [2, 'c', -1, { symbol: 'ETHUSDT', quantity: 4 }],
        [2, 'd', -1, { symbol: 'ETHUSDT', quantity: 9 }],
      ],
      limits: { maxNetExposure: '950', maxGrossExposure: '1500' },
    },
    denials: ['d MAX_GROSS_EXPOSURE'],
    open: ['a-1 LONG', 'b-1 LONG', 'c-1 SHORT'],
  },
  {
    name: 'the loss of the day, which ends at midnight, the drawdown, and losses in a row',
    scenario: {
      bars: { rows: [100, 90, 90, 80, 80, 70, 70, 70].map((price) => flat(price)), every: 360 },
      signals: [
        [0, 'a', 1],
        [360, 'a', 0],
        [720, 'a', 1],
        [1080, 'b', 1],
        [1440, 'a', 1],
        [1800, 'a', 0],
        [2160, 'b', 1],
      ],
      clients: {
        daily: { limits: { maxDailyLoss: '10' } },
        drawn: { limits: { maxDrawdownPct: '0.1' } },
        streak: { params: { maxConsecutiveLosses: 1 } },
      },
    },
    trades: ['a-1 LONG signal', 'a-2 LONG signal', 'a-1 LONG signal', 'a-1 LONG signal', 'a-2 LONG signal'],
    denials: [
      ...['a DAILY_LOSS', 'b DAILY_LOSS', 'b DAILY_LOSS'],
      ...['a DRAWDOWN', 'b DRAWDOWN', 'a DRAWDOWN', 'b DRAWDOWN'],
      'a CONSECUTIVE_LOSSES',
    ],
    open: ['b-1 LONG'],
  },
  {
    name: 'the same entry again within its window, and entries that would slip too far',
    scenario: {
      bars: flats(8, 100),
      signals: [
        [0, 'a', 1],
        [1, 'a', 0],
        [2, 'a', 1],
        [6, 'a', 1],
        [3, 'b', -1, { price: '100.1' }],
        [4, 'b', -1, { price: '99.9' }],
      ],
      ...{ strategies: { a: {}, b: { maxSlippageBps: '19' } }, execution: { slippageBps: '9' } },
      limits: { duplicateOrderWindowMs: 300_000 },
    },
    trades: ['a-1 LONG signal'],
    denials: ['a DUPLICATE_ORDER', 'b MAX_SLIPPAGE'],
    open: ['a-2 LONG', 'b-1 SHORT'],
  },
  {
    name: 'sizing by the risk to the stop, and distances in volatility',
    scenario: {
      bars: [flat(100), flat(101), flat(99), flat(102), [102, 108, 101, 107], flat(107), flat(104)],
      signals: [
        [1, 'a', 1],
        [3, 'a', 1],
        [5, 'a', -1, { stopLoss: 110 }],
        [6, 'b', 1],
      ],
      strategies: {
        a: { takeProfitSd: 2, stopLossSd: 1, volatilityWindow: 2 },
        b: { volatilityWindow: 2 },
      },
      params: { riskPerTrade: '1' },
      account: { takerBps: 3 },
    },
    trades: ['a-1 LONG take_profit', 'a-2 SHORT take_profit'],
    denials: ['a VOLATILITY_UNAVAILABLE', 'b STOP_REQUIRED'],
  },
  {
    name: 'signals that are late, and bars with a gap',
    scenario: {
      bars: { rows: [flat(100), wide, flat(103), flat(104), wide], at: [0, 1, 6, 7, 8] },
      signals: [
        [0, 'a', 1],
        [2, 'b', 1],
        [6.5, 'a', 0],
        [7.9, 'b', 0],
      ],
      strategies: { a: { timeExitMinutes: 3 }, b: { entryPoint: 'close' } },
      execution: { latencyMs: 45_000 },
    },
    trades: ['a-1 LONG time_exit', 'b-1 LONG signal'],
  },
];

/** What the loop makes of it, in the order in which it happens, the rest by channel. */
function shown({ denials, openPositions, trades }: HistoricalResult) {
  return {
    trades: trades.map(
      ({ closeReason, side, strategyPositionId }) => `${strategyPositionId} ${side} ${closeReason}`,
    ),
    denials: denials.map(({ code, strategyId }) => `${strategyId} ${code}`),
    open: openPositions.map(({ side, strategyPositionId }) => `${strategyPositionId} ${side}`),
  };
}

describe('through the historical loop, and through the roles against the bar exchange', () => {
  it.each(CASES)('$name', async ({ denials = [], open = [], scenario, trades = [] }) => {
    const input = historicalInput(scenario);
    const result = runHistorical(input);
    const { open: opened, ...closed } = shown(result);
    expect({ ...closed, open: [...opened].sort() }).toEqual({ trades, denials, open: [...open].sort() });
    expect(await playBars(input)).toEqual(outcomeOfLoop(input, result));
  });
});
