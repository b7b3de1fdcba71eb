import { averagePriceText, type Instrument } from '@bowline/domain';
import type { ExchangeFact, ExchangeReport, ExchangeRequest } from '@bowline/ports';
import type { MockExchange } from '../client/mock-exchange.js';
import { toReport } from '../client/to-report.js';
import type { LogLine } from './order-log.js';
import { named, type PlacedOrder } from './placed-order.js';
import type { OpenPosition } from './position-book.js';

export type Answer = ExchangeReport | ExchangeFact;

/** The trades of all orders that carry the reference, and how the latest stands. */
export function orderAnswer(
  orders: readonly PlacedOrder[],
  { clientOrderId, symbol }: { readonly clientOrderId: string; readonly symbol: string },
): readonly Answer[] {
  const latest = orders.at(-1);
  if (latest === undefined) return [{ type: 'order_absent', symbol, clientOrderId }];
  const { cumQty, orderQty, status: orderStatus } = latest;
  const trades = orders.flatMap((order) => order.trades);
  return [...trades, { type: 'order_status', symbol, clientOrderId, orderStatus, orderQty, cumQty }];
}

/** The account's trades after one, by hand and forced ones too. */
export function tradeAnswers(
  market: MockExchange,
  orders: ReadonlyMap<string, PlacedOrder>,
  account: string,
  { afterTradeId, symbol }: Extract<ExchangeRequest, { type: 'query_position' }>,
): readonly Answer[] {
  return market
    .trades(account, symbol)
    .filter(({ tradeId }) => tradeId > afterTradeId)
    .flatMap((trade) => {
      const said = toReport(trade);
      const order = orders.get(trade.clientOrderId);
      return said === null ? [] : [order === undefined ? said : named(order, said)];
    });
}

export function activityAnswer({ activity, symbol }: LogLine): ExchangeReport {
  const { activityId, at, ...said } = activity;
  return { id: `a${activityId}`, at, type: 'activity', symbol, activityId, ...said };
}

/** @param missing why the first is left out; null: it is not */
export function listAnswer(
  held: readonly OpenPosition[],
  instrument: Instrument,
  missing: string | null,
  lastActivityId: string | null,
): ExchangeFact {
  const items = held.map(({ cost, externalReference, openedAt, positionId, quantity }) => ({
    ...{ positionId, signedQty: quantity, openedAt, externalReference },
    price: averagePriceText(instrument, cost, Math.abs(quantity)) ?? '0',
  }));
  const { symbol } = instrument;
  return {
    ...{ type: 'positions', symbol, missing, lastActivityId },
    items: missing === null ? items : items.slice(1),
  };
}

/** What all positions of the symbol sum to. */
export function positionFact(market: MockExchange, account: string, symbol: string): ExchangeFact {
  const held = market.positions(account).find((position) => position.symbol === symbol);
  const lastTradeId = market.trades(account, symbol).at(-1)?.tradeId ?? null;
  const signedQty = market.signedQty(account, symbol);
  return { type: 'position', symbol, signedQty, entryPrice: held?.entryPrice ?? null, lastTradeId };
}

export function balanceFact(market: MockExchange, account: string, { settle }: Instrument): ExchangeFact {
  return { type: 'balance', asset: settle, balance: market.balances(account).get(settle) ?? 0n };
}
