import type { CloseReason } from '@bowline/domain';
import type { HistoricalInput } from '@bowline/engine';
import { draw } from '@bowline/exchange-simulator';
import type { SignalRow } from '@bowline/ports';
import { enter, exit, fund } from './book.js';
import { enterOn, wanted, type Acting } from './entries.js';
import { layOut } from './layout.js';
import {
  ceilTo,
  exactly,
  floorTo,
  greatest,
  isAbove,
  isBelow,
  least,
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
import { awayFrom, slipped, tighter } from './rules.js';
import type { Bar, Channel, Client, Outcome, Position, Slot } from './state.js';
import { textOf } from './text.js';

/**
 * The bar model again, written to be read beside docs/reference/bar-model.md and for nothing else: every bar is visited,
 * every number is an exact fraction, and no decider is asked. It covers market and limit entries, legs of every kind,
 * scale-in, time exits, funding, partial fills, and the limits on orders, positions, exposure and leverage; not the
 * limits that count losses, and no instrument whose tick grows with the price. Draws need client order ids that do not
 * depend on the generation, as those of `historicalInput`.
 */
export function referenceRun(input: HistoricalInput): Outcome[] {
  return input.config.clients.map((config) => runClient(layOut(input, config)));
}

function runClient(client: Client): Outcome {
  const times = client.channels.flatMap(({ bars }) =>
    bars.flatMap(({ closeTime, openTime }) => [openTime, closeTime]),
  );
  for (const time of [...new Set(times)].sort((a, b) => a - b)) {
    const closing = barsAt(client, (bar) => bar.closeTime === time);
    actOnSignals(client, closing, 'close');
    if (closing.size > 0) noteEquity(client, closing, time);

    const opening = barsAt(client, (bar) => bar.openTime === time);
    for (const [channel, row] of opening) chargeFunding(client, channel, row);
    inOrder(client, opening, (slot, row) => exitOnTime(client, slot, row));
    actOnSignals(client, opening, 'open');
    inOrder(client, opening, (slot, row) => fillRestingEntry(client, slot, row));
    inOrder(client, opening, (slot, row) => fillLegs(client, slot, row));
  }
  for (const slot of client.slots) if (slot.position !== null) listAsOpen(client, slot, slot.position);
  return client.outcome;
}

/** The channels that have such a bar, and its row. */
function barsAt({ channels }: Client, matches: (bar: Bar) => boolean): Map<Channel, number> {
  const rows = channels.map((channel): [Channel, number] => [channel, channel.bars.findIndex(matches)]);
  return new Map(rows.filter(([, row]) => row >= 0));
}

function inOrder(
  client: Client,
  bars: ReadonlyMap<Channel, number>,
  act: (slot: Slot, row: number) => void,
): void {
  for (const slot of client.slots) {
    const row = bars.get(slot.channel);
    if (row !== undefined) act(slot, row);
  }
}

/** Phase 0: funding on the open of the first bar at or after its time. */
function chargeFunding(client: Client, channel: Channel, row: number): void {
  const { bars, funding } = channel;
  const after = row === 0 ? -Infinity : bars[row - 1].openTime;
  const slots = client.slots.filter((slot) => slot.channel === channel);
  for (const { rate, time } of funding) {
    const due = time > after && time <= bars[row].openTime && time >= bars[0].openTime;
    if (due && slots.length > 0) fund(slots, bars[row].open, rate);
  }
}

/** Phase 0: at the open of the first bar from the entry's time + duration. */
function exitOnTime(client: Client, slot: Slot, row: number): void {
  const { params, position } = slot;
  const { open, openTime } = slot.channel.bars[row];
  if (position === null || params.timeExitMs === null || openTime < position.entryTime + params.timeExitMs)
    return;
  exitAtMarket(client, slot, { at: 'open', time: openTime, row, price: open }, 'time_exit');
}

/** Phases a and d: all closes over all channels, then all entries. */
function actOnSignals(client: Client, bars: ReadonlyMap<Channel, number>, at: 'open' | 'close'): void {
  const ignore = (reason: string): void => {
    client.outcome.ignored[reason] = (client.outcome.ignored[reason] ?? 0) + 1;
  };
  const closers = new Map<Slot, SignalRow[]>();
  inOrder(client, bars, (slot, row) => {
    const now = signalsNow(slot, row, at);
    const closes: SignalRow[] = [];
    closers.set(slot, closes);
    for (const signal of now) {
      const want = wanted(slot, signal);
      const side = slot.position?.direction ?? slot.resting?.direction;
      if (side !== undefined && side !== want) {
        close(client, slot, actingAt(slot, row, at), want === null ? 'signal' : 'reversal');
        closes.push(signal);
      } else if (!lastThatAgree(now).includes(signal)) ignore('SUPERSEDED');
    }
  });
  inOrder(client, bars, (slot, row) => {
    for (const signal of lastThatAgree(signalsNow(slot, row, at))) {
      const want = wanted(slot, signal);
      const adds = slot.params.scaleIn && slot.resting === null;
      if (want === null) {
        if (closers.get(slot)?.includes(signal) !== true) ignore('ALREADY_FLAT');
      } else if ((slot.position !== null && !adds) || slot.resting !== null) ignore('UNCHANGED');
      else enterOn(client, slot, signal, actingAt(slot, row, at), want);
    }
  });
}

function signalsNow({ params, signals }: Slot, row: number, at: 'open' | 'close'): SignalRow[] {
  return params.entryPoint === at ? signals.filter(({ bar }) => bar === row).map((each) => each.row) : [];
}

/** The signals from which on all say the same. */
function lastThatAgree<T extends { readonly signal: number }>(signals: readonly T[]): readonly T[] {
  const last = signals[signals.length - 1];
  return signals.filter((_, i) => signals.slice(i).every(({ signal }) => signal === last.signal));
}

function actingAt({ channel }: Slot, row: number, at: 'open' | 'close'): Acting {
  const bar = channel.bars[row];
  return at === 'open'
    ? { at, row, time: bar.openTime, price: bar.open }
    : { at, row, time: bar.closeTime, price: bar.close };
}

function close(client: Client, slot: Slot, acting: Acting, reason: CloseReason): void {
  slot.resting = null;
  if (slot.position !== null) exitAtMarket(client, slot, acting, reason);
}

function exitAtMarket(client: Client, slot: Slot, { price, time }: Acting, reason: CloseReason): void {
  const { direction, quantity } = slot.position!;
  exit(client, slot, quantity, market(client, slot, price, direction === -1), 'taker', reason, time);
}

function market({ input }: Client, { channel }: Slot, price: Ratio, buys: boolean): Ratio {
  return slipped(channel, price, buys, ofDecimal(input.config.execution.slippageBps));
}

/** Phase b. */
function fillRestingEntry(client: Client, slot: Slot, row: number): void {
  const { channel, resting } = slot;
  if (resting === null || resting.from > row) return;
  const bar = channel.bars[row];
  const price = limitFill(bar, resting.limit, resting.direction === 1);
  if (price === null) return;
  const quantity = taken(client, slot, resting.position, 'e', resting.leaves, bar);
  if (quantity.n === 0n) return;
  resting.leaves = minus(resting.leaves, quantity);
  if (resting.leaves.n === 0n) slot.resting = null;
  enter(slot, resting, quantity, price, 'maker', bar.openTime, row + 1);
}

/** Phase c. */
function fillLegs(client: Client, slot: Slot, row: number): void {
  const { channel, position } = slot;
  if (position === null || position.legsFrom > row) return;
  const bar = channel.bars[row];
  const long = position.direction === 1;
  const { stop, takeProfit } = position;
  const stopAt = stop && stopFill(bar, stop, !long);
  const profitAt = takeProfit && limitFill(bar, takeProfit, !long);
  if (profitAt !== null && (stopAt === null || profitFirst(client, bar, stop!, takeProfit!, long))) {
    const quantity = taken(client, slot, position.id, 't', position.quantity, bar);
    if (quantity.n > 0n) exit(client, slot, quantity, profitAt, 'maker', 'take_profit', bar.openTime);
  }
  if (slot.position !== null && stopAt !== null) {
    const price = market(client, slot, stopAt, !long);
    exit(client, slot, position.quantity, price, 'taker', 'stop_loss', bar.openTime);
  }
  if (slot.position !== null) liveThrough(channel, position, bar);
}

/** A resting limit: at the open when that is better, at its price when touched. */
function limitFill({ high, low, open }: Bar, limit: Ratio, buys: boolean): Ratio | null {
  if (buys ? !isAbove(open, limit) : !isBelow(open, limit)) return open;
  return (buys ? !isAbove(low, limit) : !isBelow(high, limit)) ? limit : null;
}

/** A resting stop: at the open that has passed it, at its trigger when touched. */
function stopFill({ high, low, open }: Bar, stop: Ratio, buys: boolean): Ratio | null {
  if (buys ? !isBelow(open, stop) : !isAbove(open, stop)) return open;
  return (buys ? !isBelow(high, stop) : !isAbove(low, stop)) ? stop : null;
}

/** Which leg of two that the bar reaches is first. */
function profitFirst(
  client: Client,
  { high, low, open }: Bar,
  stop: Ratio,
  takeProfit: Ratio,
  long: boolean,
): boolean {
  if (long ? !isAbove(open, stop) : !isBelow(open, stop)) return false;
  if (long ? !isBelow(open, takeProfit) : !isAbove(open, takeProfit)) return true;
  const { intrabar } = client.input.config.execution;
  if (intrabar !== 'path') return intrabar === 'optimistic';
  const highIsNearer = isBelow(minus(high, open), minus(open, low));
  return highIsNearer === long;
}

/** Rule 10: what a touched resting limit order gets of its open quantity. */
function taken(
  { config, input }: Client,
  { channel, strategyId }: Slot,
  strategyPositionId: string,
  leg: 'e' | 't',
  leaves: Ratio,
  { openTime }: Bar,
): Ratio {
  const { fillProbability, partialFillRatio, seed } = input.config.execution;
  const { exchange, symbol } = channel.market;
  const name = {
    clientId: config.clientId,
    exchange,
    symbol,
    strategyId,
    strategyPositionId,
    leg,
    generation: 0,
  };
  if (draw(seed, input.clientOrderId(name), openTime) >= fillProbability) return ZERO;
  return least(leaves, greatest(channel.lot, floorTo(times(leaves, exactly(partialFillRatio)), channel.lot)));
}

/** The end of a bar that has left the position open: the stop follows the best price that is known now. */
function liveThrough(channel: Channel, position: Position, { high, low }: Bar): void {
  position.lowest = position.lowest === null ? low : least(position.lowest, low);
  position.highest = position.highest === null ? high : greatest(position.highest, high);
  const { direction, plan } = position;
  const long = direction === 1;
  const best = long ? position.highest : position.lowest;
  if (plan.trailingStop !== null) {
    const trails = awayFrom(channel, best, !long, plan.trailingStop, plan.volatility);
    position.stop = tighter(direction, position.stop, trails);
  }
  if (plan.breakEven === null) return;
  const entry = over(position.cost, position.quantity);
  const reached = awayFrom(channel, entry, long, plan.breakEven, plan.volatility);
  if (long ? isBelow(best, reached) : isAbove(best, reached)) return;
  const even = long ? ceilTo(entry, channel.tick) : floorTo(entry, channel.tick);
  position.stop = tighter(direction, position.stop, even);
}

/** Every channel that closes a bar is valued at its close; the others keep their value. */
function noteEquity(
  { accounts, channels, config, outcome, slots }: Client,
  closing: ReadonlyMap<Channel, number>,
  time: number,
): void {
  for (const [channel, row] of closing) {
    const { close } = channel.bars[row];
    const books = [channel, ...slots.filter((slot) => slot.channel === channel)];
    for (const book of books) book.equity = plus(book.cash, times(book.held, close));
  }
  const note = (name: string, equity: Ratio): void => {
    (outcome.equity[name] ??= []).push({ time, equity: textOf(equity) });
  };
  note(
    config.clientId,
    sum([...accounts.map(({ balance }) => balance ?? ZERO), ...channels.map(({ equity }) => equity)]),
  );
  for (const id of new Set(slots.map(({ strategyId }) => strategyId))) {
    const own = slots.filter(({ strategyId }) => strategyId === id);
    note(`${config.clientId}.${id}`, sum(own.map(({ equity }) => equity)));
  }
}

function listAsOpen({ outcome }: Client, { channel }: Slot, position: Position): void {
  const { cost, direction, quantity, stop, takeProfit } = position;
  const mark = channel.bars[channel.bars.length - 1].close;
  const gain = times(ratio(direction), minus(times(mark, quantity), cost));
  outcome.open.push({
    channel: channel.name,
    position: position.id,
    side: direction === 1 ? 'LONG' : 'SHORT',
    quantity: textOf(quantity),
    cost: textOf(cost),
    takeProfit: takeProfit && textOf(takeProfit),
    stop: stop && textOf(stop),
    mark: textOf(mark),
    unrealizedPnl: textOf(times(gain, channel.multiplier)),
  });
}
