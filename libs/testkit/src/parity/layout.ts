import type { ChannelName, ClientConfig } from '@bowline/contracts';
import { compareCodePoints, decimal, type Decimal, type StrategyParams } from '@bowline/domain';
import {
  actingRow,
  bookSignals,
  channelPlaces,
  routingPart,
  type HistoricalInput,
  type Market,
} from '@bowline/engine';
import type { SignalRow } from '@bowline/ports';

/** A client with everything that is going to happen to it. */
export interface PlayedClient {
  readonly config: ClientConfig;
  /** In code-point order of (exchange, symbol). */
  readonly channels: readonly PlayedChannel[];
}

export interface PlayedChannel {
  readonly name: ChannelName;
  readonly market: Market;
  /** In code-point order of the strategies. */
  readonly slots: readonly PlayedSlot[];
  /** Rates by the bar at whose open they are charged. */
  readonly funding: ReadonlyMap<number, readonly Decimal[]>;
}

/** A strategy in a channel, and its signals by the bars that they act on. */
export interface PlayedSlot {
  readonly channel: ChannelName;
  readonly market: Market;
  readonly strategyId: string;
  readonly params: StrategyParams;
  readonly signals: Map<number, SignalRow>;
}

/** Puts every signal and every rate to the bar on which it acts. */
export function layOutBars(input: HistoricalInput): PlayedClient[] {
  const book = bookSignals(input.signals);
  return input.config.clients.map((config) => {
    const places = channelPlaces(input.markets, config.accounts);
    const channels = places.map(({ market }) => {
      const { exchange, symbol } = market;
      const name = { clientId: config.clientId, exchange, symbol };
      const takesPart = routingPart(config, places, market)?.part !== 0n;
      const followed = takesPart ? [...(config.strategies ?? book).keys()].sort(compareCodePoints) : [];
      const slots = followed.flatMap((strategyId): PlayedSlot[] => {
        const rows = book.get(strategyId)?.get(symbol);
        const params = config.strategies?.get(strategyId) ?? config.defaults;
        const signals = new Map(rows?.flatMap((row) => actingOn(input, market, params, row) ?? []));
        return rows === undefined ? [] : [{ channel: name, market, strategyId, params, signals }];
      });
      return { name, market, slots, funding: fundingOf(input, market) };
    });
    return { config, channels };
  });
}

/**
 * The input without signals of one strategy that act at one moment, of which it keeps the first. What several of them
 * mean together is a matter of bars: to a live desk each comes at its own time.
 */
export function oneSignalAtATime(input: HistoricalInput): HistoricalInput {
  const taken = new Set<string>();
  const clients = layOutBars({ ...input, signals: [] });
  const signals = [...input.signals]
    .sort((a, b) => a.time - b.time || a.row - b.row)
    .filter((row) => {
      const moments = clients.flatMap(({ channels, config }) =>
        channels.flatMap(({ market, name }) => {
          const params = config.strategies?.get(row.strategyId) ?? config.defaults;
          const acts = market.symbol === row.symbol ? actingOn(input, market, params, row) : null;
          return acts === null ? [] : [JSON.stringify([name, row.strategyId, acts[0][0]])];
        }),
      );
      if (moments.some((moment) => taken.has(moment))) return false;
      for (const moment of moments) taken.add(moment);
      return true;
    });
  return { ...input, signals };
}

function actingOn(
  { config }: HistoricalInput,
  { bars }: Market,
  { entryPoint }: StrategyParams,
  row: SignalRow,
): [[number, SignalRow]] | null {
  const bar = actingRow(bars, row.time, config.execution.latencyMs, entryPoint);
  return typeof bar === 'string' ? null : [[bar, row]];
}

/** At the open of the first bar at or after its time. */
function fundingOf({ funding }: HistoricalInput, { bars, symbol }: Market): Map<number, Decimal[]> {
  const due = new Map<number, Decimal[]>();
  for (const { rate, time } of [...(funding.get(symbol) ?? [])].sort((a, b) => a.time - b.time)) {
    const row = bars.openTime.findIndex((openTime) => openTime >= time);
    if (row < 0 || time < bars.openTime[0]!) continue;
    due.set(row, [...(due.get(row) ?? []), decimal(rate)]);
  }
  return due;
}
