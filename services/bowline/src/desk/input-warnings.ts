import { didYouMean, type DeskConfig } from '@bowline/contracts';
import type { ListedInstrument } from '@bowline/engine';
import type { SignalRow } from '@bowline/ports';
import type { SymbolFile } from '../cli/values.js';

/**
 * What in configuration, market data and signals does not meet: legal, and most often a slip. One sentence each.
 *
 * @param data what the files hold, and what their option is called
 */
export function inputWarnings(
  config: DeskConfig,
  files: readonly SymbolFile[],
  funding: readonly SymbolFile[],
  markets: readonly ListedInstrument[],
  signals: readonly SignalRow[],
  data: 'bars' | 'ticks' = 'bars',
): string[] {
  return [
    ...symbolsWithoutData(config, markets, data),
    ...filesWithoutUsers(config, files, markets, data),
    ...fundingWithoutData(funding, markets, data),
    ...mixedCurrencies(config, markets),
    ...signalWarnings(config, markets, signals, data),
  ];
}

function symbolsWithoutData(
  config: DeskConfig,
  markets: readonly ListedInstrument[],
  data: string,
): string[] {
  return config.clients.flatMap(({ accounts, clientId }) =>
    accounts.flatMap(({ exchange, symbols }) => {
      const there = markets.filter((market) => market.exchange === exchange).map(({ symbol }) => symbol);
      return (symbols ?? [])
        .filter((symbol) => !there.includes(symbol))
        .map(
          (symbol) =>
            `clients.${clientId}.exchanges.${exchange}.symbols: there are no ${data} of ${symbol}${guess(symbol, there)}`,
        );
    }),
  );
}

function filesWithoutUsers(
  config: DeskConfig,
  files: readonly SymbolFile[],
  markets: readonly ListedInstrument[],
  data: string,
): string[] {
  const exchanges = [
    ...new Set(config.clients.flatMap(({ accounts }) => accounts.map((account) => account.exchange))),
  ];
  return files.flatMap(({ exchange, symbol }) => {
    const name = exchange === null ? symbol : `${exchange}:${symbol}`;
    if (exchange !== null && !exchanges.includes(exchange)) {
      return [`--${data} ${name}: no client has an account at ${exchange}${guess(exchange, exchanges)}`];
    }
    const served = markets.some((market) => market.symbol === symbol && servedBy(files, market) === exchange);
    return served ? [] : [`--${data} ${name}: nobody trades on these ${data}`];
  });
}

/** Which of the files of a symbol a market is made of: its exchange's own, or the one for all. */
function servedBy(files: readonly SymbolFile[], { exchange, symbol }: ListedInstrument): string | null {
  return files.some((file) => file.symbol === symbol && file.exchange === exchange) ? exchange : null;
}

function fundingWithoutData(
  funding: readonly SymbolFile[],
  markets: readonly ListedInstrument[],
  data: string,
): string[] {
  const symbols = [...new Set(markets.map(({ symbol }) => symbol))];
  return funding
    .filter(({ symbol }) => !symbols.includes(symbol))
    .map(({ symbol }) => `--funding ${symbol}: there are no ${data} of it${guess(symbol, symbols)}`);
}

/** An account's balance is one number; amounts of several currencies would be added up in it. */
function mixedCurrencies(config: DeskConfig, markets: readonly ListedInstrument[]): string[] {
  return config.clients.flatMap(({ accounts, clientId }) => {
    const quotes = markets
      .filter((market) =>
        accounts.some(
          ({ exchange, symbols }) =>
            exchange === market.exchange && (symbols === null || symbols.includes(market.symbol)),
        ),
      )
      .map(({ instrument }) => instrument.quote);
    const distinct = [...new Set(quotes)].sort();
    if (distinct.length < 2) return [];
    return [
      `clients.${clientId}: its symbols are quoted in ${distinct.join(', ')}, and amounts are added up as if that were one currency`,
    ];
  });
}

function signalWarnings(
  config: DeskConfig,
  markets: readonly ListedInstrument[],
  signals: readonly SignalRow[],
  data: string,
): string[] {
  if (signals.length === 0) return ['there are no signals, so nothing is traded'];
  const symbols = [...new Set(markets.map(({ symbol }) => symbol))];
  const sent = countBy(signals, ({ strategyId }) => strategyId);
  const senders = [...sent.keys()];
  const followsAll = config.clients.some(({ strategies }) => strategies === null);
  const followed = new Set(
    config.clients.flatMap(({ strategies }) => [...(strategies ?? new Map()).keys()] as string[]),
  );
  const unknown = [...countBy(signals, ({ symbol }) => symbol)].filter(
    ([symbol]) => !symbols.includes(symbol),
  );
  const unfollowed = followsAll ? [] : [...sent].filter(([strategyId]) => !followed.has(strategyId));
  return [
    ...unknown.map(
      ([symbol, count]) =>
        `${signalsText(count)} for ${symbol}, which nobody trades on ${data}${guess(symbol, symbols)}`,
    ),
    ...unfollowed.map(
      ([strategyId, count]) =>
        `${signalsText(count)} of ${strategyId}, which no client follows${guess(strategyId, [...followed])}`,
    ),
    ...[...followed]
      .filter((strategyId) => !sent.has(strategyId))
      .map(
        (strategyId) =>
          `strategy ${strategyId} is followed, and sends no signal${guess(strategyId, senders)}`,
      ),
  ];
}

function signalsText(count: number): string {
  return count === 1 ? '1 signal' : `${count} signals`;
}

function countBy(signals: readonly SignalRow[], key: (signal: SignalRow) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const signal of signals) counts.set(key(signal), (counts.get(key(signal)) ?? 0) + 1);
  return counts;
}

function guess(text: string, candidates: readonly string[]): string {
  const near = didYouMean(text, candidates);
  return near === null ? '' : `; did you mean ${near}?`;
}
