import { lotsOf, ticksOf, type Answer, type Failure } from '@bowline/exchange-binance-common';
import type { Cash, Instrument, Lots } from '@bowline/domain';
import type { ExchangeReport } from '@bowline/ports';
import { algoOrders, order as orderSchema, userTrades, type UserTrade } from '../parse/rest.js';
import type { AccountContext } from './context.js';

/** A trade, whoever has told it. */
export interface Trade {
  readonly instrument: Instrument;
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly tradeId: number;
  readonly side: 'BUY' | 'SELL';
  readonly positionSide: 'BOTH' | 'LONG' | 'SHORT' | 'unknown';
  readonly lastQty: Lots;
  readonly lastPx: number;
  readonly cumQty: Lots;
  readonly fee: Cash;
  readonly maker: boolean;
  readonly at: number;
}

/** Orders of the exchange's own: liquidation, auto-deleveraging, settlement, delivery. */
const FORCED = /^(autoclose-|adl_autoclose|settlement_autoclose-|delivery_autoclose-)/;

export function isForced(clientOrderId: string): boolean {
  return FORCED.test(clientOrderId);
}

/** The same by the stream and in answer to a query. */
export function tradeReport(trade: Trade): ExchangeReport {
  const {
    at,
    clientOrderId,
    cumQty,
    fee,
    instrument,
    lastPx,
    lastQty,
    maker,
    orderId,
    positionSide,
    side,
    tradeId,
  } = trade;
  const { symbol } = instrument;
  const said = { id: `trade/${symbol}/${tradeId}/${orderId}`, at, symbol, tradeId, fee };
  if (isForced(clientOrderId)) {
    const bySide = side === 'SELL' ? 'LONG' : 'SHORT';
    const closed = positionSide === 'LONG' || positionSide === 'SHORT' ? positionSide : bySide;
    return { ...said, type: 'forced_close', side: closed, quantity: lastQty, price: lastPx };
  }
  const liquidity = maker ? 'maker' : 'taker';
  return { ...said, type: 'trade', clientOrderId, side, lastQty, lastPx, cumQty, feeBaseLots: 0, liquidity };
}

const PAGE = 1_000;

/** All trades of the account in a symbol after one, oldest first. */
export async function tradesAfter(
  { rest }: AccountContext,
  symbol: string,
  afterTradeId: number,
): Promise<Answer<readonly UserTrade[]>> {
  const trades: UserTrade[] = [];
  for (let fromId = afterTradeId + 1; ;) {
    const page = await rest.signed('GET', '/fapi/v1/userTrades', userTrades, { symbol, fromId, limit: PAGE });
    if (page.kind !== 'ok') return page;
    const sorted = page.value.filter(({ id }) => id >= fromId).sort((a, b) => a.id - b.id);
    trades.push(...sorted);
    const last = sorted.at(-1);
    if (last === undefined || page.value.length < PAGE) return { kind: 'ok', value: trades };
    fromId = last.id + 1;
  }
}

/** All trades of an order of the book, oldest first. */
export async function tradesOfOrder(
  { rest }: AccountContext,
  symbol: string,
  orderId: string,
): Promise<Answer<readonly UserTrade[]>> {
  const trades: UserTrade[] = [];
  for (let fromId: number | undefined; ;) {
    const page = await rest.signed('GET', '/fapi/v1/userTrades', userTrades, {
      symbol,
      orderId,
      fromId,
      limit: PAGE,
    });
    if (page.kind !== 'ok') return page;
    const from = fromId ?? 0;
    const sorted = page.value.filter((trade) => trade.orderId === orderId && trade.id >= from);
    trades.push(...sorted.sort((a, b) => a.id - b.id));
    const last = sorted.at(-1);
    if (last === undefined || page.value.length < PAGE) return { kind: 'ok', value: trades };
    fromId = last.id + 1;
  }
}

/**
 * Trades as reports, in their order.
 *
 * @param cumBefore what each order had traded before the first of these, by its id
 * @param ownerOf whose order it is
 */
export async function tradeReports(
  { fees }: AccountContext,
  instrument: Instrument,
  trades: readonly UserTrade[],
  ownerOf: (orderId: string) => string,
  cumBefore: ReadonlyMap<string, Lots> = new Map(),
): Promise<readonly ExchangeReport[]> {
  const totals = new Map(cumBefore);
  const reports: ExchangeReport[] = [];
  for (const {
    commission,
    commissionAsset,
    id,
    maker,
    orderId,
    positionSide,
    price,
    qty,
    side,
    time,
  } of trades) {
    const lastQty = lotsOf(instrument, qty);
    const cumQty = (totals.get(orderId) ?? 0) + lastQty;
    totals.set(orderId, cumQty);
    const fee = await fees.valueOf(instrument, commission, commissionAsset, time);
    const lastPx = ticksOf(instrument, price);
    const owner = { instrument, clientOrderId: ownerOf(orderId), orderId, tradeId: id, at: time };
    reports.push(tradeReport({ ...owner, side, positionSide, lastQty, lastPx, cumQty, fee, maker }));
  }
  return reports;
}

/** Learns what conditional orders of a symbol have become in the book. Null: that went well. */
export async function learnTriggered(
  { known, rest }: AccountContext,
  symbol: string,
): Promise<Failure | null> {
  const answer = await rest.signed('GET', '/fapi/v1/allAlgoOrders', algoOrders, { symbol, limit: PAGE });
  if (answer.kind !== 'ok') return answer;
  let isBetween = false;
  for (const { actualOrderId, algoStatus, clientAlgoId } of answer.value) {
    if (actualOrderId !== null) known.link(known.heard(symbol, clientAlgoId, true), actualOrderId);
    else isBetween ||= algoStatus === 'TRIGGERING' || algoStatus === 'TRIGGERED';
  }
  // It is in the book, or about to be, under an id that is not told yet: any stranger there may be this one.
  return isBetween ? { kind: 'unknown', message: 'a conditional order is on its way into the book' } : null;
}

/** Makes known whose orders of the book these are. Null: that went well. */
export async function learnOwners(
  context: AccountContext,
  symbol: string,
  orderIds: Iterable<string>,
): Promise<Failure | null> {
  const { known, rest } = context;
  let strangers = [...new Set(orderIds)].filter((orderId) => known.ownerOf(symbol, orderId) === undefined);
  if (strangers.length === 0) return null;
  const failure = await learnTriggered(context, symbol);
  if (failure !== null) return failure;
  strangers = strangers.filter((orderId) => known.ownerOf(symbol, orderId) === undefined);
  for (const orderId of strangers) {
    const answer = await rest.signed('GET', '/fapi/v1/order', orderSchema, { symbol, orderId });
    const isForgotten = answer.kind === 'refused' && answer.meaning === 'not_in_list';
    if (answer.kind !== 'ok' && !isForgotten) return answer;
    // Of an order that is forgotten there only its own id is left; one of ours would be remembered for longer.
    const clientOrderId = answer.kind === 'ok' ? answer.value.clientOrderId : orderId;
    known.link(known.heard(symbol, clientOrderId, false), orderId);
  }
  return null;
}
