import type { RejectReason } from '@bowline/domain';
import { explain } from '../ccxt/session.js';
import type { Balance, Order, Trade } from '../parse/account.js';
import { end, isAsAmended, tellReplaced } from './change.js';
import type { AccountContext, Traded } from './context.js';
import { bookIdOf, idOf } from './find-order.js';
import type { KnownOrder } from './known-orders.js';
import { learnOwner, learnTrades, putDown, reportsOf, tradedQty } from './order-trades.js';
import { accept } from './place.js';
import { filledQty } from './query-order.js';
import { cashIn } from './query-position.js';
import { numbered, tradeReport } from './trades.js';
import { lotsOf, ticksOf } from './units.js';

/** Tells what the stream says of an order: where it has changed since it was told last. */
export async function onOrder(context: AccountContext, order: Order): Promise<void> {
  const traded = order.symbol === null ? undefined : context.byMarket.get(order.symbol);
  if (traded === undefined) return;
  if (context.profile.conditional?.isStop(order.info) === true) return onStop(context, traded, order);
  const { symbol } = traded.instrument;
  const id = bookIdOf(context.profile, order.info) ?? order.id;
  if (id === null) return context.missed(`an order of ${symbol} has no id`);
  const known = await knownOf(context, symbol, id, order);
  // Late news of an order whose id has been used again.
  if (known === null || known.orderId !== id) return;
  const orderQty = order.amount === null ? known.orderQty : lotsOf(traded.instrument, order.amount);
  const cumQty = filledQty(traded, order);
  if (orderQty === null || cumQty === null || order.status === null)
    return context.missed(`how order ${known.clientOrderId} stands is not told`);
  const at = order.lastUpdateTimestamp ?? order.timestamp ?? context.clock.now();
  const quantities = { orderQty, cumQty };
  switch (order.status) {
    case 'open':
      accept(context, known, orderQty, at);
      return onChange(context, traded, known, order, quantities, at);
    case 'closed':
      // Its trades say that it has filled.
      if (cumQty >= orderQty) known.ended = true;
      else await endAfterTrades(context, known, 'cancel', quantities, at, order.timestamp);
      return;
    case 'canceled':
      return endAfterTrades(context, known, 'cancel', quantities, at, order.timestamp);
    case 'expired':
      return endAfterTrades(context, known, 'expire', quantities, at, order.timestamp);
    case 'rejected':
      return endAfterTrades(context, known, 'reject', quantities, at, order.timestamp);
    case 'unknown':
      return context.missed(`order ${known.clientOrderId} has a status that is not known here`);
  }
}

/** Tells a trade. */
export async function onTrade(context: AccountContext, trade: Trade): Promise<void> {
  const traded = trade.symbol === null ? undefined : context.byMarket.get(trade.symbol);
  if (traded === undefined) return;
  const { symbol } = traded.instrument;
  // News of an order that repeat its last trade without a quantity.
  if (trade.amount.units === 0n) return;
  const each = numbered(context, symbol, trade);
  const known = each.orderId === null ? null : await ownerOf(context, symbol, each.orderId, trade);
  if (known === undefined) return;
  context.lastTradeIds.set(symbol, Math.max(each.number, context.lastTradeIds.get(symbol) ?? 0));
  if (known === null) return context.tell(await tradeReport(context, traded, each, trade.id, null));
  if (known.orderQty !== null) accept(context, known, known.orderQty, each.at);
  if (!known.isWhole && context.profile.trades.by === 'id' && known.orderId !== null) {
    const all = await learnTrades(context, 'query_order', known, known.orderId, null);
    if (all.kind !== 'ok')
      context.logger.warn({ symbol, reason: explain(all) }, 'trades of an order could not be read');
  }
  putDown(traded, known, [each]);
  for (const report of await reportsOf(context, known, [each])) context.tell(report);
}

/** Tells the cash of the account. */
export function onBalance(context: AccountContext, balance: Balance): void {
  const cash = context.asset in balance.total ? cashIn(context, balance) : null;
  if (cash !== null) context.say({ type: 'balance', asset: context.asset, balance: cash });
}

function onStop(context: AccountContext, traded: Traded, order: Order): void {
  const { known, profile } = context;
  const { symbol } = traded.instrument;
  const told = idOf(profile.idIn(order.info)) ?? order.clientOrderId;
  if (told === null) return;
  const stop = known.heard(symbol, known.oursOf(told), true);
  // Late news of an order whose id has been used again.
  if (stop.stopId !== null && stop.stopId !== order.id) return;
  stop.stopId = order.id;
  const bookId = idOf(profile.conditional?.bookId(order.info));
  if (bookId !== null) known.link(stop, bookId);
  const orderQty = order.amount === null ? stop.orderQty : lotsOf(traded.instrument, order.amount);
  if (orderQty === null) return context.missed(`how large stop ${stop.clientOrderId} is is not told`);
  const at = order.lastUpdateTimestamp ?? context.clock.now();
  const quantities = { orderQty, cumQty: tradedQty(stop) };
  switch (order.status ?? 'unknown') {
    case 'open':
      return accept(context, stop, orderQty, at);
    case 'canceled':
      return end(context, stop, 'cancel', quantities, at);
    case 'expired':
      return end(context, stop, 'expire', quantities, at);
    case 'rejected':
      return end(context, stop, 'reject', quantities, at, 'OTHER');
    // Triggered, and what came of it: its order in the book says that.
    case 'closed':
      return;
    case 'unknown':
      return context.missed(`stop ${stop.clientOrderId} has a status that is not known here`);
  }
}

/** Somebody has changed it: we, or the exchange. */
function onChange(
  context: AccountContext,
  { instrument }: Traded,
  known: KnownOrder,
  { price }: Order,
  { cumQty, orderQty }: { readonly orderQty: number; readonly cumQty: number },
  at: number,
): void {
  if (known.orderQty === null || known.orderQty === orderQty) {
    known.orderQty = orderQty;
    return;
  }
  if (isAsAmended(known, orderQty, price === null ? null : ticksOf(instrument, price)))
    return tellReplaced(context, known, orderQty, cumQty, at);
  known.orderQty = orderQty;
  const { clientOrderId, symbol } = known;
  context.say(
    { type: 'order', symbol, clientOrderId, execType: 'restate', orderQty, cumQty, reason: null },
    at,
  );
}

/** Trades come by another way than news of orders: one that is behind is asked for before the end is told. */
async function endAfterTrades(
  context: AccountContext,
  known: KnownOrder,
  execType: 'cancel' | 'expire' | 'reject',
  quantities: { readonly orderQty: number; readonly cumQty: number },
  at: number,
  since: number | null,
): Promise<void> {
  if (known.ended) return;
  if (tradedQty(known) < quantities.cumQty && known.orderId !== null) {
    const before = new Set(known.trades.keys());
    const all = await learnTrades(context, 'query_order', known, known.orderId, since);
    if (all.kind !== 'ok')
      return context.missed(`the trades of order ${known.clientOrderId} could not be read`);
    const behind = all.value.filter(({ number }) => !before.has(number));
    for (const report of await reportsOf(context, known, behind)) context.tell(report);
  }
  const reason: RejectReason | null = execType === 'reject' ? 'OTHER' : null;
  end(context, known, execType, quantities, at, reason);
}

/** The order that it is, or that this stop has become. Null: nothing is to be told of it. */
async function knownOf(
  context: AccountContext,
  symbol: string,
  orderId: string,
  order: Order,
): Promise<KnownOrder | null> {
  const { known, profile } = context;
  const owner = known.ownerOf(symbol, orderId);
  if (owner !== undefined) return known.heard(symbol, owner, false);
  const told = idOf(profile.idIn(order.info)) ?? order.clientOrderId;
  const own = told === null ? undefined : known.get(known.oursOf(told));
  if (own !== undefined) {
    if (own.orderId !== null && own.orderId !== orderId) return null;
    known.link(own, orderId);
    return own;
  }
  // It is a stranger's, or what a stop has become: that it is in the book is no news then.
  if (order.status === 'open') return null;
  const learned = await learnOwner(context, 'query_order', symbol, orderId);
  if (learned.kind === 'ok') return learned.value;
  context.missed(`whose order ${orderId} of ${symbol} is could not be found out`);
  return null;
}

/** Undefined: it could not be found out, and that was said. */
async function ownerOf(
  context: AccountContext,
  symbol: string,
  orderId: string,
  { info }: Trade,
): Promise<KnownOrder | undefined> {
  const { known, profile } = context;
  const owner = known.ownerOf(symbol, orderId);
  if (owner !== undefined) return known.heard(symbol, owner, false);
  const told = idOf(profile.idIn(info));
  const own = told === null ? undefined : known.get(known.oursOf(told));
  if (own !== undefined && (own.orderId === null || own.orderId === orderId)) {
    known.link(own, orderId);
    return own;
  }
  if (told !== null && profile.isForced(told, info)) return known.heard(symbol, told, false);
  const learned = await learnOwner(context, 'query_order', symbol, orderId);
  if (learned.kind === 'ok') return learned.value;
  context.missed(`whose order ${orderId} of ${symbol} is could not be found out`);
  return undefined;
}
