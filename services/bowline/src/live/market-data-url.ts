import { InputError } from '@bowline/contracts';

/**
 * Where the market of each exchange is told. Null: nowhere, each process reads the exchange by itself.
 *
 * @param text one address for all, `{exchange}` in it standing for the exchange's name, or `exchange=address` with commas
 *   between them
 * @throws InputError where it is neither
 */
export function marketDataUrls(text: string | null): (exchange: string) => string | null {
  if (text === null || text === '') return () => null;
  if (!text.includes('=')) {
    const checked = (exchange: string): string =>
      addressOf(text.replaceAll('{exchange}', encodeURIComponent(exchange)));
    checked('exchange');
    return checked;
  }
  const urls = new Map(
    text.split(',').map((part) => {
      const at = part.indexOf('=');
      if (at < 1) throw problem(part);
      return [part.slice(0, at).trim(), addressOf(part.slice(at + 1).trim())];
    }),
  );
  return (exchange) => urls.get(exchange) ?? null;
}

function addressOf(text: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'http:') throw problem(text);
  return text.replace(/\/$/, '');
}

function problem(text: string): InputError {
  return new InputError([
    `BOWLINE_MARKET_DATA_URL: expected http://host:port, {exchange} in it standing for the exchange, or exchange=http://host:port with commas between them, got ${JSON.stringify(text)}`,
  ]);
}
