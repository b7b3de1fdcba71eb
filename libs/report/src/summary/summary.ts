import {
  averagePriceText,
  compareCodePoints,
  formatCash,
  priceText,
  quantityText,
  type Cash,
  type Interval,
} from '@bowline/domain';
import type { BacktestSummary, Performance } from '@bowline/contracts';
import type { HistoricalResult } from '@bowline/ports';
import { timeText } from '../csv/time-text.js';
import type { ReportMeta } from '../meta.js';
import {
  addedCurve,
  clientCurve,
  dailyTimes,
  realizedCurve,
  strategyCurve,
  type GroupCurve,
} from './curves.js';
import { cellsOf, Groups, type Cell, type Group } from './group.js';
import { performanceOf, type PerformanceContext } from './performance.js';

/**
 * Sums a result up: the object that `--json` prints and summary.json holds. `files` are the names of the files that
 * were written, none without a report directory.
 */
export function summarize(
  result: HistoricalResult,
  meta: ReportMeta,
  files: readonly string[] = [],
): BacktestSummary {
  const span = spanOf(result);
  const context: PerformanceContext = {
    convention: meta.convention ?? 'bowline',
    daysPerYear: meta.daysPerYear ?? 365,
    span: span ?? { from: 0, to: 0 },
  };
  const bars = result.channels.reduce((sum, channel) => sum + channel.bars.length, 0);
  return {
    mode: meta.mode ?? 'historical',
    bars,
    elapsedMs: meta.elapsedMs,
    barsPerSecond: meta.elapsedMs > 0 ? Math.round(bars / (meta.elapsedMs / 1000)) : 0,
    convention: context.convention,
    from: span === null ? null : timeText(span.from),
    to: span === null ? null : timeText(span.to),
    trades: result.trades.length,
    orders: result.orders.length,
    fills: result.fills.length,
    ...breakdowns(result, meta, context),
    exchangePositions: exchangePositions(result),
    openPositions: openPositions(result),
    invariants: { ...result.invariants },
    denials: counted(result.denials.map((denial) => denial.code)),
    ignoredSignals: sortedRecord(Object.entries(result.ignoredSignals).filter(([, count]) => count > 0)),
    warnings: [...(meta.warnings ?? [])],
    files: [...files],
  };
}

type Breakdowns = Pick<
  BacktestSummary,
  'overall' | 'bySide' | 'byStrategy' | 'byClient' | 'byAccount' | 'byExchange' | 'bySymbol'
>;

function breakdowns(result: HistoricalResult, meta: ReportMeta, context: PerformanceContext): Breakdowns {
  const { channels } = result;
  const start = context.span.from;
  const all = new Groups(cellsOf(result, context.span.to));
  const clients = new Map(
    result.equity
      .filter((curve) => curve.strategyId === null)
      .map((curve) => [curve.clientId, clientCurve(curve, start)]),
  );
  const overall = addedCurve([...clients.values()]);
  const strategies = strategyCurves(result, clients, start);
  const capital = overall?.startingEquity ?? 0n;
  const times = dailyTimes(overall?.series.times ?? []);
  const clientCapital = (clientId: string): Cash => clients.get(clientId)?.startingEquity ?? 0n;
  const accountCapital = accountCapitals(meta);
  const realized = remembered((group: Group, on: Cash) => realizedCurve(group.trades, on, start, times));
  const performance = remembered((group: Group, curve: GroupCurve | null) =>
    performanceOf(group, curve, context),
  );

  const by = (
    key: (cell: Cell) => string,
    curve: (group: Group, name: string) => GroupCurve | null,
    names: Iterable<string> = [],
  ): Record<string, Performance> => {
    const groups = all.by(key);
    // A client or strategy that never traded is listed too: with zeros, not by its absence.
    for (const name of names) if (!groups.has(name)) groups.set(name, all.none());
    return sortedRecord([...groups].map(([name, group]) => [name, performance(group, curve(group, name))]));
  };
  const account = (cell: Cell): string => accountName(channels[cell.channel]);

  return {
    overall: performance(all.all(), overall),
    bySide: by(
      (cell) => cell.side,
      (group) => realized(group, capital),
      ['LONG', 'SHORT'],
    ),
    byStrategy: by(
      (cell) => cell.strategyId,
      (_group, name) => strategies.get(name) ?? null,
      strategies.keys(),
    ),
    byClient: by(
      (cell) => channels[cell.channel].clientId,
      (_group, name) => clients.get(name) ?? null,
      clients.keys(),
    ),
    byAccount: by(account, (group, name) =>
      realized(group, accountCapital?.get(name) ?? clientCapital(channels[group.cells[0].channel].clientId)),
    ),
    byExchange: by(
      (cell) => channels[cell.channel].exchange,
      (group, name) => realized(group, exchangeCapital(meta, name) ?? capital),
    ),
    bySymbol: by(
      (cell) => channels[cell.channel].symbol,
      (group) => realized(group, capital),
    ),
  };
}

/**
 * Remembers what `work` made of each pair. With one client, exchange or symbol several breakdowns are of the same
 * trades on the same curve.
 */
function remembered<A, B, R>(work: (a: A, b: B) => R): (a: A, b: B) => R {
  const known = new Map<A, Map<B, R>>();
  return (a, b) => {
    let results = known.get(a);
    if (results === undefined) known.set(a, (results = new Map<B, R>()));
    const before = results.get(b);
    if (before !== undefined) return before;
    const result = work(a, b);
    results.set(b, result);
    return result;
  };
}

function strategyCurves(
  result: HistoricalResult,
  clients: ReadonlyMap<string, GroupCurve>,
  start: number,
): Map<string, GroupCurve> {
  const parts = new Map<string, GroupCurve[]>();
  for (const curve of result.equity) {
    if (curve.strategyId === null) continue;
    const capital = clients.get(curve.clientId)?.startingEquity ?? 0n;
    const own = parts.get(curve.strategyId) ?? [];
    own.push(strategyCurve(curve, capital, start));
    parts.set(curve.strategyId, own);
  }
  return new Map(
    [...parts].flatMap(([name, curves]) => {
      const curve = addedCurve(curves);
      return curve === null ? [] : [[name, curve] as const];
    }),
  );
}

/** `ikenna.binance-usdm`. */
function accountName({
  clientId,
  exchange,
}: {
  readonly clientId: string;
  readonly exchange: string;
}): string {
  return `${clientId}.${exchange}`;
}

function accountCapitals(meta: ReportMeta): ReadonlyMap<string, Cash> | null {
  if (meta.accounts === undefined) return null;
  return new Map(meta.accounts.map((account) => [accountName(account), account.accountBalance]));
}

function exchangeCapital(meta: ReportMeta, exchange: string): Cash | null {
  const own = meta.accounts?.filter((account) => account.exchange === exchange) ?? [];
  return own.length === 0 ? null : own.reduce((sum, account) => sum + account.accountBalance, 0n);
}

/** From the open of the first bar to the close of the last; null without bars. */
function spanOf({ channels }: HistoricalResult): Interval | null {
  let from = Infinity;
  let to = -Infinity;
  for (const { bars } of channels) {
    if (bars.length === 0) continue;
    from = Math.min(from, bars.openTime[0]);
    to = Math.max(to, bars.openTime[bars.length - 1] + bars.intervalMs);
  }
  return from < to ? { from, to } : null;
}

function exchangePositions({
  channels,
  exchangePositions: records,
}: HistoricalResult): BacktestSummary['exchangePositions'] {
  return records.map(({ channel, key, side, quantity, entryPrice, sumOfShares }) => {
    const { clientId, exchange, symbol, instrument } = channels[channel];
    return {
      clientId,
      exchange,
      symbol,
      key,
      side,
      quantity: quantityText(instrument, quantity),
      entryPrice,
      sumOfShares: quantityText(instrument, sumOfShares),
    };
  });
}

function openPositions({
  channels,
  openPositions: records,
}: HistoricalResult): BacktestSummary['openPositions'] {
  return records.map((record) => {
    const { clientId, exchange, symbol, instrument } = channels[record.channel];
    const price = (ticks: number | null): string | null =>
      ticks === null ? null : priceText(instrument, ticks);
    return {
      clientId,
      exchange,
      symbol,
      strategyId: record.strategyId,
      strategyPositionId: record.strategyPositionId,
      side: record.side,
      openQty: quantityText(instrument, record.openQty),
      entryPrice: averagePriceText(instrument, record.cost, record.openQty) ?? '0',
      entryTime: timeText(record.entryTime),
      takeProfitPrice: price(record.takeProfitPrice),
      stopLossPrice: price(record.stopLossPrice),
      markPrice: priceText(instrument, record.markPrice),
      unrealizedPnl: formatCash(record.unrealizedPnl),
      realizedPnl: formatCash(record.realizedPnl),
      fees: formatCash(record.fees),
      funding: formatCash(record.funding),
    };
  });
}

function counted(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return sortedRecord([...counts]);
}

function sortedRecord<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => compareCodePoints(a, b)));
}
