import { InputError, type DeskConfig } from '@bowline/contracts';
import type { Instrument } from '@bowline/domain';
import type { Market } from '@bowline/engine';
import { roundToTickBars, toTickBars } from '@bowline/marketdata';
import type { TickBars } from '@bowline/ports';
import { instrumentOf } from './instruments.js';
import type { SymbolFile } from '../cli/values.js';
import type { SymbolBars } from './read-symbol-files.js';

/** Makes bars in ticks of files, once for each file and tick however many exchanges share them. */
export class MarketMaker {
  private readonly made = new Map<string, TickBars>();
  /** What rounding to the tick did, one sentence a file and tick. */
  readonly notes: string[] = [];

  /** @param again whether markets are going to be made for other configurations as well */
  constructor(
    private readonly files: readonly SymbolBars[],
    private readonly repair: boolean,
    private readonly again: boolean,
  ) {}

  /**
   * One market for each exchange and symbol that some account trades and that has bars.
   *
   * @throws InputError with everything that keeps any of them from being made, or where there is none
   */
  marketsOf(config: DeskConfig): Market[] {
    return marketsOf(config, this.files, 'bars', ({ exchange, file, shared }) => {
      const { read, symbol } = file;
      const price = read.columns.close[0]!;
      const instrument = instrumentOf(config.instruments, exchange, symbol, read.priceScale, price);
      return { exchange, symbol, instrument, bars: this.bars(file, instrument, !shared && !this.again) };
    });
  }

  private bars(file: SymbolBars, instrument: Instrument, consume: boolean): TickBars {
    const key = JSON.stringify([file.path, instrument.tickSize]);
    const known = this.made.get(key);
    if (known) return known;
    const bars = this.toTicks(file, instrument, consume);
    this.made.set(key, bars);
    return bars;
  }

  private toTicks({ read }: SymbolBars, instrument: Instrument, consume: boolean): TickBars {
    if (!this.repair) return toTickBars(read.columns, instrument, { consume });
    const { bars, notes } = roundToTickBars(read.columns, instrument);
    this.notes.push(...notes);
    return bars;
  }
}

/** A file of a symbol, at an exchange that it serves. */
export interface WantedMarket<File> {
  readonly exchange: string;
  readonly file: File;
  /** Whether it serves another exchange as well. */
  readonly shared: boolean;
}

/**
 * Makes one market for each exchange and symbol that some account trades and that has data.
 *
 * @param data what the files hold: bars, or trades
 * @throws InputError with everything that keeps any of them from being made, or where there is none
 */
export function marketsOf<File extends SymbolFile, M>(
  config: DeskConfig,
  files: readonly File[],
  data: string,
  make: (wanted: WantedMarket<File>) => M,
): M[] {
  const problems: string[] = [];
  const markets: M[] = [];
  const wanted = wantedMarkets(config, files);
  for (const { exchange, file } of wanted) {
    const shared = wanted.filter((other) => other.file.path === file.path).length > 1;
    try {
      markets.push(make({ exchange, file, shared }));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new InputError([...new Set(problems)]);
  if (markets.length === 0) throw new InputError([nothingToTrade(config, files, data)]);
  return markets;
}

/** The file of a symbol at an exchange: its own, else the one that serves all exchanges. */
function wantedMarkets<File extends SymbolFile>(
  config: DeskConfig,
  files: readonly File[],
): { exchange: string; file: File }[] {
  const exchanges = new Map<string, Set<string> | null>();
  for (const { exchange, symbols } of config.clients.flatMap(({ accounts }) => accounts)) {
    const known = exchanges.get(exchange);
    // One account that trades everything is enough.
    if (known === null) continue;
    exchanges.set(exchange, symbols === null ? null : new Set([...(known ?? []), ...symbols]));
  }
  const symbols = [...new Set(files.map(({ symbol }) => symbol))];
  const fileOf = (exchange: string, symbol: string): File | undefined => {
    const own = files.find((file) => file.symbol === symbol && file.exchange === exchange);
    return own ?? files.find((file) => file.symbol === symbol && file.exchange === null);
  };
  return [...exchanges].flatMap(([exchange, listed]) =>
    symbols.flatMap((symbol) => {
      const file = fileOf(exchange, symbol);
      return file && (listed === null || listed.has(symbol)) ? [{ exchange, file }] : [];
    }),
  );
}

function nothingToTrade(config: DeskConfig, files: readonly SymbolFile[], data: string): string {
  const names = files.map(({ exchange, symbol }) => (exchange === null ? symbol : `${exchange}:${symbol}`));
  const accounts = config.clients.flatMap((client) =>
    client.accounts.map(({ exchange, symbols }) => {
      const traded = symbols === null ? 'every symbol' : symbols.join(', ');
      return `${client.clientId} at ${exchange} trades ${traded}`;
    }),
  );
  return `no account trades what there are ${data} of (${names.join(', ')}): ${accounts.join('; ')}`;
}
