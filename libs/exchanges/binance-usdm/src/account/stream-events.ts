import { lotsOf, ticksOf } from '@bowline/exchange-binance-common';
import { cashOf, type RejectReason } from '@bowline/domain';
import type { AccountUpdate, AlgoUpdate, OrderUpdate, UserEvent } from '../parse/user-events.js';
import { end, isAsAmended, tellReplaced } from './change.js';
import type { AccountContext } from './context.js';
import type { KnownOrder } from './known-orders.js';
import { accept } from './place.js';
import { isForced, learnTriggered, tradeReport } from './trades.js';

/**
 * Tells what the user stream says. Positions are not told from it: `ACCOUNT_UPDATE` names no trade as of which they
 * are true; and neither are the fills of `TRADE_LITE`, which come again, with their fee, as `ORDER_TRADE_UPDATE`.
 */
export async function onUserEvent(context: AccountContext, event: UserEvent): Promise<void> {
  switch (event.type) {
    case 'order':
      return onOrder(context, event);
    case 'algo':
      return onAlgo(context, event);
    case 'account':
      return onAccount(context, event);
    case 'config': {
      const { leverage, multiAssets } = event;
      if (leverage !== null) {
        const detail = `leverage is ${leverage.leverage} now`;
        context.say({ type: 'account_changed', what: 'leverage', symbol: leverage.symbol, detail }, event.at);
      }
      if (multiAssets !== null) {
        const detail = `multi-assets mode is ${multiAssets ? 'on' : 'off'} now`;
        context.say({ type: 'account_changed', what: 'margin_type', symbol: null, detail }, event.at);
      }
      return;
    }
    case 'margin_call':
      return context.logger.warn({ account: context.account, symbols: event.symbols }, 'margin call');
    case 'unknown':
      return context.logger.info(
        { account: context.account, event: event.name },
        'an event that is not known here',
      );
    case 'trade_lite':
    case 'listen_key_expired':
      return;
  }
}

async function onOrder(context: AccountContext, event: OrderUpdate): Promise<void> {
  const instrument = context.instruments.get(event.symbol);
  if (instrument === undefined) return;
  const { execType } = event;
  if (isForced(event.clientOrderId)) {
    if (execType === 'TRADE' || execType === 'CALCULATED') await onTrade(context, event, null);
    return;
  }
  const order = await ownerOf(context, event);
  if (order === null) return;
  const orderQty = lotsOf(instrument, event.orderQty);
  const cumQty = lotsOf(instrument, event.cumQty);
  if (execType === 'TRADE' || execType === 'CALCULATED') return onTrade(context, event, order);
  // Late news of an order whose id has been used again.
  if (order.orderId !== event.orderId) return;
  switch (execType) {
    case 'NEW':
      return accept(context, order, orderQty, event.at);
    case 'CANCELED':
      return end(context, order, 'cancel', { orderQty, cumQty }, event.at);
    case 'EXPIRED':
    case 'EXPIRED_IN_MATCH':
      return end(context, order, 'expire', { orderQty, cumQty }, event.at, expiryReason(event));
    case 'REJECTED':
      return end(context, order, 'reject', { orderQty, cumQty }, event.at, 'OTHER');
    case 'AMENDMENT': {
      const { at, price } = event;
      if (isAsAmended(order, orderQty, ticksOf(instrument, price)))
        return tellReplaced(context, order, orderQty, cumQty, at);
      const { clientOrderId, symbol } = order;
      return context.say(
        { type: 'order', symbol, clientOrderId, execType: 'restate', orderQty, cumQty, reason: null },
        at,
      );
    }
    case 'unknown':
      return context.missed(`an order event of ${event.symbol} says what is not known here`);
  }
}

/** @param order null: the exchange's own */
async function onTrade(context: AccountContext, event: OrderUpdate, order: KnownOrder | null): Promise<void> {
  const { lastTradeIds } = context;
  const { orderId, positionSide, side, symbol, trade } = event;
  const instrument = context.instruments.get(symbol);
  const lastQty = instrument === undefined ? 0 : lotsOf(instrument, trade.qty);
  if (instrument === undefined || lastQty === 0) return;
  // Without an id it could not be counted once; the list of trades has one.
  if (trade.tradeId === 0) return context.missed(`a trade of ${symbol} has no id`);
  const cumQty = lotsOf(instrument, event.cumQty);
  if (order !== null && order.orderId === orderId) {
    if (cumQty === lastQty) order.firstTradeId = trade.tradeId;
    if (event.status === 'FILLED') order.ended = true;
  }
  const { at, feeAsset, maker, tradeId } = trade;
  const fee = await context.fees.valueOf(instrument, trade.fee, feeAsset, at);
  const clientOrderId = order?.clientOrderId ?? event.clientOrderId;
  const lastPx = ticksOf(instrument, trade.price);
  lastTradeIds.set(symbol, Math.max(tradeId, lastTradeIds.get(symbol) ?? 0));
  const of = { instrument, clientOrderId, orderId, tradeId, side, positionSide };
  context.tell(tradeReport({ ...of, lastQty, lastPx, cumQty, fee, maker, at }));
}

/**
 * Whose order of the book it is: the conditional order's that it was, or its own. Null: nothing is to be told of it.
 */
async function ownerOf(context: AccountContext, event: OrderUpdate): Promise<KnownOrder | null> {
  const { known } = context;
  const { clientOrderId, execType, orderId, symbol } = event;
  const owner = known.ownerOf(symbol, orderId);
  if (owner !== undefined) return known.heard(symbol, owner, false);
  const own = known.get(clientOrderId);
  if (own !== undefined) {
    known.link(own, orderId);
    return own;
  }
  // It is a stranger's, or what a conditional order has become: that it is in the book is no news then.
  if (execType === 'NEW') return null;
  if ((await learnTriggered(context, symbol)) !== null) {
    context.missed(`whose order ${orderId} of ${symbol} is could not be found out`);
    return null;
  }
  const found = known.heard(symbol, known.ownerOf(symbol, orderId) ?? clientOrderId, false);
  known.link(found, orderId);
  return found;
}

function onAlgo(context: AccountContext, event: AlgoUpdate): void {
  const { known } = context;
  const { actualOrderId, algoId, at, clientAlgoId, status, symbol } = event;
  const instrument = context.instruments.get(symbol);
  if (instrument === undefined) return;
  const order = known.heard(symbol, clientAlgoId, true);
  // Late news of an order whose id has been used again.
  if (order.algoId !== null && order.algoId !== algoId) return;
  order.algoId = algoId;
  if (actualOrderId !== null) known.link(order, actualOrderId);
  const quantities = {
    orderQty: lotsOf(instrument, event.orderQty),
    cumQty: lotsOf(instrument, event.cumQty),
  };
  switch (status) {
    case 'NEW':
      return accept(context, order, quantities.orderQty, at);
    case 'CANCELED':
      return end(context, order, 'cancel', quantities, at);
    case 'EXPIRED':
      return end(context, order, 'expire', quantities, at);
    case 'REJECTED':
      return end(context, order, 'reject', quantities, at, 'OTHER');
    case 'TRIGGERING':
    case 'TRIGGERED':
      return;
    case 'FINISHED':
      // Filled or canceled: its order in the book says which.
      return;
    case 'unknown':
      return context.missed(`conditional order ${clientAlgoId} has a status that is not known here`);
  }
}

function onAccount(context: AccountContext, { at, balances, positions, reason }: AccountUpdate): void {
  const { asset } = context;
  const told = balances.find((each) => each.asset === asset);
  const balance = told === undefined ? null : cashOf(told.balance);
  if (balance !== null) context.say({ type: 'balance', asset, balance }, at);
  if (reason !== 'MARGIN_TYPE_CHANGE') return;
  for (const { marginType, symbol } of positions) {
    context.say(
      { type: 'account_changed', what: 'margin_type', symbol, detail: `margin is ${marginType} now` },
      at,
    );
  }
}

/** Why it expired, by the exchange's numbers (documentation of ORDER_TRADE_UPDATE, 2026-01). */
function expiryReason({ expiryReason: reason, status }: OrderUpdate): RejectReason | null {
  if (status === 'EXPIRED_IN_MATCH' || reason === 1 || reason === 3) return 'SELF_TRADE';
  if (reason === 4) return 'POSITION_TOO_SMALL';
  return reason === null || reason === 0 || reason === 2 ? null : 'OTHER';
}
