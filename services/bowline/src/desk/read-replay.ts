import type { DeskConfig } from '@bowline/contracts';
import type { Market } from '@bowline/engine';
import { barsOfTicks, toTickColumns } from '@bowline/marketdata';
import type { TickColumns } from '@bowline/ports';
import type { CommandContext } from '../cli/context.js';
import type { SymbolFile } from '../cli/values.js';
import { inputWarnings } from './input-warnings.js';
import { instrumentOf } from './instruments.js';
import { marketsOf, type WantedMarket } from './markets.js';
import { builtInSignals, readDesk, readFiles, type DeskInput, type DeskSources } from './read-desk.js';
import { readTicksFiles, type SymbolTicks } from './read-symbol-files.js';

/** Where the input of a replay comes from: bars or trades, never both. */
export interface ReplaySources extends DeskSources {
  readonly ticks: readonly SymbolFile[];
}

/** A market that is replayed. */
export interface ReplayedMarket extends Market {
  /** The trades that it is replayed by, of which the bars are made; null: it is replayed by its bars. */
  readonly ticks: TickColumns | null;
}

export interface ReplayInput extends Pick<DeskInput, 'signals' | 'funding' | 'warnings'> {
  readonly markets: readonly ReplayedMarket[];
}

/** The candles that trades make. */
const CANDLE_MS = 60_000;

/** Reads what is replayed. Throws an InputError with everything that is wrong with it. */
export async function readReplay(
  config: DeskConfig,
  sources: ReplaySources,
  context: CommandContext,
): Promise<ReplayInput> {
  if (sources.ticks.length > 0) return readTicksReplay(config, sources, context);
  const { markets, ...input } = await readDesk(config, sources, context);
  return { ...input, markets: markets.map((market) => ({ ...market, ticks: null })) };
}

async function readTicksReplay(
  config: DeskConfig,
  sources: ReplaySources,
  context: CommandContext,
): Promise<ReplayInput> {
  const {
    funding,
    market: files,
    signals: fromFile,
  } = await readFiles(sources, context, (reading) => readTicksFiles(sources.ticks, reading));
  context.signal.throwIfAborted();
  const markets = marketsOf(config, files, 'ticks', (wanted) => tickMarket(config, wanted));
  const signals = fromFile ?? builtInSignals(sources, markets);
  const reads = new Map(files.map(({ path, read }) => [path, read]));
  const warnings = [
    ...config.warnings,
    ...[...reads.values()].flatMap((read) => read.warnings),
    ...inputWarnings(config, sources.ticks, sources.funding, markets, signals, 'ticks'),
  ];
  return { markets, signals, funding, warnings };
}

function tickMarket(
  config: DeskConfig,
  { exchange, file: { read, symbol } }: WantedMarket<SymbolTicks>,
): ReplayedMarket {
  const { columns, priceScale } = read;
  const instrument = instrumentOf(config.instruments, exchange, symbol, priceScale, columns.price[0]!);
  const ticks = toTickColumns(columns, instrument);
  return { exchange, symbol, instrument, ticks, bars: barsOfTicks(ticks, CANDLE_MS) };
}
