import { formatUnits, type Decimal, type Instrument, type Ticks } from '@bowline/domain';
import type { BookLevel } from '@bowline/exchange-simulator';
import type { Kline } from '../../public-market/klines.js';
import { cashText, priceText, quantityText } from '../common/decimal-text.js';

export type LevelText = readonly [price: string, quantity: string];

export function levelText(instrument: Instrument, [price, quantity]: BookLevel): LevelText {
  return [priceText(instrument, price), quantityText(instrument, quantity)];
}

/** Price x quantity in the quote currency. */
export function valueText(instrument: Instrument, value: bigint): string {
  return cashText(value * instrument.tickLotCash);
}

/** `0.00010000`: rates have eight decimals. */
export function rateText({ scale, units }: Decimal): string {
  const [whole = '0', fraction = ''] = formatUnits(units, scale).split('.');
  return `${whole}.${fraction.padEnd(8, '0')}`;
}

/** With eight decimals, as mark prices have them. */
export function markText(instrument: Instrument, price: Ticks): string {
  const [whole = '0', fraction = ''] = priceText(instrument, price).split('.');
  return `${whole}.${fraction.padEnd(8, '0')}`;
}

/** What a day has changed: the difference, and in percent of where it began. */
export function changeTexts(
  instrument: Instrument,
  { close, open }: Kline,
): { change: string; percent: string } {
  const percent = open === 0 ? 0 : ((close - open) / open) * 100;
  return { change: priceText(instrument, close - open), percent: percent.toFixed(3) };
}
