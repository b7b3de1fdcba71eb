import { checked, publicRest, type Checked, type PublicRestOptions } from '@bowline/exchange-binance-common';
import type { Instrument } from '@bowline/domain';
import { exchangeInfo, isTrading, toInstrument, type SymbolInfo } from './parse/exchange-info.js';
import { BINANCE_SPOT } from './product.js';

export interface BinanceSpotInstrumentsOptions extends PublicRestOptions {
  /** Null: all that are traded at the moment, and that can be traded exactly. */
  readonly symbols: readonly string[] | null;
  /** Default `binance-spot`. */
  readonly exchange?: string;
}

/** The instruments of these symbols as the exchange has them, in the order that was asked for. Needs no key. */
export async function binanceSpotInstruments(
  options: BinanceSpotInstrumentsOptions,
): Promise<Checked<readonly Instrument[]>> {
  const { exchange = BINANCE_SPOT.name, symbols } = options;
  const rest = publicRest(BINANCE_SPOT, options);
  try {
    const info = checked(await rest.publicData('exchangeInfo', exchangeInfo), (told) => told.symbols);
    if (!info.ok) return info;
    if (symbols === null) return { ok: true, value: tradable(exchange, info.value) };
    const known = new Map(info.value.map((each) => [each.symbol, each]));
    const missing = symbols.filter((symbol) => !known.has(symbol));
    if (missing.length > 0) return { ok: false, problem: `${missing.join(', ')}: not traded there` };
    return { ok: true, value: symbols.map((symbol) => toInstrument(exchange, known.get(symbol)!)) };
  } finally {
    rest.close();
  }
}

function tradable(exchange: string, infos: readonly SymbolInfo[]): readonly Instrument[] {
  return infos.filter(isTrading).flatMap((info) => {
    try {
      return [toInstrument(exchange, info)];
    } catch (error) {
      if (error instanceof RangeError) return [];
      throw error;
    }
  });
}
