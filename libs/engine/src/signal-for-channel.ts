import { InputError } from '@bowline/contracts';
import {
  decimal,
  parseDecimal,
  quantityToLots,
  roundPriceDown,
  roundPriceUp,
  type Decimal,
  type Instrument,
  type Lots,
  type PendingSignal,
  type StrategyParams,
  type Ticks,
} from '@bowline/domain';
import type { SignalRow } from '@bowline/ports';

/** The signal in the channel's own units. Prices between two ticks go to the side that the rules name. */
export function signalForChannel(
  row: SignalRow,
  instrument: Instrument,
  orderType: StrategyParams['orderType'],
): PendingSignal {
  const long = row.signal === 1;
  const outward = long ? roundPriceUp : roundPriceDown;
  const inward = long ? roundPriceDown : roundPriceUp;
  return {
    id: String(row.row),
    strategyId: row.strategyId,
    signal: row.signal,
    time: row.time,
    // A limit rests on its passive side; a reference for slippage is only compared.
    price: priceAt(instrument, row.price, orderType === 'limit' ? inward : nearestTick),
    takeProfit: priceAt(instrument, row.takeProfit, outward),
    stopLoss: priceAt(instrument, row.stopLoss, inward),
    volatility: row.volatility ?? null,
    quantity: row.quantity === undefined ? null : lotsOf(row, instrument, row.quantity),
    expiresAt: null,
  };
}

function nearestTick(_: Instrument, price: number): Ticks {
  return Math.round(price);
}

function lotsOf(row: SignalRow, instrument: Instrument, quantity: string): Lots {
  const lots = quantityToLots(instrument, decimal(quantity));
  if (lots === null) {
    throw new InputError([
      `signal in row ${row.row}: quantity ${quantity} is too large for lotSize ${instrument.lotSize}`,
    ]);
  }
  return lots;
}

function priceAt(
  instrument: Instrument,
  text: string | undefined,
  round: (instrument: Instrument, price: number) => Ticks,
): Ticks | null {
  if (text === undefined) return null;
  const price = parseDecimal(text);
  if (price === null) return null;
  const exact = inTicks(price, instrument.tick);
  return Math.max(1, round(instrument, exact));
}

/** A price in ticks, exact where it is a whole number of them. */
function inTicks(price: Decimal, tick: Decimal): number {
  const common = Math.max(price.scale, tick.scale);
  const dividend = price.units * 10n ** BigInt(common - price.scale);
  const divisor = tick.units * 10n ** BigInt(common - tick.scale);
  return dividend % divisor === 0n ? Number(dividend / divisor) : Number(dividend) / Number(divisor);
}
