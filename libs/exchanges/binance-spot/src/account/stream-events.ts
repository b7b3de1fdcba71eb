import { lotsOf } from '@bowline/exchange-binance-common';
import { cashOf } from '@bowline/domain';
import type { AccountUpdate, OrderUpdate, UserEvent } from '../parse/user-events.js';
import type { AccountContext } from './context.js';
import type { KnownOrder } from './known-orders.js';
import { sumOf } from './query-position.js';
import { accept, end } from './tell.js';
import { tradeReport } from './trades.js';

/**
 * Tells what the user stream says. Positions are not told from it: `outboundAccountPosition` names no trade as of which
 * the balances are true.
 */
export async function onUserEvent(context: AccountContext, event: UserEvent): Promise<void> {
  switch (event.type) {
    case 'order':
      return onOrder(context, event);
    case 'account':
      return onAccount(context, event);
    case 'transfer': {
      const isHeld = [...context.instruments.values()].some(({ base }) => base === event.asset);
      // What is held has changed without a trade.
      if (isHeld) context.missed(`${event.asset} was moved into or out of the account`);
      return;
    }
    case 'unknown':
      return context.logger.info(
        { account: context.account, event: event.name },
        'an event that is not known here',
      );
    case 'list':
    case 'over':
      return;
  }
}

async function onOrder(context: AccountContext, event: OrderUpdate): Promise<void> {
  const instrument = context.instruments.get(event.symbol);
  if (instrument === undefined) return;
  const { at, execType, orderId, status, symbol } = event;
  const order = ownerOf(context, event);
  if (order === null) return;
  if (execType === 'TRADE') return onTrade(context, event, order);
  // Late news of an order whose id has been used again.
  if (order.orderId !== orderId) return;
  const quantities = {
    orderQty: lotsOf(instrument, event.orderQty),
    cumQty: lotsOf(instrument, event.cumQty),
  };
  switch (execType) {
    case 'NEW':
      return accept(context, order, quantities.orderQty, at);
    case 'CANCELED':
      return end(context, order, 'cancel', quantities, at);
    case 'EXPIRED':
    case 'TRADE_PREVENTION': {
      // Of a part of it; which one nobody here has asked for.
      if (status === 'NEW' || status === 'PARTIALLY_FILLED') break;
      const isSelfTrade = execType === 'TRADE_PREVENTION' || status === 'EXPIRED_IN_MATCH';
      return end(context, order, 'expire', quantities, at, isSelfTrade ? 'SELF_TRADE' : null);
    }
    case 'REJECTED':
      return end(context, order, 'reject', quantities, at, 'OTHER');
    case 'REPLACED':
      break;
    case 'unknown':
      return context.missed(`an order event of ${symbol} says what is not known here`);
  }
  // Somebody else has changed it.
  const { clientOrderId } = order;
  context.say({ type: 'order', symbol, clientOrderId, execType: 'restate', ...quantities, reason: null }, at);
}

async function onTrade(context: AccountContext, event: OrderUpdate, order: KnownOrder): Promise<void> {
  const { lastTradeIds } = context;
  const { at, orderId, side, status, symbol, trade } = event;
  const instrument = context.instruments.get(symbol);
  if (instrument === undefined) return;
  const { tradeId } = trade;
  // Without an id it could not be counted once; the list of trades has one.
  if (tradeId < 0) return context.missed(`a trade of ${symbol} has no id`);
  const cumQty = lotsOf(instrument, event.cumQty);
  if (order.orderId === orderId) {
    if (cumQty === lotsOf(instrument, trade.qty)) order.firstTradeId = tradeId;
    if (status === 'FILLED') order.ended = true;
  }
  const of = { instrument, clientOrderId: order.clientOrderId, orderId, side, cumQty, at };
  const report = await tradeReport(context, { ...of, ...trade });
  lastTradeIds.set(symbol, Math.max(tradeId, lastTradeIds.get(symbol) ?? 0));
  context.tell(report);
}

/** Whose order it is, by the exchange's id, or by ours. Null: a stranger's, and that it is in the book is no news. */
function ownerOf({ known }: AccountContext, event: OrderUpdate): KnownOrder | null {
  const { clientOrderId, execType, orderId, symbol } = event;
  const owner = known.ownerOf(symbol, orderId);
  if (owner !== undefined) return known.heard(symbol, owner);
  const own = known.get(clientOrderId);
  if (own === undefined && execType === 'NEW') return null;
  const order = own ?? known.heard(symbol, clientOrderId);
  known.link(order, orderId);
  return order;
}

/** What an order reserves is still there: it is no news. */
function onAccount(context: AccountContext, { at, balances }: AccountUpdate): void {
  const { asset, told } = context;
  const row = balances.find((each) => each.asset === asset);
  const balance = row === undefined ? null : cashOf(sumOf(row.free, row.locked));
  if (balance === null || balance === told.balance) return;
  told.balance = balance;
  context.say({ type: 'balance', asset, balance }, at);
}
