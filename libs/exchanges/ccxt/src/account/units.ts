import {
  formatUnits,
  priceToTicks,
  wholeLots,
  type Decimal,
  type Instrument,
  type Lots,
  type Ticks,
} from '@bowline/domain';
import { PayloadError } from '../parse/fields.js';

/** Throws a PayloadError where it is no whole number of our lots. */
export function lotsOf(instrument: Instrument, quantity: Decimal): Lots {
  return (
    wholeLots(instrument, quantity) ?? offUnit(instrument, 'quantity', quantity, 'lotSize', instrument.lot)
  );
}

/** Throws a PayloadError where it is off our tick. */
export function ticksOf(instrument: Instrument, price: Decimal): Ticks {
  return priceToTicks(instrument, price) ?? offUnit(instrument, 'price', price, 'tickSize', instrument.tick);
}

function offUnit({ symbol }: Instrument, what: string, value: Decimal, unit: string, size: Decimal): never {
  const text = ({ scale, units }: Decimal): string => formatUnits(units, scale);
  throw new PayloadError(`${what} ${text(value)} of ${symbol} is no multiple of our ${unit} ${text(size)}`);
}
