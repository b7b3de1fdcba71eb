import type { Instrument } from '@bowline/domain';
import type { Clock, Logger } from '@bowline/ports';
import { checked, publicRest, type Checked } from '@bowline/exchange-binance-common';
import { exchangeInfo, toInstrument, type SymbolInfo } from './parse/exchange-info.js';
import { BINANCE_USDM } from './product.js';

export interface BinanceUsdmInstrumentsOptions {
  /** Null: all that are traded at the moment, and that can be traded exactly. */
  readonly symbols: readonly string[] | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default `binance-usdm`. */
  readonly exchange?: string;
  /** Default `https://fapi.binance.com`. */
  readonly restUrl?: string;
  readonly timeoutMs?: number;
}

/** The instruments of these symbols as the exchange has them, in the order that was asked for. Needs no key. */
export async function binanceUsdmInstruments(
  options: BinanceUsdmInstrumentsOptions,
): Promise<Checked<readonly Instrument[]>> {
  const { exchange = BINANCE_USDM.name, symbols } = options;
  const rest = publicRest(BINANCE_USDM, options);
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
  return infos.flatMap((info) => {
    if (info.status !== 'TRADING') return [];
    try {
      return [toInstrument(exchange, info)];
    } catch (error) {
      if (error instanceof RangeError) return [];
      throw error;
    }
  });
}
