import type { DeskConfig } from '@bowline/contracts';
import { compareCodePoints, decimal, priceToTicks, roundPriceDown, type Ticks } from '@bowline/domain';
import type { ListedInstrument } from '@bowline/engine';
import { instrumentOf } from '../desk/instruments.js';
import { SAMPLE_SYMBOLS } from '../sample/sample-desk.js';

/** A market that a mock exchange makes up. */
export interface MockMarket extends ListedInstrument {
  readonly startPrice: Ticks;
}

/** What a symbol costs of which nothing is known, and the decimals of its price. */
const UNKNOWN_PRICE = 100;
const UNKNOWN_SCALE = 2;

/**
 * The markets of a desk whose exchanges are made up: what its accounts list; else every symbol that the configuration
 * speaks of; else those of the sample.
 *
 * @throws InputError where the configured units of one cannot be traded exactly
 */
export function mockMarkets(config: DeskConfig): MockMarket[] {
  const all = knownSymbols(config);
  const listed = new Map<string, Set<string>>();
  for (const { exchange, symbols } of config.clients.flatMap(({ accounts }) => accounts)) {
    const known = listed.get(exchange) ?? new Set<string>();
    for (const symbol of symbols ?? all) known.add(symbol);
    listed.set(exchange, known);
  }
  return [...listed]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .flatMap(([exchange, symbols]) =>
      [...symbols].sort(compareCodePoints).map((symbol) => mockMarket(config, exchange, symbol)),
    );
}

function mockMarket(config: DeskConfig, exchange: string, symbol: string): MockMarket {
  const sample = SAMPLE_SYMBOLS.find((each) => each.symbol === symbol);
  const price = sample?.startPrice ?? UNKNOWN_PRICE;
  const scale = sample === undefined ? UNKNOWN_SCALE : decimal(sample.tickSize).scale;
  const instrument = instrumentOf(config.instruments, exchange, symbol, scale, price);
  const exact = priceToTicks(instrument, decimal(price)) ?? Math.round(price / Number(instrument.tickSize));
  return { exchange, symbol, instrument, startPrice: Math.max(10, roundPriceDown(instrument, exact)) };
}

function knownSymbols({ clients, instruments }: DeskConfig): readonly string[] {
  const named = [
    ...clients.flatMap(({ accounts }) => accounts.flatMap(({ symbols }) => symbols ?? [])),
    ...instruments.map(({ symbol }) => symbol),
  ];
  return named.length > 0 ? [...new Set(named)] : SAMPLE_SYMBOLS.map(({ symbol }) => symbol);
}
