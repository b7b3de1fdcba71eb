import { cashValue, type Instrument } from '../instrument/index.js';
import { CASH_SCALE, tickLots, type Decimal, type Lots, type Side, type Ticks } from '../primitives/index.js';
import { accountBalance, clientExposure, type ClientState, type Target } from './client-state.js';

/** An exchange that could take a part of a signal. */
export interface RoutePlace {
  readonly instrument: Instrument;
  /** The whole signal, if all of it went there: lots above 0. */
  readonly whole: Lots;
  /** What an entry would take there, best first. */
  readonly levels: readonly (readonly [price: Ticks, quantity: Lots])[];
  readonly feeTakerBps: Decimal;
  /** At most so many lots go there; null: any number. */
  readonly room: Lots | null;
}

/**
 * Splits one signal over exchanges: lots for each place, in their order. The cheapest level of all books goes first, its
 * price taken with the taker's fee; what no book shows goes on in the order of the best levels. What finds no room
 * anywhere goes nowhere. Exact: a lot is a part of 1 / whole of the signal, and the parts never add up to more than 1.
 */
export function bestRoute(side: Side, places: readonly RoutePlace[]): Lots[] {
  const lots = places.map(() => 0);
  // One signal, in units of which a lot of every place is a whole number.
  const signal = places.reduce((product, { whole }) => product * BigInt(whole), 1n);
  let left = signal;
  const take = (place: number, quantity: Lots): void => {
    const { room, whole } = places[place]!;
    const lot = signal / BigInt(whole);
    const wanted = Math.min(quantity, room === null ? quantity : room - lots[place]!);
    const affordable = left / lot;
    const taken = affordable < BigInt(wanted) ? Number(affordable) : wanted;
    if (taken <= 0) return;
    lots[place] = lots[place]! + taken;
    left -= BigInt(taken) * lot;
  };
  const levels = places.flatMap(({ feeTakerBps, instrument, levels: own }, place) =>
    own.map(([price, quantity]) => ({ place, quantity, cost: costOf(side, instrument, price, feeTakerBps) })),
  );
  const cheapestFirst = levels.sort((a, b) =>
    a.cost === b.cost ? a.place - b.place : a.cost < b.cost ? -1 : 1,
  );
  for (const { place, quantity } of cheapestFirst) take(place, quantity);
  for (const { place } of cheapestFirst) take(place, places[place]!.whole);
  return lots;
}

/**
 * How many more lots the limits of the strategy and of the account let in at this price; null: any number. What only the
 * client as a whole is bound by is not counted: it is checked when the entry is.
 */
export function entryRoom(state: ClientState, channel: number, target: Target, price: Ticks): Lots | null {
  const { account, instrument } = state.channels[channel]!;
  const { maxOrderLots, maxOrderValue, maxPositionLots, maxPositionNotional } = target.limits;
  const held = target.openQty + target.workingQty;
  const value = cashValue(instrument, tickLots(price, 1));
  const worth = (amount: bigint): Lots => (amount <= 0n ? 0 : Number(amount / (value > 0n ? value : 1n)));
  const rooms: Lots[] = [];
  if (maxOrderLots !== null) rooms.push(maxOrderLots);
  if (maxOrderValue !== null) rooms.push(worth(maxOrderValue));
  if (maxPositionLots !== null) rooms.push(Math.max(0, maxPositionLots - held));
  if (maxPositionNotional !== null) rooms.push(Math.max(0, worth(maxPositionNotional) - held));
  const { maxLeverage } = state.limits;
  const balance = accountBalance(account);
  if (maxLeverage !== null && balance !== null) {
    const allowed = (balance * maxLeverage.units) / 10n ** BigInt(maxLeverage.scale);
    rooms.push(worth(allowed - clientExposure(state, account, 0).accountGross()));
  }
  return rooms.length === 0 ? null : Math.min(...rooms);
}

/** What a base unit costs with its fee, as something to compare by: less is better for the side. */
function costOf(side: Side, { tick }: Instrument, price: Ticks, fee: Decimal): bigint {
  const inCash = BigInt(price) * tick.units * 10n ** BigInt(CASH_SCALE - tick.scale);
  const bps = fee.units * 10n ** BigInt(CASH_SCALE - fee.scale);
  const whole = 10_000n * 10n ** BigInt(CASH_SCALE);
  return side === 'BUY' ? inCash * (whole + bps) : -inCash * (whole - bps);
}
