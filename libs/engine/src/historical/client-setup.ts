import type { ClientConfig } from '@bowline/contracts';
import {
  addTarget,
  cashOf,
  compareCodePoints,
  createClient,
  type OrderKey,
  type StrategyParams,
} from '@bowline/domain';
import type { SignalRow } from '@bowline/ports';
import { channelPlaces, routingPart } from '../client-layout.js';
import { actingSignals } from './acting-signals.js';
import { ClientRun } from './client-run.js';
import { DeciderDesk } from './decider-desk.js';
import type { Desk, DeskListener, DeskSetup, Invariants } from './desk.js';
import { FundingSchedule } from './funding.js';
import type { HistoricalInput, Market } from './input.js';
import { QuickDesk } from './quick-desk.js';
import { RunRecords } from './records.js';
import { Slot } from './slot.js';

/** A client that is ready to run, and where its results will be. */
export interface PreparedClient {
  readonly config: ClientConfig;
  readonly run: ClientRun;
  readonly desks: readonly Desk[];
  readonly slots: readonly Slot[];
  readonly records: RunRecords;
  readonly invariants: Invariants;
}

/** Signals by strategy and symbol, in the order of (time, row): sorted once for all clients. */
export type SignalBook = ReadonlyMap<string, ReadonlyMap<string, readonly SignalRow[]>>;

export function bookSignals(signals: readonly SignalRow[]): SignalBook {
  const book = new Map<string, Map<string, SignalRow[]>>();
  for (const signal of signals) {
    let bySymbol = book.get(signal.strategyId);
    if (!bySymbol) book.set(signal.strategyId, (bySymbol = new Map<string, SignalRow[]>()));
    const rows = bySymbol.get(signal.symbol);
    if (rows) rows.push(signal);
    else bySymbol.set(signal.symbol, [signal]);
  }
  for (const bySymbol of book.values()) {
    for (const rows of bySymbol.values()) if (!isInOrder(rows)) rows.sort(byTimeAndRow);
  }
  return book;
}

/** Most files are in order. */
function isInOrder(rows: readonly SignalRow[]): boolean {
  for (let at = 1; at < rows.length; at += 1) if (byTimeAndRow(rows[at - 1]!, rows[at]!) > 0) return false;
  return true;
}

function byTimeAndRow(a: SignalRow, b: SignalRow): number {
  return a.time - b.time || a.row - b.row;
}

/** Lays out one client's accounts, channels and slots. */
export function prepareClient(
  input: HistoricalInput,
  book: SignalBook,
  config: ClientConfig,
): PreparedClient {
  const places = channelPlaces(input.markets, config.accounts);
  const client = createClient({
    clientId: config.clientId,
    limits: config.limits,
    accounts: config.accounts.map(({ accountBalance, exchange }) => ({
      exchange,
      balance: accountBalance && cashOf(accountBalance),
    })),
    channels: places.map(({ account, market }) => ({
      account,
      symbol: market.symbol,
      instrument: market.instrument,
    })),
  });
  const records = new RunRecords();
  const invariants: Invariants = { checked: 0, violated: 0 };
  const accounts = config.accounts.map(() => ({ nextTradeId: 1 }));
  const slots: Slot[] = [];
  // The desks report to the run, which is made of the desks.
  const listener: DeskListener = {
    changed: (slot) => run.changed(slot),
    closed: (slot, result, at) => run.closed(slot, result, at),
  };
  const desks = places.map(({ account, market }, index) => {
    const { hedgeMode, ...terms } = config.accounts[account]!;
    const routing = routingPart(config, places, market);
    const strategies = routing?.part === 0n ? [] : followed(config, book, market.symbol);
    const desk = createDesk(input, strategies, {
      index,
      market,
      book: client.channels[index]!,
      account: accounts[account]!,
      rules: input.createFills(market.instrument, { ...input.config.execution, ...terms }),
      hedgeMode,
      keepsRecords: input.record === 'everything',
      every: input.equity,
      invariants,
      trades: records.trades,
      listener,
    });
    const { latencyMs } = input.config.execution;
    for (const { params, signals, strategyId } of strategies) {
      const target = addTarget(client, index, strategyId, params, routing);
      const acting = actingSignals(signals, market.bars, latencyMs, params.entryPoint, (why) =>
        records.ignored(why),
      );
      slots.push(new Slot(slots.length, desk, strategyId, params, target, acting));
    }
    return desk;
  });
  const funding = desks
    .filter(({ market }) => input.funding.has(market.symbol))
    .map((desk) => new FundingSchedule(desk, input.funding.get(desk.market.symbol)!));
  const clientOrderId = ({ desk, strategyId }: Slot, key: OrderKey) => {
    const { exchange, symbol } = desk.market;
    return input.clientOrderId({ clientId: config.clientId, exchange, symbol, strategyId, ...key });
  };
  const run = new ClientRun({ client, desks, slots, funding, records, clientOrderId });
  return { config, run, desks, slots, records, invariants };
}

/** The symbols that a client trades: with bars, listed by one of its accounts, and not routed away from all of them. */
export function tradedSymbols(config: ClientConfig, markets: readonly Market[]): ReadonlySet<string> {
  const places = channelPlaces(markets, config.accounts);
  const traded = places.filter(({ market }) => routingPart(config, places, market)?.part !== 0n);
  return new Set(traded.map(({ market }) => market.symbol));
}

/** The quick desk where nothing can rest, add or fill in parts; else the decider itself. */
function createDesk(input: HistoricalInput, strategies: readonly Followed[], setup: DeskSetup): Desk {
  const { fillProbability, partialFillRatio } = input.config.execution;
  const whole = fillProbability === 1 && partialFillRatio === 1;
  const simple = strategies.every(({ params }) => params.orderType === 'market' && !params.scaleIn);
  return input.desk !== 'decider' && whole && simple ? new QuickDesk(setup) : new DeciderDesk(setup);
}

interface Followed {
  readonly strategyId: string;
  readonly params: StrategyParams;
  readonly signals: readonly SignalRow[];
}

function followed(config: ClientConfig, book: SignalBook, symbol: string): Followed[] {
  const ids = [...(config.strategies ?? book).keys()].sort(compareCodePoints);
  return ids.flatMap((strategyId) => {
    const signals = book.get(strategyId)?.get(symbol);
    return signals
      ? [{ strategyId, params: config.strategies?.get(strategyId) ?? config.defaults, signals }]
      : [];
  });
}
