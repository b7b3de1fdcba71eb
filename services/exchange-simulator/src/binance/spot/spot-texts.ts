import type { Instrument, Lots, Ticks } from '@bowline/domain';
import { priceText, quantityText } from '../common/decimal-text.js';

/** Prices and quantities of spot have eight decimals, whatever the tick. */
const DECIMALS = 8;

/** `45000.10000000`; zero where there is no price. */
export function spotPrice(instrument: Instrument, price: Ticks | null): string {
  return withDecimals(priceText(instrument, price));
}

/** `0.00200000` */
export function spotQty(instrument: Instrument, quantity: Lots): string {
  return withDecimals(quantityText(instrument, quantity));
}

export function withDecimals(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(DECIMALS, '0')}`;
}
