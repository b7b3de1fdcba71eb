import { lotsOf, ticksOf, type Answer, type Failure } from '@bowline/exchange-binance-common';
import {
  quantityToLots,
  type Cash,
  type Decimal,
  type Instrument,
  type Lots,
  type TimeMs,
} from '@bowline/domain';
import type { ExchangeReport } from '@bowline/ports';
import { myTrades, order as orderSchema, type MyTrade } from '../parse/rest.js';
import type { AccountContext } from './context.js';

/** A trade, whoever has told it. */
export interface Trade {
  readonly instrument: Instrument;
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly tradeId: number;
  readonly side: 'BUY' | 'SELL';
  readonly qty: Decimal;
  readonly price: Decimal;
  readonly cumQty: Lots;
  readonly fee: Decimal | null;
  readonly feeAsset: string | null;
  readonly maker: boolean;
  readonly at: TimeMs;
}

/** The same by the stream and in answer to a query. */
export async function tradeReport(context: AccountContext, trade: Trade): Promise<ExchangeReport> {
  const { at, clientOrderId, cumQty, instrument, maker, orderId, price, qty, side, tradeId } = trade;
  const { symbol } = instrument;
  return {
    ...{
      id: `trade/${symbol}/${tradeId}/${orderId}`,
      at,
      type: 'trade',
      symbol,
      clientOrderId,
      tradeId,
      side,
    },
    ...{ lastQty: lotsOf(instrument, qty), lastPx: ticksOf(instrument, price), cumQty },
    ...(await feeOf(context, trade)),
    liquidity: maker ? 'maker' : 'taker',
  };
}

const PAGE = 1_000;

/** All trades of the account in a symbol after one, oldest first. */
export function tradesAfter(
  context: AccountContext,
  symbol: string,
  afterTradeId: number,
): Promise<Answer<readonly MyTrade[]>> {
  return readTrades(context, { symbol }, afterTradeId + 1);
}

/** All trades of an order, oldest first. */
export function tradesOfOrder(
  context: AccountContext,
  symbol: string,
  orderId: string,
): Promise<Answer<readonly MyTrade[]>> {
  return readTrades(context, { symbol, orderId }, 0);
}

/**
 * Trades as reports, in their order.
 *
 * @param cumBefore what each order had traded before the first of these, by its id
 * @param ownerOf whose order it is
 */
export async function tradeReports(
  context: AccountContext,
  instrument: Instrument,
  trades: readonly MyTrade[],
  ownerOf: (orderId: string) => string,
  cumBefore: ReadonlyMap<string, Lots> = new Map(),
): Promise<readonly ExchangeReport[]> {
  const totals = new Map(cumBefore);
  const reports: ExchangeReport[] = [];
  for (const { commission, commissionAsset, id, isBuyer, isMaker, orderId, price, qty, time } of trades) {
    const cumQty = (totals.get(orderId) ?? 0) + lotsOf(instrument, qty);
    totals.set(orderId, cumQty);
    const of = { instrument, clientOrderId: ownerOf(orderId), orderId, tradeId: id, at: time };
    const terms = { side: isBuyer ? 'BUY' : 'SELL', qty, price, cumQty, maker: isMaker } as const;
    reports.push(await tradeReport(context, { ...of, ...terms, fee: commission, feeAsset: commissionAsset }));
  }
  return reports;
}

/** Makes known whose orders these are. Null: that went well. */
export async function learnOwners(
  { known, rest }: AccountContext,
  symbol: string,
  orderIds: Iterable<string>,
): Promise<Failure | null> {
  const strangers = [...new Set(orderIds)].filter((orderId) => known.ownerOf(symbol, orderId) === undefined);
  for (const orderId of strangers) {
    const answer = await rest.signed('GET', '/api/v3/order', orderSchema, { symbol, orderId });
    const isForgotten = answer.kind === 'refused' && answer.meaning === 'not_in_list';
    if (answer.kind !== 'ok' && !isForgotten) return answer;
    // Of an order that is forgotten there only its own id is left; one of ours would be remembered for longer.
    const clientOrderId = answer.kind === 'ok' ? answer.value.clientOrderId : orderId;
    known.remember(symbol, clientOrderId, orderId);
  }
  return null;
}

async function readTrades(
  { rest }: AccountContext,
  of: { readonly symbol: string; readonly orderId?: string },
  from: number,
): Promise<Answer<readonly MyTrade[]>> {
  const trades: MyTrade[] = [];
  for (let fromId = from; ;) {
    const page = await rest.signed('GET', '/api/v3/myTrades', myTrades, { ...of, fromId, limit: PAGE });
    if (page.kind !== 'ok') return page;
    const isWanted = ({ id, orderId }: MyTrade): boolean =>
      id >= fromId && (of.orderId === undefined || orderId === of.orderId);
    const sorted = page.value.filter(isWanted).sort((a, b) => a.id - b.id);
    trades.push(...sorted);
    const last = sorted.at(-1);
    if (last === undefined || page.value.length < PAGE) return { kind: 'ok', value: trades };
    fromId = last.id + 1;
  }
}

/**
 * A buy may be charged in what it buys. That goes up to a whole lot: what is then still counted as held can be sold, and
 * what is left of the lot is nobody's.
 */
async function feeOf(
  { fees }: AccountContext,
  { at, fee, feeAsset, instrument, side }: Trade,
): Promise<{ readonly fee: Cash; readonly feeBaseLots: Lots }> {
  if (side === 'SELL' || feeAsset !== instrument.base || fee === null || fee.units <= 0n)
    return { fee: await fees.valueOf(instrument, fee, feeAsset, at), feeBaseLots: 0 };
  return { fee: 0n, feeBaseLots: lotsUp(instrument, fee) };
}

function lotsUp(instrument: Instrument, quantity: Decimal): Lots {
  const down = quantityToLots(instrument, quantity) ?? 0;
  const { scale, units } = instrument.lot;
  const isWhole =
    BigInt(down) * units * 10n ** BigInt(quantity.scale) === quantity.units * 10n ** BigInt(scale);
  return isWhole ? down : down + 1;
}
