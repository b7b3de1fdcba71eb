import type { Distance, TimeMs } from '@bowline/domain';
import type { SignalRow } from '@bowline/ports';
import { enter } from './book.js';
import { awayFrom, legsOf, pricedAt, slipped, volatility } from './rules.js';
import {
  exactly,
  floorTo,
  isAbove,
  isBelow,
  isEqual,
  magnitude,
  minus,
  ofDecimal,
  over,
  plus,
  ratio,
  sum,
  times,
  ZERO,
  type Ratio,
} from './ratio.js';
import type { Channel, Client, Direction, Plan, Slot } from './state.js';

/** Where and when signals act. */
export interface Acting {
  readonly at: 'open' | 'close';
  readonly time: TimeMs;
  /** Row of the bar. */
  readonly row: number;
  readonly price: Ratio;
}

/** What the signal wants to hold; null: nothing. */
export function wanted({ params }: Slot, { signal }: SignalRow): Direction | null {
  if (signal === 1) return 1;
  return signal === -1 && params.mode === 'longShort' ? -1 : null;
}

/** Enters at the market or with a limit order, or says why not. The slot holds nothing, or adds to what it holds. */
export function enterOn(
  client: Client,
  slot: Slot,
  row: SignalRow,
  acting: Acting,
  direction: Direction,
): void {
  const { channel, params } = slot;
  const { execution } = client.input.config;
  const deny = (code: string): void => {
    client.outcome.denials.push({
      channel: channel.name,
      strategyId: slot.strategyId,
      time: acting.time,
      code,
    });
  };
  const long = direction === 1;
  const limit = params.orderType === 'limit' ? limitOf(slot, row, acting, long) : null;
  const price = limit ?? acting.price;
  const plan = planOf(slot, row, acting, long);
  if (plan.volatility === null && needsVolatility(plan)) return deny('VOLATILITY_UNAVAILABLE');
  const wrong = wrongSide(plan, price, long);
  if (wrong !== null) return deny(wrong);
  const size = quantityOf(client, slot, row, price, plan, direction);
  if (typeof size === 'string') return deny(size);
  const quantity = slot.share === null ? size : floorTo(times(size, slot.share), channel.lot);
  if (quantity.n <= 0n) return deny('QUANTITY_ZERO');
  const expected = limit === null ? slipped(channel, price, long, ofDecimal(execution.slippageBps)) : null;
  const refused = overLimit(client, slot, row, acting, { direction, expected, price, quantity });
  if (refused !== null) return deny(refused);

  const { position } = slot;
  if (position === null) slot.begun += 1;
  else position.plan = plan;
  const order = { position: position?.id ?? `${slot.strategyId}-${slot.begun}`, direction, plan };
  const legsFrom = acting.at === 'open' ? acting.row : acting.row + 1;
  if (limit === null) return enter(slot, order, quantity, expected!, 'taker', acting.time, legsFrom);
  const marketable = long ? !isAbove(acting.price, limit) : !isBelow(acting.price, limit);
  const { timeInForce } = params;
  if (marketable && timeInForce !== 'GTX') {
    return enter(slot, order, quantity, acting.price, 'taker', acting.time, legsFrom);
  }
  if (marketable || timeInForce === 'IOC' || timeInForce === 'FOK') return;
  slot.resting = { ...order, limit, leaves: quantity, from: legsFrom };
}

function limitOf({ channel, params }: Slot, row: SignalRow, { price }: Acting, long: boolean): Ratio {
  const given = pricedAt(row.price, channel, long ? 'down' : 'up');
  if (given !== null) return given;
  const { scale, units } = params.limitOffsetBps;
  const offset: Distance = { kind: 'pct', percent: { units, scale: scale + 2 } };
  return awayFrom(channel, price, !long, offset, null);
}

function planOf({ channel, params }: Slot, row: SignalRow, acting: Acting, long: boolean): Plan {
  const known = acting.at === 'open' ? acting.row : acting.row + 1;
  const takeProfit = pricedAt(row.takeProfit, channel, long ? 'up' : 'down');
  const stopLoss = pricedAt(row.stopLoss, channel, long ? 'down' : 'up');
  return {
    takeProfit: takeProfit === null ? params.takeProfit : { kind: 'price', price: takeProfit },
    stopLoss: stopLoss === null ? params.stopLoss : { kind: 'price', price: stopLoss },
    trailingStop: params.trailingStop,
    breakEven: params.breakEven,
    volatility: row.volatility ?? volatility(channel, known, params.volatilityWindow),
  };
}

function needsVolatility({ breakEven, stopLoss, takeProfit, trailingStop }: Plan): boolean {
  return [takeProfit, stopLoss, trailingStop, breakEven].some((distance) => distance?.kind === 'sd');
}

function wrongSide({ stopLoss, takeProfit }: Plan, price: Ratio, long: boolean): string | null {
  const beyond = (leg: Ratio, upward: boolean) => (upward ? isAbove(leg, price) : isBelow(leg, price));
  if (takeProfit?.kind === 'price' && !beyond(takeProfit.price, long)) return 'TAKE_PROFIT_WRONG_SIDE';
  return stopLoss?.kind === 'price' && !beyond(stopLoss.price, !long) ? 'STOP_LOSS_WRONG_SIDE' : null;
}

/** Rule 9: the quantity before slippage, down to the lot. */
function quantityOf(
  client: Client,
  slot: Slot,
  row: SignalRow,
  price: Ratio,
  plan: Plan,
  direction: Direction,
): Ratio | string {
  const { channel, params } = slot;
  const { lot, multiplier } = channel;
  if (row.quantity !== undefined) return floorTo(exactly(row.quantity), lot);
  const { sizing } = params;
  if (sizing.kind === 'fixedQuantity') return floorTo(ofDecimal(sizing.quantity), lot);
  const worth = (amount: Ratio, each: Ratio) => floorTo(over(amount, times(each, multiplier)), lot);
  if (sizing.kind === 'fixedNotional') return worth(ratio(sizing.notional, 10n ** 18n), price);
  const balance = slot.share === null ? balanceOf(channel) : clientBalance(client);
  if (balance === null) return 'NO_BALANCE';
  const amount = over(times(balance, ofDecimal(sizing.percent)), ratio(100));
  if (sizing.kind === 'percentOfBalance') return amount.n <= 0n ? ZERO : worth(amount, price);
  const { stop } = legsOf(channel, direction, plan, price);
  if (stop === null || isEqual(stop, price)) return 'STOP_REQUIRED';
  return amount.n <= 0n ? ZERO : worth(amount, magnitude(minus(price, stop)));
}

/** accountBalance + netPnl of closed trades. */
function balanceOf({ account }: Channel): Ratio | null {
  return account.balance && plus(account.balance, account.netPnl);
}

function clientBalance({ accounts }: Client): Ratio | null {
  if (accounts.some(({ balance }) => balance === null)) return null;
  return sum(accounts.map(({ balance, netPnl }) => plus(balance!, netPnl)));
}

interface Proposed {
  readonly direction: Direction;
  readonly expected: Ratio | null;
  readonly price: Ratio;
  readonly quantity: Ratio;
}

function overLimit(
  client: Client,
  slot: Slot,
  row: SignalRow,
  acting: Acting,
  entry: Proposed,
): string | null {
  const { channel, params } = slot;
  const { limits, maxSlippageBps } = params;
  const { expected, price, quantity } = entry;
  const worth = (amount: Ratio) => times(times(price, amount), channel.multiplier);
  const position = plus(exposureOf(slot), quantity);
  const above = (value: Ratio, limit: Ratio | null) => limit !== null && isAbove(value, limit);
  const amount = (cash: bigint | null) => (cash === null ? null : ratio(cash, 10n ** 18n));
  if (above(quantity, limits.maxOrderQuantity && ofDecimal(limits.maxOrderQuantity)))
    return 'MAX_ORDER_QUANTITY';
  if (above(position, limits.maxPositionSize && ofDecimal(limits.maxPositionSize)))
    return 'MAX_POSITION_SIZE';
  if (isBelow(worth(quantity), exactly(channel.market.instrument.minNotional))) return 'BELOW_MIN_NOTIONAL';
  if (above(worth(quantity), amount(limits.maxOrderValue))) return 'MAX_ORDER_VALUE';
  if (above(worth(position), amount(limits.maxPositionNotional))) return 'MAX_POSITION_NOTIONAL';
  if (expected !== null && maxSlippageBps !== null) {
    const reference = pricedAt(row.price, channel, 'nearest') ?? acting.price;
    const slips = times(ratio(entry.direction), minus(expected, reference));
    if (isAbove(times(slips, ratio(10_000)), times(ofDecimal(maxSlippageBps), reference)))
      return 'MAX_SLIPPAGE';
  }
  const { maxGrossExposure, maxLeverage } = client.config.limits;
  if (maxGrossExposure === null && maxLeverage === null) return null;
  setMarks(client, channel, acting);
  const gross = (among: readonly Channel[]) =>
    sum(
      client.slots
        .filter((each) => among.includes(each.channel))
        .map((each) => times(times(exposureOf(each), each.channel.mark), each.channel.multiplier)),
    );
  if (above(plus(gross(client.channels), worth(quantity)), amount(maxGrossExposure)))
    return 'MAX_GROSS_EXPOSURE';
  const balance = balanceOf(channel);
  if (maxLeverage === null || balance === null) return null;
  const account = client.channels.filter((each) => each.account === channel.account);
  return isAbove(plus(gross(account), worth(quantity)), times(balance, ofDecimal(maxLeverage)))
    ? 'MAX_LEVERAGE'
    : null;
}

/** What the strategy holds and has resting. */
function exposureOf({ position, resting }: Slot): Ratio {
  return plus(position?.quantity ?? ZERO, resting?.leaves ?? ZERO);
}

/** Exposure is valued at the acting price here, at the last close that is known elsewhere. */
function setMarks({ channels }: Client, channel: Channel, { price, time }: Acting): void {
  for (const each of channels) {
    const closed = each.bars.filter(({ closeTime }) => closeTime <= time).pop();
    if (each === channel) each.mark = price;
    else if (closed !== undefined) each.mark = closed.close;
  }
}
