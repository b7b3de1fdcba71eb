import { BinanceError } from '../common/binance-error.js';

/** Filters of spot, as refusals name them. */
export type FilterName =
  | 'PRICE_FILTER'
  | 'LOT_SIZE'
  | 'MARKET_LOT_SIZE'
  | 'NOTIONAL'
  | 'PERCENT_PRICE_BY_SIDE'
  | 'MAX_NUM_ORDERS'
  | 'MAX_NUM_ALGO_ORDERS'
  | 'MAX_NUM_ORDER_LISTS';

/** Why the matching engine of spot refuses an order, in Binance's words. (developers.binance.com: spot, error codes.) */
const REJECTIONS = {
  balance: 'Account has insufficient balance for requested action.',
  duplicate: 'Duplicate order sent.',
  wouldTake: 'Order would immediately match and take.',
  wouldTrigger: 'Stop price would trigger immediately.',
  prices: 'The relationship of the prices for the orders is not correct.',
  liquidity: 'Order book liquidity is less than LOT_SIZE filter minimum quantity.',
  iceberg: 'Iceberg orders are not supported for this symbol.',
  trailing: 'Trailing stop orders are not supported for this symbol.',
} as const;

export function filterFailure(name: FilterName): BinanceError {
  return new BinanceError(-1013, `Filter failure: ${name}`);
}

export function rejected(reason: keyof typeof REJECTIONS): BinanceError {
  return new BinanceError(-2010, REJECTIONS[reason]);
}

export function tooPrecise(parameter: string): BinanceError {
  return new BinanceError(-1111, `Parameter '${parameter}' has too much precision.`);
}

export function illegalId(parameter: string): BinanceError {
  return new BinanceError(
    -1100,
    `Illegal characters found in parameter '${parameter}'; legal range is '^[a-zA-Z0-9-_.:/]{1,36}$'.`,
  );
}
