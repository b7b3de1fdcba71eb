import type { Market } from '@bowline/engine';

/**
 * The bars that built-in strategies look at. A signal is for every exchange, so that where several exchanges have
 * bars of their own the first by name speaks for all.
 */
export function seriesBySymbol(markets: readonly Market[]): Map<string, Market['bars']> {
  const bySymbol = new Map<string, Market>();
  for (const market of markets) {
    const known = bySymbol.get(market.symbol);
    if (!known || market.exchange < known.exchange) bySymbol.set(market.symbol, market);
  }
  return new Map([...bySymbol].map(([symbol, { bars }]) => [symbol, bars]));
}
