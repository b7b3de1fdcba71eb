import type { DeskConfig } from '@bowline/contracts';
import { strategySignals, type Market, type StrategySpec } from '@bowline/engine';
import { readFunding, readSignals } from '@bowline/marketdata';
import type { FundingRow, SignalRow } from '@bowline/ports';
import type { CommandContext } from '../cli/context.js';
import { withProgress } from '../cli/progress.js';
import type { SymbolFile } from '../cli/values.js';
import { inputWarnings } from './input-warnings.js';
import { MarketMaker } from './markets.js';
import { readBarsFiles, throwProblems, type Reading } from './read-symbol-files.js';
import { seriesBySymbol } from './series-by-symbol.js';

/** Where the input of a historical run comes from, beside its configuration. */
export interface DeskSources {
  readonly bars: readonly SymbolFile[];
  readonly funding: readonly SymbolFile[];
  readonly repair: boolean;
  /** A file of signals, or built-in strategies. */
  readonly signals: { readonly file: string } | { readonly strategies: readonly StrategySpec[] };
}

/** The input of a historical run as it was read. */
export interface DeskInput {
  /** Makes the markets of other variants of the configuration too. */
  readonly maker: MarketMaker;
  readonly markets: readonly Market[];
  readonly signals: readonly SignalRow[];
  readonly funding: ReadonlyMap<string, readonly FundingRow[]>;
  /** What is worth knowing about all of it, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads the data of a desk. Throws an InputError with everything that is wrong with them.
 *
 * @param again whether markets are going to be made for variants of the configuration as well
 */
export async function readDesk(
  config: DeskConfig,
  sources: DeskSources,
  context: CommandContext,
  again = false,
): Promise<DeskInput> {
  const {
    funding,
    market: bars,
    signals: fromFile,
  } = await readFiles(sources, context, (reading) => readBarsFiles(sources.bars, sources.repair, reading));
  context.signal.throwIfAborted();
  const maker = new MarketMaker(bars, sources.repair, again);
  const markets = maker.marketsOf(config);
  const signals = fromFile ?? builtInSignals(sources, markets);
  const reads = new Map(bars.map(({ path, read }) => [path, read]));
  const warnings = [
    ...config.warnings,
    ...[...reads.values()].flatMap((read) => [...read.notes, ...read.warnings]),
    ...maker.notes,
    ...inputWarnings(config, sources.bars, sources.funding, markets, signals),
  ];
  return { maker, markets, signals, funding, warnings };
}

/** What the files of a desk hold: `market` is what was read of bars, or of trades. */
interface FilesRead<M> {
  readonly market: readonly M[];
  /** Null: they are made by built-in strategies. */
  readonly signals: readonly SignalRow[] | null;
  readonly funding: ReadonlyMap<string, readonly FundingRow[]>;
}

/** Reads all files at once. Throws an InputError with everything that is wrong with any of them. */
export async function readFiles<M>(
  sources: Pick<DeskSources, 'signals' | 'funding'>,
  { signal, terminal }: CommandContext,
  readMarket: (reading: Reading) => Promise<readonly M[]>,
): Promise<FilesRead<M>> {
  const outcomes = await withProgress(terminal, 'reading', (onProgress) =>
    Promise.allSettled([
      readMarket({ onProgress, signal }),
      'file' in sources.signals ? readSignals(sources.signals.file) : null,
      readFundingFiles(sources.funding),
    ]),
  );
  signal.throwIfAborted();
  throwProblems(outcomes);
  const [market, signals, funding] = outcomes;
  if (market.status !== 'fulfilled' || signals.status !== 'fulfilled' || funding.status !== 'fulfilled') {
    throw new Error('a file was not read, and nobody said why');
  }
  return { market: market.value, signals: signals.value, funding: funding.value };
}

async function readFundingFiles(
  files: readonly SymbolFile[],
): Promise<ReadonlyMap<string, readonly FundingRow[]>> {
  const outcomes = await Promise.allSettled(files.map(({ path }) => readFunding(path)));
  throwProblems(outcomes);
  return new Map(
    files.flatMap(({ symbol }, at) => {
      const outcome = outcomes[at];
      return outcome.status === 'fulfilled' ? [[symbol, outcome.value] as const] : [];
    }),
  );
}

/** The signals of built-in strategies on these markets; none where the signals come from a file. */
export function builtInSignals(
  { signals }: Pick<DeskSources, 'signals'>,
  markets: readonly Market[],
): SignalRow[] {
  return 'strategies' in signals ? strategySignals(signals.strategies, seriesBySymbol(markets)) : [];
}
