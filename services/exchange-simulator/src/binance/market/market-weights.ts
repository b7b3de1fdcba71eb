import type { Parameters } from '../common/parameters.js';
import type { Cost } from '../common/usage.js';

/** What a public request weighs: one number, by its limit, or by whether it names a symbol. */
type Weight =
  | number
  | { readonly byLimit: readonly (readonly [upTo: number, weight: number])[]; readonly standard: number }
  | { readonly one: number; readonly all: number };

const KLINES: Weight = {
  byLimit: [
    [99, 1],
    [499, 2],
    [1_000, 5],
    [Number.POSITIVE_INFINITY, 10],
  ],
  standard: 500,
};

/** (developers.binance.com: USD-M futures, market data endpoints.) */
const USDM = {
  ping: 1,
  time: 1,
  exchangeInfo: 1,
  depth: {
    byLimit: [
      [50, 2],
      [100, 5],
      [500, 10],
      [Number.POSITIVE_INFINITY, 20],
    ],
    standard: 500,
  },
  trades: 5,
  historicalTrades: 20,
  aggTrades: 20,
  klines: KLINES,
  'ticker/bookTicker': { one: 2, all: 5 },
  'ticker/price': { one: 1, all: 2 },
  'ticker/24hr': { one: 1, all: 40 },
  premiumIndex: { one: 1, all: 10 },
  // Counted by themselves, 500 in 5 minutes.
  fundingRate: 0,
  fundingInfo: 0,
} as const satisfies Readonly<Record<string, Weight>>;

/** (developers.binance.com: spot, market data endpoints.) */
const SPOT: Readonly<Record<keyof typeof USDM, Weight>> = {
  ...USDM,
  exchangeInfo: 20,
  depth: {
    byLimit: [
      [100, 5],
      [500, 25],
      [1_000, 50],
      [Number.POSITIVE_INFINITY, 250],
    ],
    standard: 100,
  },
  trades: 25,
  historicalTrades: 25,
  aggTrades: 4,
  klines: 2,
  'ticker/bookTicker': { one: 2, all: 4 },
  'ticker/price': { one: 2, all: 4 },
  'ticker/24hr': { one: 2, all: 80 },
};

const WEIGHTS: Readonly<Record<'usdm' | 'spot', Readonly<Record<keyof typeof USDM, Weight>>>> = {
  usdm: USDM,
  spot: SPOT,
};

/** The public routes, below `/fapi/v1/` and `/api/v3/`. */
export type MarketPath = keyof typeof USDM;

/** What a public request costs. Parameters that are no numbers weigh as if they were not there: they are refused anyway. */
export function costOfMarket(product: 'usdm' | 'spot', path: MarketPath, params: Parameters): Cost {
  return { weight: weightOf(WEIGHTS[product][path], params), ordersIn10Seconds: 0, ordersInMinute: 0 };
}

function weightOf(weight: Weight, params: Parameters): number {
  if (typeof weight === 'number') return weight;
  if ('one' in weight) return params.has('symbol') ? weight.one : weight.all;
  const asked = params.has('limit') ? Number(params.text('limit')) : weight.standard;
  const limit = asked > 0 ? asked : weight.standard;
  return weight.byLimit.find(([upTo]) => limit <= upTo)![1];
}
