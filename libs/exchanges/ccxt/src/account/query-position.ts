import { cashOf, formatUnits, parseDecimal, quantityToLots, type Cash, type Lots } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { balance as balanceSchema, type Balance, positions as positionsSchema } from '../parse/account.js';
import { ask, sayUnknown, tradedOf, type AccountContext, type Traded } from './context.js';
import type { KnownOrder } from './known-orders.js';
import { learnOwner, learnTrades, putDown, reportsOf } from './order-trades.js';
import { tradeReport, tradesAfter, type Numbered } from './trades.js';
import { lotsOf } from './units.js';

type PositionRequest = Extract<ExchangeRequest, { type: 'query_position' }>;

/** How often the position is read again because the account has traded meanwhile. */
const TRIES = 5;

interface Held {
  readonly signedQty: Lots;
  readonly entryPrice: string | null;
}

/**
 * Tells the trades after the one that is named, the balance, and what is held. The position is one between two looks at
 * the trades that saw the same: it is true as of its `lastTradeId`.
 */
export async function queryPosition(context: AccountContext, request: PositionRequest): Promise<void> {
  const { afterTradeId, symbol } = request;
  const traded = tradedOf(context, symbol);
  const read = await readAtRest(context, request, traded);
  if (read === null) return sayUnknown(context, request);
  const { held, trades } = read;
  const reports = await reportsOfAll(context, traded, trades, afterTradeId === 0);
  if (reports === null) return sayUnknown(context, request);
  const balances = traded.instrument.kind === 'spot' ? read.balances : await readBalances(context);
  for (const report of reports) context.tell(report);
  tellBalance(context, balances);
  const lastTradeId = trades.at(-1)?.number ?? (afterTradeId > 0 ? afterTradeId : null);
  context.say({ type: 'position', symbol, ...held, lastTradeId });
}

/** What the account has, by currency; null: it could not be read. */
export async function readBalances(context: AccountContext): Promise<Balance | null> {
  const answer = await ask(context, 'query_position', 'the balance', balanceSchema, (exchange) =>
    exchange.fetchBalance(),
  );
  return answer.kind === 'ok' ? answer.value : null;
}

/** Null: it is not told, or has more decimals than cash. */
export function cashIn({ asset, logger, profile }: AccountContext, { info, total }: Balance): Cash | null {
  const told = profile.cashIn?.(info, asset);
  const found = typeof told === 'string' ? parseDecimal(told) : (total[asset] ?? null);
  if (found === null) logger.warn({ asset }, 'the account has no such asset at the exchange');
  return found === null ? null : cashOf(found);
}

function tellBalance(context: AccountContext, balances: Balance | null): void {
  const balance = balances === null ? null : cashIn(context, balances);
  if (balance !== null) context.say({ type: 'balance', asset: context.asset, balance });
}

/** Null: it could not be read, or did not come to rest. */
async function readAtRest(
  context: AccountContext,
  { afterTradeId, symbol }: PositionRequest,
  traded: Traded,
): Promise<{
  readonly trades: readonly Numbered[];
  readonly held: Held;
  readonly balances: Balance | null;
} | null> {
  const first = await tradesAfter(context, 'query_position', symbol, afterTradeId);
  if (first.kind !== 'ok') return null;
  const trades = new Map(first.value.map((each) => [each.number, each]));
  for (let tries = 0; tries < TRIES; tries += 1) {
    const balances = traded.instrument.kind === 'spot' ? await readBalances(context) : null;
    const held = balances === null ? await readPosition(context, traded) : holding(traded, balances);
    if (held === null) return null;
    const last = Math.max(afterTradeId, ...trades.keys());
    const again = await tradesAfter(context, 'query_position', symbol, last);
    if (again.kind !== 'ok') return null;
    const more = again.value.filter(({ number }) => !trades.has(number) && number !== afterTradeId);
    // With numbers by time some that are known may come again.
    const news =
      last === 0 || context.profile.trades.by === 'id' ? more : more.filter(({ number }) => number > last);
    for (const each of more) trades.set(each.number, each);
    // The stream may know of trades that the list does not show yet.
    const isAtRest = news.length === 0 && last >= (context.lastTradeIds.get(symbol) ?? 0);
    if (isAtRest) return { trades: [...trades.values()].sort((a, b) => a.number - b.number), held, balances };
  }
  return null;
}

/** Null: it could not be read. */
async function readPosition(context: AccountContext, traded: Traded): Promise<Held | null> {
  const { instrument, market } = traded;
  if (instrument.kind === 'spot') return null;
  const answer = await ask(
    context,
    'query_position',
    `the position in ${market}`,
    positionsSchema,
    (exchange) => exchange.fetchPositions([market]),
  );
  if (answer.kind !== 'ok') return null;
  const open = answer.value.filter((each) => each.symbol === market && (each.contracts?.units ?? 0n) !== 0n);
  // Without a side nobody knows its sign.
  if (open.some(({ side }) => side !== 'long' && side !== 'short')) return null;
  const lots = open.map(({ contracts, side }) => {
    const quantity = contracts === null ? 0 : Math.abs(lotsOf(instrument, contracts));
    return side === 'short' ? -quantity : quantity;
  });
  const [only] = open.length === 1 ? open : [];
  const entry = parseDecimal(String(only?.entryPrice ?? ''));
  return {
    signedQty: lots.reduce((sum, each) => sum + each, 0),
    entryPrice: entry === null ? null : formatUnits(entry.units, entry.scale),
  };
}

/** Spot has no positions: what the account has of the base currency, in whole lots. */
function holding({ instrument }: Traded, { total }: Balance): Held {
  const has = total[instrument.base] ?? null;
  return { signedQty: has === null ? 0 : (quantityToLots(instrument, has) ?? 0), entryPrice: null };
}

/** Null: it could not be found out whose they are. */
async function reportsOfAll(
  context: AccountContext,
  traded: Traded,
  trades: readonly Numbered[],
  fromTheBeginning: boolean,
): Promise<readonly ExchangeReport[] | null> {
  const { symbol } = traded.instrument;
  const owners = new Map<string, KnownOrder>();
  for (const { at, orderId } of trades) {
    if (orderId === null || owners.has(orderId)) continue;
    const owner = await learnOwner(context, 'query_position', symbol, orderId);
    if (owner.kind !== 'ok') return null;
    owners.set(orderId, owner.value);
    if (owner.value.isWhole) continue;
    if (fromTheBeginning && context.profile.trades.by === 'id') {
      putDown(
        traded,
        owner.value,
        trades.filter((each) => each.orderId === orderId),
      );
      owner.value.isWhole = true;
    } else if (context.profile.trades.by === 'id') {
      const all = await learnTrades(context, 'query_position', owner.value, orderId, at);
      if (all.kind !== 'ok') return null;
    }
  }
  const reports: ExchangeReport[] = [];
  for (const each of trades) {
    const owner = each.orderId === null ? undefined : owners.get(each.orderId);
    // A trade that names no order is nobody's whom we know.
    if (owner === undefined) reports.push(await tradeReport(context, traded, each, each.trade.id, null));
    else {
      putDown(traded, owner, [each]);
      reports.push(...(await reportsOf(context, owner, [each])));
    }
  }
  return reports;
}
