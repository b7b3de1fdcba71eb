import type { Lots, TimeMs } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { featuresOf } from '../ccxt/features.js';
import type { Answer } from '../ccxt/session.js';
import type { Params } from '../ccxt/shape.js';
import { trades as tradesSchema, type Trade } from '../parse/account.js';
import { PayloadError } from '../parse/fields.js';
import { ask, tradedOf, type AccountContext, type Traded } from './context.js';
import { bookIdOf } from './find-order.js';
import { timeOfNumber } from './trade-ids.js';
import { lotsOf, ticksOf } from './units.js';

/** A trade, with a number that counts up within its symbol, and its time. */
export interface Numbered {
  readonly number: number;
  readonly at: TimeMs;
  /** Its order of the book: ccxt may call that by the stop that it was. */
  readonly orderId: string | null;
  readonly trade: Trade;
}

type Asked = ExchangeRequest['type'];

const DAY_MS = 86_400_000;
const USUAL_WINDOW_DAYS = 7;
/** Clocks of exchanges count in seconds here and there. */
const COARSE_MS = 2_000;

/** The trade with its number. Throws a PayloadError where it has none. */
export function numbered({ profile, tradeIds }: AccountContext, symbol: string, trade: Trade): Numbered {
  const orderId = bookIdOf(profile, trade.info) ?? trade.order;
  if (profile.trades.by === 'id') {
    const number = Number(trade.id);
    if (Number.isSafeInteger(number) && number > 0) return { number, at: trade.timestamp, orderId, trade };
    throw new PayloadError(`trade ${trade.id} of ${symbol} has no number`);
  }
  const told = Number(profile.trades.time?.(trade.info) ?? Number.NaN);
  const at = told > 0 ? Math.floor(told) : trade.timestamp;
  return { number: tradeIds.numberOf(symbol, trade.id, at), at, orderId, trade };
}

/** All trades of the account in a symbol after one, oldest first. */
export async function tradesAfter(
  context: AccountContext,
  asked: Asked,
  symbol: string,
  after: number,
): Promise<Answer<readonly Numbered[]>> {
  const traded = tradedOf(context, symbol);
  const { historyMs, profile } = context;
  if (profile.trades.by === 'id') return byId(context, asked, traded, after + 1, {});
  const since = after > 0 ? timeOfNumber(after) : nowThere(context) - historyMs;
  const all = await sinceTime(context, asked, traded, since);
  if (all.kind !== 'ok') return all;
  // Numbers of one millisecond are in no order: what shares it with that trade may come again.
  return { kind: 'ok', value: all.value.filter(({ at, number }) => at >= since && number !== after) };
}

/** All trades of an order of the book, oldest first. @param since when the order was placed */
export async function tradesOfOrder(
  context: AccountContext,
  asked: Asked,
  symbol: string,
  orderId: string,
  since: TimeMs | null,
): Promise<Answer<readonly Numbered[]>> {
  const traded = tradedOf(context, symbol);
  const { historyMs, profile } = context;
  const all =
    profile.trades.by === 'id'
      ? await byId(context, asked, traded, 0, profile.trades.ofOrder(orderId))
      : await sinceTime(context, asked, traded, since ?? nowThere(context) - historyMs);
  if (all.kind !== 'ok') return all;
  return { kind: 'ok', value: all.value.filter((each) => each.orderId === orderId) };
}

/**
 * Trades as reports, in their order.
 *
 * @param clientOrderId of their order
 * @param cumQtyOf what the order had traded with the trade of this number; null: nobody can say
 */
export async function tradeReport(
  { fees, profile }: AccountContext,
  { instrument }: Traded,
  { at, number, orderId, trade }: Numbered,
  clientOrderId: string,
  cumQty: Lots | null,
): Promise<ExchangeReport> {
  const { symbol } = instrument;
  const { fee, feeBaseLots } = await fees.of(instrument, trade);
  const lastQty = lotsOf(instrument, trade.amount);
  const lastPx = ticksOf(instrument, trade.price);
  const said = { id: `trade/${symbol}/${number}/${orderId ?? ''}`, at, symbol, tradeId: number, fee };
  if (profile.isForced(clientOrderId, trade.info)) {
    const side = trade.side === 'sell' ? 'LONG' : 'SHORT';
    return { ...said, type: 'forced_close', side, quantity: lastQty, price: lastPx };
  }
  const side = trade.side === 'sell' ? 'SELL' : 'BUY';
  const liquidity = trade.takerOrMaker === 'maker' ? 'maker' : 'taker';
  return { ...said, type: 'trade', clientOrderId, side, lastQty, lastPx, cumQty, feeBaseLots, liquidity };
}

async function byId(
  context: AccountContext,
  asked: Asked,
  { instrument, market }: Traded,
  first: number,
  params: Params,
): Promise<Answer<readonly Numbered[]>> {
  const { trades } = context.profile;
  if (trades.by !== 'id') throw new Error(`trades of ${context.exchange} are not read by their ids`);
  const { symbol } = instrument;
  const all: Numbered[] = [];
  for (let from = first; ;) {
    const page = await ask(context, asked, `the trades of ${symbol}`, tradesSchema, (exchange) =>
      exchange.fetchMyTrades(market, undefined, trades.pageSize, {
        ...params,
        ...(from > 0 && trades.from(from)),
      }),
    );
    if (page.kind !== 'ok') return page;
    const sorted = ascending(page.value.map((trade) => numbered(context, symbol, trade)));
    all.push(...sorted.filter(({ number }) => number >= from));
    const last = sorted.at(-1);
    if (last === undefined || page.value.length < trades.pageSize) return { kind: 'ok', value: all };
    from = last.number + 1;
  }
}

/** All since a time, in windows that the exchange takes. */
async function sinceTime(
  context: AccountContext,
  asked: Asked,
  traded: Traded,
  since: TimeMs,
): Promise<Answer<readonly Numbered[]>> {
  const { instrument } = traded;
  const { untilDays } = featuresOf(context.session.exchange, instrument.kind).fetchMyTrades;
  const windowMs = Math.min(untilDays ?? USUAL_WINDOW_DAYS, 365) * DAY_MS - 2;
  const end = nowThere(context);
  const byNumber = new Map<number, Numbered>();
  for (let from = since; from <= end; from += windowMs) {
    const part = await inLists(context, asked, traded, from, Math.min(from + windowMs, end));
    if (part.kind !== 'ok') return part;
    // In the order of their ids: whoever reads the same gets the same numbers.
    const own = part.value.filter(({ symbol }) => symbol === traded.market);
    for (const trade of [...own].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const each = numbered(context, instrument.symbol, trade);
      byNumber.set(each.number, each);
    }
  }
  return { kind: 'ok', value: ascending([...byNumber.values()]) };
}

/** All of a range, in all lists. */
async function inLists(
  context: AccountContext,
  asked: Asked,
  traded: Traded,
  from: TimeMs,
  to: TimeMs,
): Promise<Answer<readonly Trade[]>> {
  const { trades } = context.profile;
  const all: Trade[] = [];
  for (const list of trades.by === 'time' ? trades.lists : []) {
    const part = await inRange(context, asked, traded, list, from, to);
    if (part.kind !== 'ok') return part;
    all.push(...part.value);
  }
  return { kind: 'ok', value: all };
}

/**
 * All of a range, its ends included. A page that is full may have been cut at either end, by exchange: then both halves
 * are asked for.
 */
async function inRange(
  context: AccountContext,
  asked: Asked,
  traded: Traded,
  list: Params,
  from: TimeMs,
  to: TimeMs,
): Promise<Answer<readonly Trade[]>> {
  const { trades } = context.profile;
  if (trades.by !== 'time') throw new Error(`trades of ${context.exchange} are not read by time`);
  const market = trades.perSymbol ? traded.market : undefined;
  const limit = trades.perSymbol ? trades.pageSize : undefined;
  // Whether an exchange counts the ends in or out does not matter so.
  const params = { ...list, until: to + 1 };
  const page = await ask(
    context,
    asked,
    `the trades of ${traded.instrument.symbol}`,
    tradesSchema,
    (exchange) => exchange.fetchMyTrades(market, from - 1, limit, params),
  );
  if (page.kind !== 'ok' || page.value.length < trades.pageSize) return page;
  const isBound = page.value.every(({ timestamp }) => timestamp <= to + COARSE_MS);
  if (!isBound || to - from < 1)
    return { kind: 'unknown', message: `more trades of ${from} to ${to} than the exchange gives in a page` };
  const middle = Math.floor((from + to) / 2);
  const [early, late] = [
    await inRange(context, asked, traded, list, from, middle),
    await inRange(context, asked, traded, list, middle + 1, to),
  ];
  if (early.kind !== 'ok') return early;
  return late.kind === 'ok' ? { kind: 'ok', value: [...early.value, ...late.value] } : late;
}

function ascending(trades: readonly Numbered[]): readonly Numbered[] {
  return [...trades].sort((a, b) => a.number - b.number);
}

function nowThere({ clock, session }: AccountContext): TimeMs {
  return clock.now() + session.clockOffsetMs;
}
