import { formatCash } from '@bowline/domain';
import type { OrderSnapshot, PositionReport, TradeReport } from '@bowline/exchange-simulator';
import type { OrderCount } from './order-counts.js';
import type { Venue } from './venue.js';

/** What an account has, without latency or faults. Quantities in lots, prices in ticks, cash as decimal text. */
export interface AccountTruth {
  /** Number of the last report: whoever has heard it has heard all. */
  readonly sequence: number;
  /** How many are on the line, in whatever language. */
  readonly connections: number;
  /** Cash by currency. */
  readonly balances: Readonly<Record<string, string>>;
  /** Nothing where it is flat. */
  readonly positions: readonly (Pick<
    PositionReport,
    'symbol' | 'positionSide' | 'quantity' | 'entryPrice'
  > & {
    readonly realizedPnl: string;
    readonly fees: string;
  })[];
  readonly openOrders: readonly Omit<OrderSnapshot, 'cumValue'>[];
  /** Every order that there ever was, by clientOrderId, in the order in which they came. */
  readonly orders: Readonly<Record<string, OrderCount>>;
  /** Oldest first, by symbol. */
  readonly trades: readonly (Pick<
    TradeReport,
    'tradeId' | 'symbol' | 'clientOrderId' | 'side' | 'lastQty' | 'lastPx' | 'liquidity' | 'time'
  > & {
    readonly fee: string;
    /** Of spot: taken from the base currency that was bought. */
    readonly baseFee: string;
  })[];
}

export interface ExchangeTruth {
  /** A digest of all that decides what happens next. */
  readonly stateHash: string;
  readonly accounts: Readonly<Record<string, AccountTruth>>;
}

/** The answer to `GET /truth`. */
export interface Truth {
  /** The exchanges' time. */
  readonly at: number;
  readonly exchanges: Readonly<Record<string, ExchangeTruth>>;
}

/** What is so at an exchange. */
export function truthOf(venue: Venue): ExchangeTruth {
  const accounts = [...venue.accounts.keys()].map((account) => [account, accountTruth(venue, account)]);
  return {
    stateHash: venue.exchange.stateHash(),
    accounts: Object.fromEntries(accounts) as Record<string, AccountTruth>,
  };
}

function accountTruth(
  { accounts, dialect, exchange, options, orders }: Venue,
  account: string,
): AccountTruth {
  const line = accounts.get(account)!;
  const balances = [...exchange.balances(account)].map(([asset, cash]) => [asset, formatCash(cash)]);
  return {
    sequence: line.lastSequence,
    connections: line.connections + (dialect?.users.connections(account) ?? 0),
    balances: Object.fromEntries(balances) as Record<string, string>,
    positions: exchange
      .positions(account)
      .map(({ entryPrice, fees, positionSide, quantity, realizedPnl, symbol }) => ({
        ...{ symbol, positionSide, quantity, entryPrice },
        realizedPnl: formatCash(realizedPnl),
        fees: formatCash(fees),
      })),
    openOrders: exchange.openOrders(account).map(({ cumValue: _, ...order }) => order),
    orders: Object.fromEntries(orders.of(account)),
    trades: options.instruments
      .flatMap(({ symbol }) => exchange.trades(account, symbol))
      .map(({ baseFee, clientOrderId, fee, lastPx, lastQty, liquidity, side, symbol, time, tradeId }) => ({
        ...{ tradeId, symbol, clientOrderId, side, lastQty, lastPx, liquidity, time },
        fee: formatCash(fee),
        baseFee: formatCash(baseFee),
      })),
  };
}
