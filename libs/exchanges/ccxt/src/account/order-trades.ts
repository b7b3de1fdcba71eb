import type { Lots, TimeMs } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import type { Answer } from '../ccxt/session.js';
import { orders as ordersSchema } from '../parse/account.js';
import { ask, tradedOf, type AccountContext, type Failure, type Traded } from './context.js';
import { findById, idOf } from './find-order.js';
import type { KnownOrder } from './known-orders.js';
import { tradeReport, tradesOfOrder, type Numbered } from './trades.js';
import { lotsOf } from './units.js';

type Asked = ExchangeRequest['type'];

const PAGE = 1_000;

/** What an order has traded up to and with the trade of a number; null: nobody can say. */
export function cumQtyOf({ profile }: AccountContext, order: KnownOrder, number: number): Lots | null {
  // Elsewhere numbers of one millisecond are in no order.
  if (profile.trades.by !== 'id' || !order.isWhole) return null;
  let sum = 0;
  for (const [each, lots] of order.trades) if (each <= number) sum += lots;
  return sum;
}

export function tradedQty({ trades }: KnownOrder): Lots {
  return [...trades.values()].reduce((sum, lots) => sum + lots, 0);
}

/** Puts trades down with their order. */
export function putDown({ instrument }: Traded, order: KnownOrder, trades: Iterable<Numbered>): void {
  for (const { number, trade } of trades) order.trades.set(number, lotsOf(instrument, trade.amount));
}

/** Reads all trades of an order of the book. */
export async function learnTrades(
  context: AccountContext,
  asked: Asked,
  order: KnownOrder,
  orderId: string,
  since: TimeMs | null,
): Promise<Answer<readonly Numbered[]>> {
  const { symbol } = order;
  const answer = await tradesOfOrder(context, asked, symbol, orderId, since);
  if (answer.kind !== 'ok') return answer;
  putDown(tradedOf(context, symbol), order, answer.value);
  order.isWhole = true;
  return answer;
}

/** Trades of one order as reports, in their order. What they are part of is to be put down before. */
export async function reportsOf(
  context: AccountContext,
  order: KnownOrder,
  trades: readonly Numbered[],
): Promise<readonly ExchangeReport[]> {
  const traded = tradedOf(context, order.symbol);
  const reports: ExchangeReport[] = [];
  for (const each of trades) {
    const cumQty = cumQtyOf(context, order, each.number);
    reports.push(await tradeReport(context, traded, each, order.clientOrderId, cumQty));
  }
  return reports;
}

/** Whose order of the book it is, by all that can be asked; one that nobody knows is called as the exchange does. */
export async function learnOwner(
  context: AccountContext,
  asked: Asked,
  symbol: string,
  orderId: string,
): Promise<Answer<KnownOrder>> {
  const { known, profile } = context;
  if (known.ownerOf(symbol, orderId) === undefined && profile.conditional?.isSilent === true) {
    const failure = await learnStops(context, asked, symbol);
    if (failure !== null) return failure;
  }
  const owner = known.ownerOf(symbol, orderId);
  if (owner !== undefined) return { kind: 'ok', value: known.heard(symbol, owner, false) };
  const found = await findById(context, asked, symbol, orderId);
  if (found.kind === 'failed') return found.failure;
  const told =
    found.kind === 'absent' ? null : (idOf(profile.idIn(found.order.info)) ?? found.order.clientOrderId);
  const order = known.heard(symbol, told === null ? orderId : known.oursOf(told), false);
  known.link(order, orderId);
  return { kind: 'ok', value: order };
}

/** Learns what stops of a symbol have become in the book. Null: that went well. */
export async function learnStops(
  context: AccountContext,
  asked: Asked,
  symbol: string,
): Promise<Failure | null> {
  const { known, profile } = context;
  const { market } = tradedOf(context, symbol);
  const answer = await ask(context, asked, `the stops of ${symbol}`, ordersSchema, (exchange) =>
    exchange.fetchOrders(market, undefined, PAGE, profile.conditional?.params),
  );
  if (answer.kind !== 'ok') return answer;
  for (const { clientOrderId, info } of answer.value) {
    const bookId = idOf(profile.conditional?.bookId(info));
    if (bookId === null || clientOrderId === null) continue;
    known.link(known.heard(symbol, known.oursOf(clientOrderId), true), bookId);
  }
  return null;
}
