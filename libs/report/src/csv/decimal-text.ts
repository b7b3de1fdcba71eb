import {
  averagePriceText,
  priceText,
  quantityText,
  type Decimal,
  type Instrument,
  type Lots,
  type TickLots,
  type Ticks,
} from '@bowline/domain';

const ZERO = 48;

/** As {@link priceText}, without bigints where the number is exact: a report writes hundreds of thousands of prices. */
export function fastPriceText(instrument: Instrument, price: Ticks): string {
  return safeText(price, instrument.tick) ?? priceText(instrument, price);
}

/** As {@link quantityText}, in the same way. */
export function fastQuantityText(instrument: Instrument, quantity: Lots): string {
  return safeText(quantity, instrument.lot) ?? quantityText(instrument, quantity);
}

/** Decimals that an average is written with. */
const AVERAGE_DECIMALS = 8;

/** As {@link averagePriceText}, in the same way where all was filled at one price. */
export function fastAveragePriceText(instrument: Instrument, value: TickLots, quantity: Lots): string | null {
  const price = Math.round(Number(value) / quantity);
  const atOnePrice = Number.isSafeInteger(price * quantity) && BigInt(price * quantity) === value;
  return atOnePrice && instrument.tick.scale <= AVERAGE_DECIMALS
    ? fastPriceText(instrument, price)
    : averagePriceText(instrument, value, quantity);
}

/** `count` x `unit` as the shortest text; null where the digits are no safe integer. */
function safeText(count: number, { units, scale }: Decimal): string | null {
  const value = count * Number(units);
  if (!Number.isSafeInteger(value)) return null;
  if (scale === 0) return String(value);
  const digits = String(Math.abs(value)).padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  const sign = value < 0 ? '-' : '';
  return end === point
    ? sign + digits.slice(0, point)
    : `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`;
}
