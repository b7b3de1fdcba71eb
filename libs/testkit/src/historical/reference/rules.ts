import type { Distance } from '@bowline/domain';
import type { Channel, Direction, LegPlan, Plan } from './state.js';
import {
  ceilTo,
  exactly,
  floorTo,
  greatest,
  halfUpTo,
  isAbove,
  isBelow,
  minus,
  ofDecimal,
  ONE,
  over,
  plus,
  ratio,
  times,
  toNumber,
  type Ratio,
} from './ratio.js';

const BPS = ratio(1, 10_000);
const EIGHT_DECIMALS = ratio(1, 10n ** 8n);

/** Rule 7: a market or stop fill slips against us, and is rounded against us. */
export function slipped(channel: Channel, price: Ratio, buys: boolean, slippageBps: Ratio): Ratio {
  const by = times(slippageBps, BPS);
  return buys
    ? ceilTo(times(price, plus(ONE, by)), channel.tick)
    : greatest(channel.tick, floorTo(times(price, minus(ONE, by)), channel.tick));
}

/** Rule 7: fees are rounded half-up to 8 decimals. */
export function feeOf(channel: Channel, price: Ratio, quantity: Ratio, liquidity: 'maker' | 'taker'): Ratio {
  const { makerBps, takerBps } = channel.account;
  const value = times(times(price, quantity), channel.multiplier);
  return halfUpTo(times(value, times(liquidity === 'maker' ? makerBps : takerBps, BPS)), EIGHT_DECIMALS);
}

/** Funding that a signed quantity receives (+) or pays (-). */
export function fundingOf(channel: Channel, price: Ratio, held: Ratio, rate: Ratio): Ratio {
  const value = times(times(times(price, held), channel.multiplier), rate);
  return times(halfUpTo(value, EIGHT_DECIMALS), ratio(-1));
}

/** Rule 8: the sample standard deviation of the last log returns before bar `end`; null with fewer than window + 1 closes. */
export function volatility({ bars }: Channel, end: number, window: number): number | null {
  const closes = bars.slice(0, end).map(({ close }) => close);
  if (closes.length < window + 1) return null;
  const returns = closes.slice(1).map((close, i) => Math.log(toNumber(over(close, closes[i]))));
  const last = returns.slice(-window);
  const mean = last.reduce((total, value) => total + value, 0) / window;
  const squares = last.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (window - 1));
}

/** Rule 8: a distance from a price, rounded to the tick away from it. */
export function awayFrom(
  channel: Channel,
  price: Ratio,
  upward: boolean,
  by: Distance,
  sd: number | null,
): Ratio {
  const fraction =
    by.kind === 'pct'
      ? over(ofDecimal(by.percent), ratio(100))
      : times(exactly(by.multiple), exactly(sd ?? NaN));
  return upward
    ? ceilTo(times(price, plus(ONE, fraction)), channel.tick)
    : greatest(channel.tick, floorTo(times(price, minus(ONE, fraction)), channel.tick));
}

/** Both legs for an average entry price; a trailing stop begins at its distance from the entry. */
export function legsOf(channel: Channel, direction: Direction, plan: Plan, entry: Ratio) {
  const at = (upward: boolean, leg: LegPlan | null): Ratio | null => {
    if (leg === null) return null;
    return leg.kind === 'price' ? leg.price : awayFrom(channel, entry, upward, leg, plan.volatility);
  };
  const long = direction === 1;
  const stop = tighter(direction, at(!long, plan.stopLoss), at(!long, plan.trailingStop));
  return { takeProfit: at(long, plan.takeProfit), stop };
}

/** The tighter of two stops. */
export function tighter(direction: Direction, a: Ratio | null, b: Ratio | null): Ratio | null {
  if (a === null || b === null) return a ?? b;
  return (direction === 1 ? isAbove(a, b) : isBelow(a, b)) ? a : b;
}

/** A price of a signal in ticks of the channel, rounded as the caller says. */
export function pricedAt(
  text: string | undefined,
  channel: Channel,
  rounding: 'down' | 'up' | 'nearest',
): Ratio | null {
  if (text === undefined) return null;
  const price = exactly(text);
  const half = over(channel.tick, ratio(2));
  const rounded =
    rounding === 'up'
      ? ceilTo(price, channel.tick)
      : floorTo(rounding === 'down' ? price : plus(price, half), channel.tick);
  return greatest(channel.tick, rounded);
}
