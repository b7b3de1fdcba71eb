/** Currencies that prices are quoted in, longer ones before those that they end in. */
const QUOTES = [
  'FDUSD',
  'BUSD',
  'TUSD',
  'USDT',
  'USDC',
  'USDE',
  'DAI',
  'USD',
  'EUR',
  'GBP',
  'JPY',
  'TRY',
  'BRL',
  'BTC',
  'ETH',
  'BNB',
] as const;

/** What some exchanges write behind the two currencies. */
const CONTRACT_SUFFIX = /[-_.](?:SWAP|PERP|PERPETUAL)$/i;

/**
 * The currencies of a symbol by its spelling: `BTCUSDT`, `BTC-USDT-SWAP`, `eth_btc`. Null where it does not end in a
 * currency that is known to be quoted in.
 */
export function splitSymbol(symbol: string): { readonly base: string; readonly quote: string } | null {
  const plain = symbol.replace(CONTRACT_SUFFIX, '').toUpperCase();
  const quote = QUOTES.find((candidate) => plain.endsWith(candidate) && plain.length > candidate.length);
  if (quote === undefined) return null;
  const base = plain.slice(0, -quote.length).replace(/[-_.]+$/, '');
  return base === '' ? null : { base, quote };
}
