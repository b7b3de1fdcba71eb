import type { AccountConfig, ClientConfig } from '@bowline/contracts';
import {
  addTarget,
  cashOf,
  createClient,
  type ChannelOrder,
  type RoutingPart,
  type StrategyParams,
} from '@bowline/domain';
import type { SignalRow } from '@bowline/ports';
import { actingRow, signalForChannel, type ActingSignal } from './acting-signals.js';
import { ChannelRun, type Invariants } from './channel-run.js';
import { ClientRun } from './client-run.js';
import { FundingSchedule } from './funding.js';
import type { HistoricalInput, Market } from './input.js';
import { byCodePoint } from './order.js';
import { RunRecords } from './records.js';
import { Slot } from './slot.js';

/** A client that is ready to run, and where its results will be. */
export interface PreparedClient {
  readonly config: ClientConfig;
  readonly run: ClientRun;
  readonly channels: readonly ChannelRun[];
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
    if (!bySymbol) book.set(signal.strategyId, (bySymbol = new Map()));
    const rows = bySymbol.get(signal.symbol);
    if (rows) rows.push(signal);
    else bySymbol.set(signal.symbol, [signal]);
  }
  for (const bySymbol of book.values()) {
    for (const rows of bySymbol.values()) rows.sort((a, b) => a.time - b.time || a.row - b.row);
  }
  return book;
}

/** Lays out one client's accounts, channels and slots. Its channels are numbered from `firstChannel` on in the result. */
export function prepareClient(input: HistoricalInput, book: SignalBook, config: ClientConfig): PreparedClient {
  const places = channelPlaces(input.markets, config.accounts);
  const client = createClient({
    clientId: config.clientId,
    limits: config.limits,
    accounts: config.accounts.map(({ accountBalance, exchange }) => ({
      exchange,
      balance: accountBalance && cashOf(accountBalance),
    })),
    channels: places.map(({ account, market }) => ({ account, symbol: market.symbol, instrument: market.instrument })),
  });
  const records = new RunRecords();
  const invariants: Invariants = { checked: 0, violated: 0 };
  const accounts = config.accounts.map(() => ({ nextTradeId: 1 }));
  const slots: Slot[] = [];
  const channels = places.map(({ account, market }, index) => {
    const terms = config.accounts[account]!;
    const rules = input.createFills(market.instrument, { ...input.config.execution, ...terms });
    const slotOf = new Map<string, Slot>();
    const channel = new ChannelRun(
      index,
      market,
      client.channels[index]!,
      accounts[account]!,
      rules,
      terms.hedgeMode,
      invariants,
      (position, at) => run.closed(slotOf.get(position.strategyId)!, position, at),
    );
    for (const { params, signals, strategyId } of followed(config, book, market.symbol)) {
      const target = addTarget(client, index, strategyId, params, routingPart(config, places, market));
      const acting = actingSignals(signals, market, params, input.config.execution.latencyMs, records);
      const slot = new Slot(slots.length, channel, strategyId, params, target, acting);
      slotOf.set(strategyId, slot);
      slots.push(slot);
    }
    return channel;
  });
  const funding = channels
    .filter(({ market }) => input.funding.has(market.symbol))
    .map((channel) => new FundingSchedule(channel, input.funding.get(channel.market.symbol)!));
  const clientOrderId = (slot: Slot, { terms }: ChannelOrder) =>
    input.clientOrderId({
      clientId: config.clientId,
      exchange: slot.channel.market.exchange,
      symbol: slot.channel.market.symbol,
      strategyId: slot.strategyId,
      ...terms.key,
    });
  const run = new ClientRun({ client, channels, slots, funding, records, clientOrderId });
  return { config, run, channels, slots, records, invariants };
}

interface ChannelPlace {
  readonly account: number;
  readonly market: Market;
}

/** The client's channels: every symbol with bars that an account trades, in code-point order of (exchange, symbol). */
function channelPlaces(markets: readonly Market[], accounts: readonly AccountConfig[]): ChannelPlace[] {
  const sorted = [...markets].sort((a, b) => byCodePoint(a.exchange, b.exchange) || byCodePoint(a.symbol, b.symbol));
  return sorted.flatMap((market) => {
    const account = accounts.findIndex(({ exchange }) => exchange === market.exchange);
    const { symbols } = accounts[account] ?? { symbols: [] };
    return account >= 0 && (symbols === null || symbols.includes(market.symbol)) ? [{ account, market }] : [];
  });
}

function followed(
  config: ClientConfig,
  book: SignalBook,
  symbol: string,
): { strategyId: string; params: StrategyParams; signals: readonly SignalRow[] }[] {
  const ids = [...(config.strategies ?? book).keys()].sort(byCodePoint);
  return ids.flatMap((strategyId) => {
    const signals = book.get(strategyId)?.get(symbol);
    return signals ? [{ strategyId, params: config.strategies?.get(strategyId) ?? config.defaults, signals }] : [];
  });
}

/** The channel's weight among the exchanges of the client that list the symbol. */
function routingPart(config: ClientConfig, places: readonly ChannelPlace[], market: Market): RoutingPart | null {
  const { routing } = config;
  if (routing === null) return null;
  const scale = Math.max(...[...routing.values()].map((weight) => weight.scale));
  const units = (exchange: string) => {
    const weight = routing.get(exchange);
    return weight ? weight.units * 10n ** BigInt(scale - weight.scale) : 0n;
  };
  let whole = 0n;
  for (const place of places) if (place.market.symbol === market.symbol) whole += units(place.market.exchange);
  return whole > 0n ? { part: units(market.exchange), whole } : { part: 0n, whole: 1n };
}

function actingSignals(
  signals: readonly SignalRow[],
  market: Market,
  params: StrategyParams,
  latencyMs: number,
  records: RunRecords,
): ActingSignal[] {
  const acting: ActingSignal[] = [];
  for (const signal of signals) {
    const row = actingRow(market.bars, signal.time, latencyMs, params.entryPoint);
    if (typeof row === 'string') records.ignored(row);
    else acting.push({ row, signal: signalForChannel(signal, market.instrument, params.orderType) });
  }
  return acting;
}
