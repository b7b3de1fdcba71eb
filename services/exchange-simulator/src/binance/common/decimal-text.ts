import {
  averagePriceText,
  CASH_SCALE,
  formatUnits,
  type Cash,
  type Instrument,
  type Lots,
  type TickLots,
  type Ticks,
} from '@bowline/domain';

/** Cash has at least so many decimals in texts. */
const CASH_DECIMALS = 8;

/** `45000.10` at a tick of 0.01; zero where there is no price. */
export function priceText({ tick }: Instrument, price: Ticks | null): string {
  return padded(formatUnits(BigInt(price ?? 0) * tick.units, tick.scale), tick.scale);
}

/** `0.020` at a lot of 0.001. */
export function quantityText({ lot }: Instrument, quantity: Lots): string {
  return padded(formatUnits(BigInt(quantity) * lot.units, lot.scale), lot.scale);
}

/** Exact, with at least eight decimals. */
export function cashText(amount: Cash): string {
  return padded(formatUnits(amount, CASH_SCALE), CASH_DECIMALS);
}

/** Value over quantity, with at least the decimals of a price; zero over nothing. */
export function averageText(instrument: Instrument, value: TickLots, quantity: Lots): string {
  return padded(averagePriceText(instrument, value, quantity) ?? '0', instrument.tick.scale);
}

function padded(text: string, decimals: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return decimals === 0 && fraction === '' ? whole : `${whole}.${fraction.padEnd(decimals, '0')}`;
}
