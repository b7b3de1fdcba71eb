import { InputError, type DeskConfig } from '@bowline/contracts';
import type { Instrument } from '@bowline/domain';
import type { Market } from '@bowline/engine';
import { roundToTickBars, toTickBars } from '@bowline/marketdata';
import type { TickBars } from '@bowline/ports';
import { instrumentOf } from './instruments.js';
import type { SymbolBars } from './read-bars-files.js';

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
    const problems: string[] = [];
    const markets: Market[] = [];
    const wanted = this.wanted(config);
    for (const { exchange, file } of wanted) {
      const shared = wanted.filter((other) => other.file.path === file.path).length > 1;
      try {
        const { read, symbol } = file;
        const price = read.columns.close[0]!;
        const instrument = instrumentOf(config.instruments, exchange, symbol, read.priceScale, price);
        markets.push({
          exchange,
          symbol,
          instrument,
          bars: this.bars(file, instrument, !shared && !this.again),
        });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        problems.push(...error.problems);
      }
    }
    if (problems.length > 0) throw new InputError([...new Set(problems)]);
    if (markets.length === 0) throw new InputError([nothingToTrade(config, this.files)]);
    return markets;
  }

  /** The bars of a symbol at an exchange: its own, else those that serve all exchanges. */
  private wanted(config: DeskConfig): { exchange: string; file: SymbolBars }[] {
    const exchanges = new Map<string, Set<string> | null>();
    for (const { exchange, symbols } of config.clients.flatMap(({ accounts }) => accounts)) {
      const known = exchanges.get(exchange);
      // One account that trades everything is enough.
      if (known === null) continue;
      exchanges.set(exchange, symbols === null ? null : new Set([...(known ?? []), ...symbols]));
    }
    const symbols = [...new Set(this.files.map(({ symbol }) => symbol))];
    return [...exchanges].flatMap(([exchange, listed]) =>
      symbols.flatMap((symbol) => {
        const file = this.fileOf(exchange, symbol);
        return file && (listed === null || listed.has(symbol)) ? [{ exchange, file }] : [];
      }),
    );
  }

  private fileOf(exchange: string, symbol: string): SymbolBars | undefined {
    const own = this.files.find((file) => file.symbol === symbol && file.exchange === exchange);
    return own ?? this.files.find((file) => file.symbol === symbol && file.exchange === null);
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

function nothingToTrade(config: DeskConfig, files: readonly SymbolBars[]): string {
  const bars = files.map(({ exchange, symbol }) => (exchange === null ? symbol : `${exchange}:${symbol}`));
  const accounts = config.clients.flatMap((client) =>
    client.accounts.map(({ exchange, symbols }) => {
      const traded = symbols === null ? 'every symbol' : symbols.join(', ');
      return `${client.clientId} at ${exchange} trades ${traded}`;
    }),
  );
  return `no account trades what there are bars of (${bars.join(', ')}): ${accounts.join('; ')}`;
}
