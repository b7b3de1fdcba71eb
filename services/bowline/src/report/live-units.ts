import { InputError } from '@bowline/contracts';
import {
  cash,
  decimal,
  priceToTicks,
  quantityToLots,
  type Instrument,
  type Lots,
  type TickLots,
  type Ticks,
} from '@bowline/domain';

/** Amounts of a store in the units of their instrument. They were made of them; another instrument since is an error. */
export function ticksOf(instrument: Instrument, price: string): Ticks {
  return priceToTicks(instrument, decimal(price)) ?? refuse(instrument, `price ${price}`);
}

export function ticksOrNull(instrument: Instrument, price: string | null): Ticks | null {
  return price === null ? null : ticksOf(instrument, price);
}

export function lotsOf(instrument: Instrument, quantity: string): Lots {
  return quantityToLots(instrument, decimal(quantity)) ?? refuse(instrument, `quantity ${quantity}`);
}

export function tickLotsOf(instrument: Instrument, value: string): TickLots {
  const amount = cash(value);
  return amount % instrument.tickLotCash === 0n
    ? amount / instrument.tickLotCash
    : refuse(instrument, `value ${value}`);
}

function refuse({ exchange, lotSize, symbol, tickSize }: Instrument, what: string): never {
  throw new InputError([
    `${exchange}:${symbol}: ${what} does not fit tickSize ${tickSize} and lotSize ${lotSize}: the instrument was changed while the desk had a history in it; give the desk a new store`,
  ]);
}
