import { InputError, type ConfiguredInstrument } from '@bowline/contracts';
import { createInstrument, decimal, type Instrument, type InstrumentSpec } from '@bowline/domain';
import { inferredTickSize } from '@bowline/marketdata';
import { splitSymbol } from './split-symbol.js';

/** Decimals of a lot where nothing is configured: as fine as any exchange's at most. */
const FINEST_LOT_SCALE = 8;
/** Such a lot is worth about 10^-4 of the quote currency: fine enough to size by, and countable for cheap coins. */
const LOT_WORTH_SCALE = 4;
/** A tick times a lot has at most this many decimals. */
const CASH_SCALE = 18;

/**
 * The instrument of a symbol at an exchange: what is configured for it there, else for the symbol everywhere, else
 * what its name and its data say.
 *
 * @param priceScale decimals of the finest price in the data
 * @param price what the symbol is worth in the data
 * @param quantityScale decimals of the finest quantity in the data; null: there is none in it
 * @throws InputError where the configured units cannot be traded exactly
 */
export function instrumentOf(
  configured: readonly ConfiguredInstrument[],
  exchange: string,
  symbol: string,
  priceScale: number,
  price: number,
  quantityScale: number | null = null,
): Instrument {
  const said = { ...specFor(configured, null, symbol), ...specFor(configured, exchange, symbol) };
  const { base, quote } = splitSymbol(symbol) ?? { base: symbol, quote: 'USD' };
  const tickSize = said.tickSize ?? inferredTickSize(priceScale);
  const spec: InstrumentSpec = {
    kind: exchange.endsWith('-spot') ? 'spot' : 'perpetual',
    base,
    quote,
    settle: said.quote ?? quote,
    multiplier: '1',
    inverse: false,
    lotSize:
      quantityScale === null
        ? fittingLot(tickSize, said.multiplier ?? '1', price)
        : inferredTickSize(quantityScale),
    minNotional: '0',
    ...said,
    tickSize,
    exchange,
    symbol,
  };
  try {
    return createInstrument(spec);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError([`instruments.${symbol}: ${error.message}`]);
  }
}

function specFor(
  configured: readonly ConfiguredInstrument[],
  exchange: string | null,
  symbol: string,
): ConfiguredInstrument['spec'] {
  return configured.find((each) => each.exchange === exchange && each.symbol === symbol)?.spec ?? {};
}

function fittingLot(tickSize: string, multiplier: string, price: number): string {
  const taken = decimal(tickSize).scale + decimal(multiplier).scale;
  const fitting = Math.ceil(LOT_WORTH_SCALE + Math.log10(price * Number(multiplier)));
  const scale = Math.max(0, Math.min(fitting, FINEST_LOT_SCALE, CASH_SCALE - taken));
  return inferredTickSize(scale);
}
