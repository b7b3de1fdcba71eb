import { instrumentOf, lotsOf, sayUnknown } from '@bowline/exchange-binance-common';
import { cashOf, quantityToLots, type Decimal, type Instrument, type Lots } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { account as accountSchema, type Balance, type MyTrade } from '../parse/rest.js';
import type { AccountContext } from './context.js';
import { learnOwners, tradeReports, tradesAfter, tradesOfOrder } from './trades.js';

type PositionRequest = Extract<ExchangeRequest, { type: 'query_position' }>;

/** How often the balances are read again because the account has traded meanwhile. */
const TRIES = 5;

/**
 * Tells the trades after the one that is named, the balance, and what is held: spot has no positions, so it is what the
 * account has of the base currency, in whole lots. That is read between two looks at the trades that saw the same: it is
 * true as of its `lastTradeId`.
 */
export async function queryPosition(context: AccountContext, request: PositionRequest): Promise<void> {
  const { afterTradeId, symbol } = request;
  const instrument = instrumentOf(context, symbol);
  const held = await readBalances(context, request);
  if (held === null) return sayUnknown(context, request);
  const { balances, trades } = held;
  const reports = await reportsOf(context, instrument, trades, afterTradeId);
  if (reports === null) return sayUnknown(context, request);
  for (const report of reports) context.tell(report);
  const { asset } = context;
  const balance = cashOf(total(balances, asset));
  if (balance !== null) {
    context.told.balance = balance;
    context.say({ type: 'balance', asset, balance });
  }
  context.say({
    ...{
      type: 'position',
      symbol,
      signedQty: quantityToLots(instrument, total(balances, instrument.base)) ?? 0,
    },
    // Spot keeps no prices of entry.
    entryPrice: null,
    lastTradeId: trades.at(-1)?.id ?? (afterTradeId > 0 ? afterTradeId : null),
  });
}

/** What there is of an asset, whether it is reserved by orders or not. What is not listed there is not there. */
function total(balances: readonly Balance[], asset: string): Decimal {
  const found = balances.find((each) => each.asset === asset);
  return found === undefined ? { units: 0n, scale: 0 } : sumOf(found.free, found.locked);
}

export function sumOf(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return {
    units: a.units * 10n ** BigInt(scale - a.scale) + b.units * 10n ** BigInt(scale - b.scale),
    scale,
  };
}

/** Null: they could not be read, or did not come to rest. */
async function readBalances(
  context: AccountContext,
  { afterTradeId, symbol }: PositionRequest,
): Promise<{ readonly trades: readonly MyTrade[]; readonly balances: readonly Balance[] } | null> {
  const { lastTradeIds, rest } = context;
  const first = await tradesAfter(context, symbol, afterTradeId);
  if (first.kind !== 'ok') return null;
  const trades = [...first.value];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const told = await rest.signed('GET', '/api/v3/account', accountSchema, { omitZeroBalances: 'true' });
    if (told.kind !== 'ok') return null;
    const last = trades.at(-1)?.id ?? afterTradeId;
    const more = await tradesAfter(context, symbol, last);
    if (more.kind !== 'ok') return null;
    trades.push(...more.value);
    // The stream may know of trades that the list does not show yet.
    const isAtRest = more.value.length === 0 && last >= (lastTradeIds.get(symbol) ?? 0);
    if (isAtRest) return { trades, balances: told.value.balances };
  }
  return null;
}

/** Null: it could not be found out whose they are. */
async function reportsOf(
  context: AccountContext,
  instrument: Instrument,
  trades: readonly MyTrade[],
  afterTradeId: number,
): Promise<readonly ExchangeReport[] | null> {
  const { symbol } = instrument;
  const orderIds = trades.map(({ orderId }) => orderId);
  if ((await learnOwners(context, symbol, orderIds)) !== null) return null;
  // From the beginning on nothing is missing.
  const cumBefore =
    afterTradeId === 0 ? new Map<string, Lots>() : await tradedBefore(context, instrument, trades);
  if (cumBefore === null) return null;
  // What nobody could be found for stays what the exchange calls it.
  const ownerOf = (orderId: string): string => context.known.ownerOf(symbol, orderId) ?? orderId;
  return tradeReports(context, instrument, trades, ownerOf, cumBefore);
}

/** What the orders of these trades had traded before the first of them. Null: that could not be read. */
async function tradedBefore(
  context: AccountContext,
  instrument: Instrument,
  trades: readonly MyTrade[],
): Promise<ReadonlyMap<string, Lots> | null> {
  const { known } = context;
  const { symbol } = instrument;
  const firsts = new Map<string, number>();
  for (const { id, orderId } of trades) if (!firsts.has(orderId)) firsts.set(orderId, id);
  const before = new Map<string, Lots>();
  for (const [orderId, firstId] of firsts) {
    const owner = known.ownerOf(symbol, orderId);
    const order = owner === undefined ? undefined : known.get(owner);
    if (order?.orderId === orderId && order.firstTradeId === firstId) continue;
    const all = await tradesOfOrder(context, symbol, orderId);
    if (all.kind !== 'ok') return null;
    const earlier = all.value.filter(({ id }) => id < firstId);
    before.set(
      orderId,
      earlier.reduce((sum, { qty }) => sum + lotsOf(instrument, qty), 0),
    );
  }
  return before;
}
