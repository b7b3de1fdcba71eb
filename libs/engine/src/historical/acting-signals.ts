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
import { InputError } from '@bowline/contracts';
import type { SignalRow, TickBars } from '@bowline/ports';
import { firstAtOrAfter, lastAtOrBefore } from './bar-index.js';

/** A signal with the bar on which it acts. */
export interface ActingSignal {
  readonly row: number;
  readonly signal: PendingSignal;
}

export type DropReason = 'OUTSIDE_DATA' | 'NO_BAR';

/**
 * Where a signal acts: at the open of the first bar from its time on, or at the close of the last bar that had
 * closed by then. Its time is shifted by the latency first.
 */
export function actingRow(
  bars: TickBars,
  time: number,
  latencyMs: number,
  entryPoint: StrategyParams['entryPoint'],
): number | DropReason {
  const { length, openTime, intervalMs } = bars;
  if (time < openTime[0]! || time > openTime[length - 1]! + intervalMs) return 'OUTSIDE_DATA';
  const acts = time + latencyMs;
  if (entryPoint === 'open') {
    const row = firstAtOrAfter(openTime, length, acts);
    return row < length ? row : 'NO_BAR';
  }
  const row = lastAtOrBefore(openTime, length, acts - intervalMs);
  return row >= 0 ? row : 'NO_BAR';
}

/** The signal in the channel's own units. Prices between two ticks go to the side that the rules name. */
export function signalForChannel(row: SignalRow, instrument: Instrument, orderType: StrategyParams['orderType']): PendingSignal {
  const long = row.signal === 1;
  const up = (text: string | undefined) => priceAt(instrument, text, roundPriceUp);
  const down = (text: string | undefined) => priceAt(instrument, text, roundPriceDown);
  const passive = long ? down : up;
  const nearest = (text: string | undefined) => priceAt(instrument, text, (_, price) => Math.round(price));
  return {
    id: String(row.row),
    strategyId: row.strategyId,
    signal: row.signal,
    time: row.time,
    price: orderType === 'limit' ? passive(row.price) : nearest(row.price),
    takeProfit: long ? up(row.takeProfit) : down(row.takeProfit),
    stopLoss: long ? down(row.stopLoss) : up(row.stopLoss),
    volatility: row.volatility ?? null,
    quantity: row.quantity === undefined ? null : lotsOf(row, instrument, row.quantity),
    expiresAt: null,
  };
}

function lotsOf(row: SignalRow, instrument: Instrument, quantity: string): Lots {
  const lots = quantityToLots(instrument, decimal(quantity));
  if (lots === null) {
    throw new InputError([`signal in row ${row.row}: quantity ${quantity} is too large for lotSize ${instrument.lotSize}`]);
  }
  return lots;
}

function priceAt(
  instrument: Instrument,
  text: string | undefined,
  round: (instrument: Instrument, price: number) => Ticks,
): Ticks | null {
  const price = text === undefined ? null : parseDecimal(text);
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
