import type { CloseReason, TimeMs } from '@bowline/domain';
import { feeOf, fundingOf, legsOf, tighter } from './rules.js';
import {
  floorTo,
  greatest,
  halfUpTo,
  isEqual,
  least,
  minus,
  over,
  plus,
  ratio,
  times,
  ZERO,
  type Ratio,
} from './ratio.js';
import type { Client, Direction, Plan, Position, Slot } from './state.js';
import { textOf } from './text.js';

/** Books an entry fill: begins the position, or adds to it. The legs go to where the new average puts them. */
export function enter(
  slot: Slot,
  {
    direction,
    plan,
    position: id,
  }: { readonly direction: Direction; readonly plan: Plan; readonly position: string },
  quantity: Ratio,
  price: Ratio,
  liquidity: 'maker' | 'taker',
  time: TimeMs,
  legsFrom: number,
): void {
  const { channel } = slot;
  slot.position ??= begin(id, direction, plan, time, legsFrom);
  const { position } = slot;
  const fee = feeOf(channel, price, quantity, liquidity);
  position.quantity = plus(position.quantity, quantity);
  position.entered = plus(position.entered, quantity);
  position.cost = plus(position.cost, times(price, quantity));
  position.entryValue = plus(position.entryValue, times(price, quantity));
  position.fees = plus(position.fees, fee);
  trade(slot, times(ratio(direction), quantity), price, fee);
  const { stop, takeProfit } = legsOf(channel, direction, plan, over(position.cost, position.quantity));
  const moves = plan.trailingStop !== null || plan.breakEven !== null;
  position.takeProfit = takeProfit;
  position.stop = moves ? tighter(direction, position.stop, stop) : stop;
}

/** Books an exit fill; the last one ends the position, and with it a resting entry that would add to it. */
export function exit(
  client: Client,
  slot: Slot,
  quantity: Ratio,
  price: Ratio,
  liquidity: 'maker' | 'taker',
  reason: CloseReason,
  time: TimeMs,
): void {
  const { channel } = slot;
  const position = slot.position!;
  const fee = feeOf(channel, price, quantity, liquidity);
  const closes = isEqual(quantity, position.quantity);
  // What is left of the cost is rounded to a tick x lot; the last exit takes the rest.
  const unit = times(channel.tick, channel.lot);
  const share = closes
    ? position.cost
    : floorTo(over(times(position.cost, quantity), position.quantity), unit);
  position.cost = minus(position.cost, share);
  position.quantity = minus(position.quantity, quantity);
  position.exitValue = plus(position.exitValue, times(price, quantity));
  position.fees = plus(position.fees, fee);
  trade(slot, times(ratio(-position.direction), quantity), price, fee);
  if (closes) finish(client, slot, position, reason, time);
}

/** Phase 0: funding of everything that the channel holds. The exchange charges the net, or each side in hedge mode. */
export function fund(slots: readonly Slot[], price: Ratio, rate: Ratio): void {
  const { channel } = slots[0];
  const sides: Record<Direction, Ratio> = { [1]: ZERO, [-1]: ZERO };
  for (const slot of slots) {
    const { position } = slot;
    if (position === null) continue;
    const held = times(ratio(position.direction), position.quantity);
    const amount = fundingOf(channel, price, held, rate);
    position.funding = plus(position.funding, amount);
    slot.cash = plus(slot.cash, amount);
    sides[position.direction] = plus(sides[position.direction], held);
  }
  const { [1]: long, [-1]: short } = sides;
  const charged = channel.account.hedgeMode ? [long, short] : [plus(long, short)];
  for (const held of charged) channel.cash = plus(channel.cash, fundingOf(channel, price, held, rate));
}

function begin(id: string, direction: Direction, plan: Plan, entryTime: TimeMs, legsFrom: number): Position {
  const amounts = {
    quantity: ZERO,
    cost: ZERO,
    entered: ZERO,
    entryValue: ZERO,
    exitValue: ZERO,
    fees: ZERO,
    funding: ZERO,
  };
  return {
    id,
    direction,
    entryTime,
    legsFrom,
    plan,
    ...amounts,
    takeProfit: null,
    stop: null,
    lowest: null,
    highest: null,
  };
}

function trade(slot: Slot, signed: Ratio, price: Ratio, fee: Ratio): void {
  const { channel } = slot;
  const units = times(signed, channel.multiplier);
  for (const book of [slot, channel]) {
    book.cash = minus(minus(book.cash, times(units, price)), fee);
    book.held = plus(book.held, units);
  }
}

function finish(
  { outcome }: Client,
  slot: Slot,
  position: Position,
  reason: CloseReason,
  time: TimeMs,
): void {
  const { channel, strategyId } = slot;
  const { direction, entered, entryValue, exitValue, fees, funding } = position;
  const realized = times(times(ratio(direction), minus(exitValue, entryValue)), channel.multiplier);
  const net = plus(minus(realized, fees), funding);
  const ends = [entryValue, exitValue].map((value) => halfUpTo(over(value, entered), channel.tick));
  const lowest = [position.lowest ?? ends[0], ...ends].reduce(least);
  const highest = [position.highest ?? ends[0], ...ends].reduce(greatest);
  channel.account.netPnl = plus(channel.account.netPnl, net);
  slot.position = null;
  slot.resting = null;
  outcome.trades.push({
    channel: channel.name,
    strategyId,
    position: position.id,
    side: direction === 1 ? 'LONG' : 'SHORT',
    quantity: textOf(entered),
    entryTime: position.entryTime,
    entryValue: textOf(entryValue),
    exitTime: time,
    exitValue: textOf(exitValue),
    reason,
    realizedPnl: textOf(realized),
    fees: textOf(fees),
    funding: textOf(funding),
    netPnl: textOf(net),
    worst: textOf(direction === 1 ? lowest : highest),
    best: textOf(direction === 1 ? highest : lowest),
  });
}
