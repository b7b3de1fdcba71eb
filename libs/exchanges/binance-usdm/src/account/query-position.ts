import { instrumentOf, lotsOf, sayUnknown } from '@bowline/exchange-binance-common';
import { cashOf, formatUnits, type Instrument, type Lots } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { balances, positionRisk, type PositionRisk, type UserTrade } from '../parse/rest.js';
import { type AccountContext } from './context.js';
import { learnOwners, tradeReports, tradesAfter, tradesOfOrder } from './trades.js';

type PositionRequest = Extract<ExchangeRequest, { type: 'query_position' }>;

/** How often the position is read again because the account has traded meanwhile. */
const TRIES = 5;

/**
 * Tells the trades after the one that is named, the balance, and what is held. The position is one between two
 * looks at the trades that saw the same: it is true as of its `lastTradeId`.
 */
export async function queryPosition(context: AccountContext, request: PositionRequest): Promise<void> {
  const { symbol } = request;
  const instrument = instrumentOf(context, symbol);
  const held = await readPosition(context, request);
  const balance = await readBalance(context);
  if (held === null) return sayUnknown(context, request);
  const { risk, trades } = held;
  const reports = await reportsOf(context, instrument, trades, request.afterTradeId);
  if (reports === null) return sayUnknown(context, request);
  for (const report of reports) context.tell(report);
  if (balance !== null) context.say({ type: 'balance', asset: context.asset, balance });
  const open = risk.filter(({ positionAmt }) => positionAmt.units !== 0n);
  const [only] = open.length === 1 ? open : [];
  context.say({
    type: 'position',
    symbol,
    // SHORT is told below zero.
    signedQty: open.reduce((sum, { positionAmt }) => sum + lotsOf(instrument, positionAmt), 0),
    entryPrice: only === undefined ? null : formatUnits(only.entryPrice.units, only.entryPrice.scale),
    lastTradeId: trades.at(-1)?.id ?? (request.afterTradeId > 0 ? request.afterTradeId : null),
  });
}

/** Null: it could not be read, or did not come to rest. */
async function readPosition(
  context: AccountContext,
  { afterTradeId, symbol }: PositionRequest,
): Promise<{ readonly trades: readonly UserTrade[]; readonly risk: readonly PositionRisk[number][] } | null> {
  const { lastTradeIds, rest } = context;
  const first = await tradesAfter(context, symbol, afterTradeId);
  if (first.kind !== 'ok') return null;
  const trades = [...first.value];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const risk = await rest.signed('GET', '/fapi/v3/positionRisk', positionRisk, { symbol });
    if (risk.kind !== 'ok') return null;
    const last = trades.at(-1)?.id ?? afterTradeId;
    const more = await tradesAfter(context, symbol, last);
    if (more.kind !== 'ok') return null;
    trades.push(...more.value);
    // The stream may know of trades that the list does not show yet.
    const isAtRest = more.value.length === 0 && last >= (lastTradeIds.get(symbol) ?? 0);
    if (isAtRest) return { trades, risk: risk.value.filter((position) => position.symbol === symbol) };
  }
  return null;
}

async function readBalance({ asset, logger, rest }: AccountContext): Promise<bigint | null> {
  const answer = await rest.signed('GET', '/fapi/v3/balance', balances, {});
  const found = answer.kind === 'ok' ? answer.value.find((each) => each.asset === asset) : undefined;
  if (found === undefined) {
    if (answer.kind === 'ok') logger.warn({ asset }, 'the account has no such asset at the exchange');
    return null;
  }
  return cashOf(found.balance);
}

/** Null: it could not be found out whose they are. */
async function reportsOf(
  context: AccountContext,
  instrument: Instrument,
  trades: readonly UserTrade[],
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
  trades: readonly UserTrade[],
): Promise<ReadonlyMap<string, Lots> | null> {
  const { known } = context;
  const { symbol } = instrument;
  const firsts = new Map<string, number>();
  for (const { id, orderId } of trades) if (!firsts.has(orderId)) firsts.set(orderId, id);
  const before = new Map<string, Lots>();
  for (const [orderId, firstId] of firsts) {
    const owner = known.ownerOf(symbol, orderId);
    if (owner !== undefined && known.get(owner)?.firstTradeId === firstId) continue;
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
