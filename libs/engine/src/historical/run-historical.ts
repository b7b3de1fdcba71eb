import type { ClientConfig, DeskConfig } from '@bowline/contracts';
import { compareCodePoints } from '@bowline/domain';
import type {
  EquityCurve,
  ExchangePositionRecord,
  FillRecord,
  HistoricalResult,
  OrderRecord,
  ResultChannel,
} from '@bowline/ports';
import { bookSignals, tradedSymbols } from './client-setup.js';
import type { Desk } from './desk.js';
import { CurveMaker, holdingOf } from './equity.js';
import { EquitySteps } from './equity-steps.js';
import type { HistoricalInput } from './input.js';
import { simulateClient, type ClientOutcome } from './simulate-client.js';

/** Runs every client (or those that the input names), one after the other, each from its first event to its last. */
export function runHistorical(input: HistoricalInput): HistoricalResult {
  const clients = selectClients(input);
  const book = bookSignals(input.signals);
  const span = spanOf(input);
  const results = clients.map((config, i) => {
    const outcome = simulateClient(
      input,
      book,
      config,
      input.onProgress &&
        ((time) => input.onProgress!(i + (time - span.from) / (span.to - span.from || 1), clients.length)),
    );
    input.onProgress?.(i + 1, clients.length);
    return clientResult(outcome, input);
  });
  const merged = mergeResults(results);
  return { ...merged, ignoredSignals: addUnrouted(merged.ignoredSignals, input.config, input) };
}

/** Puts the results of several clients into one: their channels are numbered on, counts are summed. */
export function mergeResults(results: readonly HistoricalResult[]): HistoricalResult {
  let channelsSoFar = 0;
  const offsets = results.map(({ channels }) => (channelsSoFar += channels.length) - channels.length);
  const all = <T extends { channel: number }>(list: (result: HistoricalResult) => readonly T[]): T[] =>
    results.flatMap((result, i) => {
      const offset = offsets[i]!;
      return offset === 0
        ? list(result)
        : list(result).map((record) => ({ ...record, channel: record.channel + offset }));
    });
  const ignored: Record<string, number> = {};
  for (const result of results) {
    for (const [reason, count] of Object.entries(result.ignoredSignals))
      ignored[reason] = (ignored[reason] ?? 0) + count;
  }
  const sum = (pick: (result: HistoricalResult) => number) =>
    results.reduce((total, result) => total + pick(result), 0);
  return {
    channels: results.flatMap(({ channels }) => channels),
    trades: all(({ trades }) => trades),
    orders: all(({ orders }) => orders),
    fills: all(({ fills }) => fills),
    denials: all(({ denials }) => denials),
    openPositions: all(({ openPositions }) => openPositions),
    exchangePositions: all(({ exchangePositions }) => exchangePositions),
    equity: results.flatMap(({ equity }) => equity),
    invariants: {
      checked: sum(({ invariants }) => invariants.checked),
      violated: sum(({ invariants }) => invariants.violated),
    },
    ignoredSignals: sortedByKey(ignored),
  };
}

/** Signals that reach no client at all, by reason. They are counted once, whoever runs which client. */
export function unroutedSignals(
  config: DeskConfig,
  input: Pick<HistoricalInput, 'markets' | 'signals'>,
): Record<'NOT_FOLLOWED' | 'NOT_TRADED' | 'NO_BARS', number> {
  const symbols = new Set(input.markets.map(({ symbol }) => symbol));
  const clients = config.clients.map((client) => ({
    ...client,
    symbols: tradedSymbols(client, input.markets),
  }));
  const counts = { NOT_FOLLOWED: 0, NOT_TRADED: 0, NO_BARS: 0 };
  for (const { strategyId, symbol } of input.signals) {
    if (!symbols.has(symbol)) counts.NO_BARS += 1;
    else if (!clients.some((client) => follows(client, strategyId))) counts.NOT_FOLLOWED += 1;
    else if (!clients.some((client) => client.symbols.has(symbol) && follows(client, strategyId)))
      counts.NOT_TRADED += 1;
  }
  return counts;
}

function follows({ strategies }: ClientConfig, strategyId: string): boolean {
  return strategies === null || strategies.has(strategyId);
}

function addUnrouted(
  ignored: Readonly<Record<string, number>>,
  config: DeskConfig,
  input: HistoricalInput,
): Record<string, number> {
  const all = { ...ignored };
  // Only the whole desk can say that nobody wanted a signal.
  if (input.clients === undefined) {
    for (const [reason, count] of Object.entries(unroutedSignals(config, input)))
      if (count > 0) all[reason] = count;
  }
  return sortedByKey(all);
}

function sortedByKey(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => compareCodePoints(a, b)));
}

function selectClients({ clients, config }: HistoricalInput): readonly ClientConfig[] {
  return clients === undefined
    ? config.clients
    : config.clients.filter(({ clientId }) => clients.includes(clientId));
}

function spanOf({ markets }: HistoricalInput): { from: number; to: number } {
  let from = Infinity;
  let to = -Infinity;
  for (const { bars } of markets) {
    from = Math.min(from, bars.openTime[0]!);
    to = Math.max(to, bars.openTime[bars.length - 1]!);
  }
  return { from, to };
}

function clientResult(outcome: ClientOutcome, input: HistoricalInput): HistoricalResult {
  const { config, desks, invariants, records } = outcome;
  const resultChannels: ResultChannel[] = desks.map(({ market }) => ({
    clientId: config.clientId,
    ...market,
  }));
  return {
    channels: resultChannels,
    trades: records.trades.records(),
    orders: ordersInOrder(desks),
    fills: fillsInOrder(desks),
    denials: records.denials,
    openPositions: desks.flatMap((desk) => desk.openPositions()),
    exchangePositions: desks.flatMap(exchangePositions),
    equity: equityCurves(outcome, input),
    invariants,
    ignoredSignals: Object.fromEntries(records.ignoredByReason),
  };
}

function ordersInOrder(desks: readonly Desk[]): OrderRecord[] {
  const orders = desks.flatMap((desk) => desk.orders());
  return desks.length > 1
    ? orders.sort((a, b) => a.createdTime - b.createdTime || a.channel - b.channel)
    : orders;
}

function fillsInOrder(desks: readonly Desk[]): FillRecord[] {
  const fills = desks.flatMap((desk) => desk.fills);
  return desks.length > 1 ? fills.sort((a, b) => a.time - b.time || a.channel - b.channel) : fills;
}

/** One row a side that the exchange holds, none when flat; the shares of the strategies on it beside it. */
function exchangePositions(desk: Desk): ExchangePositionRecord[] {
  const { symbol } = desk.market;
  return [desk.long, desk.short].flatMap((book, i) => {
    if (book.quantity === 0) return [];
    const side = book.quantity > 0 ? ('LONG' as const) : ('SHORT' as const);
    const sum = desk.hedgeMode ? desk.sumOfShares(i === 0 ? 'LONG' : 'SHORT') : desk.sumOfShares();
    return [
      {
        channel: desk.index,
        key: `${symbol}_${side}`,
        side,
        quantity: Math.abs(book.quantity),
        entryPrice: book.averageText(desk.market.instrument),
        sumOfShares: sum,
      },
    ];
  });
}

/** The client's curve first, then one a strategy; those are made from the fills, where these are kept. */
function equityCurves(outcome: ClientOutcome, { equity: every, record }: HistoricalInput): EquityCurve[] {
  const { desks, holdings, line, slots, startingEquity } = outcome;
  const { clientId } = outcome.config;
  const maker = new CurveMaker(line, every);
  const curves = [maker.curve({ clientId, strategyId: null }, holdings, startingEquity)];
  if (record === 'trades') return curves;
  const parts = desks.map((desk) => ({ desk, steps: stepsByStrategy(desk, every) }));
  for (const strategyId of [...new Set(slots.map((slot) => slot.strategyId))].sort(compareCodePoints)) {
    const own = parts.flatMap(({ desk, steps }) => {
      const its = steps.get(strategyId);
      return its === undefined ? [] : [holdingOf(desk, its)];
    });
    curves.push(maker.curve({ clientId, strategyId }, own, 0n));
  }
  return curves;
}

/** Each strategy's part of the channel's steps; none for a strategy that did nothing there. */
function stepsByStrategy(desk: Desk, every: 'daily' | 'bar'): Map<string, EquitySteps> {
  const { bars, instrument } = desk.market;
  const all = new Map<string, EquitySteps>();
  const stepsOf = (strategyId: string): EquitySteps => {
    let steps = all.get(strategyId);
    if (steps === undefined) all.set(strategyId, (steps = new EquitySteps(instrument, bars, every)));
    return steps;
  };
  const { fillRows, fills, fundings } = desk;
  let funding = 0;
  const bookFundingUntil = (limit: number) => {
    for (; funding < fundings.length && fundings[funding]!.row <= limit; funding += 1) {
      const { amount, row, strategyId } = fundings[funding]!;
      stepsOf(strategyId).addCash(row, amount);
    }
  };
  for (let i = 0; i < fills.length; i += 1) {
    const { fee, lastPx, lastQty, side, strategyId } = fills[i]!;
    const row = fillRows[i]!;
    bookFundingUntil(row);
    stepsOf(strategyId).add(row, side === 'BUY' ? lastQty : -lastQty, lastPx, fee);
  }
  bookFundingUntil(Infinity);
  for (const steps of all.values()) steps.finish();
  return all;
}
