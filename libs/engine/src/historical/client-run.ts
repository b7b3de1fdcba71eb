import {
  applyPositionReport,
  decidePending,
  decideSignal,
  evolveClient,
  isLive,
  needsVolatility,
  openQty,
  reportOf,
  sampleVolatility,
  wantsClose,
  type ChannelOrder,
  type ClientEvent,
  type ClientState,
  type MarketFacts,
  type PendingSignal,
  type PositionReport,
  type StrategyPosition,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { TickBars } from '@bowline/ports';
import { lastAtOrBefore } from './bar-index.js';
import type { ChannelRun } from './channel-run.js';
import type { FundingSchedule } from './funding.js';
import { Moments } from './moments.js';
import { FROM_OPEN, type Slot } from './slot.js';
import type { RunRecords } from './records.js';

/** What one client's run is made of: `client-setup.ts` builds it. */
export interface ClientRunParts {
  readonly client: ClientState;
  readonly channels: readonly ChannelRun[];
  /** In code-point order of (exchange, symbol, strategyId); `place` is the index. */
  readonly slots: readonly Slot[];
  /** One per channel that pays funding. */
  readonly funding: readonly FundingSchedule[];
  readonly records: RunRecords;
  readonly clientOrderId: (slot: Slot, order: ChannelOrder) => string;
}

/**
 * Runs one client from its first event to its last. The loop goes from event to event: a bar in which nothing of the
 * client happens is never visited. Phases within a moment are those of the bar model (docs/reference/bar-model.md).
 */
export class ClientRun {
  private readonly client: ClientState;
  private readonly slots: readonly Slot[];
  private readonly records: RunRecords;
  private readonly moments: Moments;
  private readonly watchesMarks: boolean;

  constructor(private readonly parts: ClientRunParts) {
    this.client = parts.client;
    this.slots = parts.slots;
    this.records = parts.records;
    this.moments = new Moments(parts.slots.length + parts.funding.length);
    const { maxGrossExposure, maxLeverage, maxNetExposure } = parts.client.limits;
    this.watchesMarks = maxGrossExposure !== null || maxLeverage !== null || maxNetExposure !== null;
  }

  /** `onMoment` is called now and then with the time that has been reached. */
  run(onMoment?: (time: TimeMs) => void): void {
    const { moments, slots } = this;
    const { funding } = this.parts;
    for (const slot of slots) moments.put(slot.place, slot.nextMoment());
    for (const [i, schedule] of funding.entries()) moments.put(slots.length + i, schedule.nextMoment());
    const due: Slot[] = [];
    let visited = 0;
    for (let moment = moments.next; moment !== Infinity; moment = moments.next) {
      due.length = 0;
      while (moments.next === moment) {
        const place = moments.take();
        if (place < slots.length) due.push(slots[place]!);
        else {
          const schedule = funding[place - slots.length]!;
          schedule.charge();
          moments.put(place, schedule.nextMoment());
        }
      }
      if (moment % 2 === FROM_OPEN) this.fromOpen(due, (moment - FROM_OPEN) / 2);
      else this.atClose(due, moment / 2);
      for (const slot of due) moments.put(slot.place, slot.nextMoment());
      visited += 1;
      if (onMoment && (visited & 4095) === 0) onMoment(moment / 2);
    }
    for (const slot of slots) this.tellMovedStop(slot);
  }

  /** A strategy's position is over: its reservation is freed, its result booked, its record written. */
  closed(slot: Slot, position: StrategyPosition, at: TimeMs): void {
    const trade = position.enteredQty > 0 ? this.records.traded(slot, position, at) : null;
    slot.position = null;
    slot.timeExitRow = Infinity;
    const report: PositionReport = {
      strategyId: position.strategyId,
      side: position.side,
      openQty: 0,
      entryLeavesQty: 0,
      closed: { netPnl: trade?.netPnl ?? 0n, realizedPnl: trade?.realizedPnl ?? 0n, traded: trade !== null },
    };
    applyPositionReport(this.client, slot.channel.index, report, at);
  }

  /** Phases 0 to c of the bars that open at `time`: timers; closes, then entries; resting entries; legs. */
  private fromOpen(due: readonly Slot[], time: TimeMs): void {
    for (const slot of due) {
      if (slot.timeExitRow !== slot.row || slot.position === null) continue;
      this.act(slot, time, slot.channel.market.bars.open[slot.row]!);
      slot.channel.deliver({ type: 'time_exit_due', strategyPositionId: slot.position.id, at: time });
      this.sync(slot);
    }
    this.signals(due, 'open', time);
    for (const slot of due) if (slot.entryRests(slot.row)) this.fillRestingEntry(slot, time);
    for (const slot of due) this.fillLegs(slot, time);
  }

  /** Phase d of the bars that close at `time`. */
  private atClose(due: readonly Slot[], time: TimeMs): void {
    this.signals(due, 'close', time);
  }

  /** Signals that act now: all closes first, over all channels, then entries. */
  private signals(due: readonly Slot[], entryPoint: 'open' | 'close', time: TimeMs): void {
    let acting: { slot: Slot; entries: PendingSignal[]; price: Ticks }[] | null = null;
    for (const slot of due) {
      if (slot.params.entryPoint !== entryPoint) continue;
      const signals = slot.takeSignals(slot.row);
      if (signals.length === 0) continue;
      const { bars } = slot.channel.market;
      const price = entryPoint === 'open' ? bars.open[slot.row]! : bars.close[slot.row]!;
      this.act(slot, time, price);
      acting ??= [];
      acting.push({ slot, entries: this.closePass(slot, signals), price });
    }
    if (acting === null) return;
    for (const { slot, entries, price } of acting) {
      this.act(slot, time, price);
      this.entryPass(slot, entries, entryPoint === 'open');
    }
  }

  /**
   * Acts on the signals that close, and returns what is left for the entry pass. Of several signals at one moment the
   * last ones that agree count for the entry; an earlier one that they contradict has at most closed something.
   */
  private closePass(slot: Slot, signals: readonly PendingSignal[]): PendingSignal[] {
    const agreed = agreeingFrom(signals);
    const entries: PendingSignal[] = [];
    for (const [i, signal] of signals.entries()) {
      if (wantsClose(slot.target, signal)) {
        this.decided(slot, decideSignal(this.client, slot.channel.index, signal, this.facts(slot)));
        if (slot.target.pending === signal && i < agreed) slot.target.pending = null;
      } else if (i >= agreed) {
        entries.push(signal);
      } else {
        this.records.ignored('SUPERSEDED');
      }
    }
    return entries;
  }

  private entryPass(slot: Slot, entries: readonly PendingSignal[], fromOpen: boolean): void {
    const before = slot.position;
    const { index } = slot.channel;
    const pending = decidePending(this.client, index, slot.strategyId, this.entryFacts(slot));
    if (pending !== null) this.decided(slot, pending);
    for (const signal of entries) {
      this.decided(slot, decideSignal(this.client, index, signal, this.entryFacts(slot)));
    }
    this.noteEntry(slot, before, fromOpen);
  }

  /** What follows from a new entry: from which bar on its legs, or itself, can fill. */
  private noteEntry(slot: Slot, before: StrategyPosition | null, fromOpen: boolean): void {
    const { position } = slot;
    if (position === null || position === before) return;
    slot.entryFrom = fromOpen ? slot.row : slot.row + 1;
    if (position.firstFillAt !== null) slot.beginWatch(slot.row, fromOpen);
  }

  private decided(slot: Slot, event: ClientEvent): void {
    evolveClient(this.client, event);
    switch (event.type) {
      case 'signal_ignored':
        return this.records.ignored(event.reason);
      case 'entry_denied':
        return this.records.denied(slot, event.code, event.at);
      case 'close_ordered':
      case 'entry_ordered':
        slot.channel.deliver(event.intent);
        this.sync(slot);
    }
  }

  /** Phase b: the resting entry against the bar. */
  private fillRestingEntry(slot: Slot, time: TimeMs): void {
    const { bars } = slot.channel.market;
    const { row } = slot;
    const entry = slot.position!.entry!;
    const { limitPrice, side } = entry.terms;
    const { rules } = slot.channel;
    const price = rules.restingLimit(side, limitPrice!, bars.open[row]!, bars.high[row]!, bars.low[row]!);
    slot.entryFrom = row + 1;
    if (price === null) return;
    const quantity = rules.take(slot.entryLeaves(), () => this.parts.clientOrderId(slot, entry), time);
    if (quantity === 0) return;
    const first = slot.position!.firstFillAt === null;
    this.act(slot, time, price);
    slot.channel.fill(entry, slot.strategyId, quantity, price, 'maker');
    if (first && slot.position !== null) slot.beginWatch(row, false);
    this.sync(slot);
  }

  /** Phase c: the legs against the bar. */
  private fillLegs(slot: Slot, time: TimeMs): void {
    const { position, row } = slot;
    if (position === null || slot.legsFrom > row || openQty(position) <= 0) return;
    const { bars } = slot.channel.market;
    const open = bars.open[row]!;
    const high = bars.high[row]!;
    const low = bars.low[row]!;
    this.act(slot, time, open);
    this.tellMovedStop(slot);
    const stop = live(position.stopLoss);
    const takeProfit = live(position.takeProfit);
    const { rules } = slot.channel;
    const stopPrice = stop && rules.restingStop(stop.terms.side, stop.terms.stopPrice!, open, high, low);
    const profitPrice = takeProfit && rules.restingLimit(takeProfit.terms.side, takeProfit.terms.limitPrice!, open, high, low);
    slot.legsFrom = row + 1;
    if (stopPrice === null && profitPrice === null) return slot.liveThrough(low, high);
    const stopFirst =
      profitPrice === null ||
      (stopPrice !== null &&
        rules.firstLeg(stop!.terms.side, takeProfit!.terms.limitPrice!, stop!.terms.stopPrice!, open, high, low) === 's');
    if (!stopFirst && this.fillTakeProfit(slot, takeProfit!, profitPrice, time)) return;
    if (stopPrice === null) return;
    const price = rules.marketPrice(stopPrice, stop!.terms.side);
    this.fillLeg(slot, stop!, takeProfit, openQty(position), price, 'taker');
  }

  /** True where the take-profit got something. */
  private fillTakeProfit(slot: Slot, order: ChannelOrder, price: Ticks, time: TimeMs): boolean {
    const leaves = order.state.orderQty - order.state.cumQty;
    const quantity = slot.channel.rules.take(leaves, () => this.parts.clientOrderId(slot, order), time);
    if (quantity === 0) return false;
    this.fillLeg(slot, order, live(slot.position!.stopLoss), quantity, price, 'maker');
    return true;
  }

  /** Fills a leg; once it is filled the exchange cancels the other one of the pair by itself. */
  private fillLeg(
    slot: Slot,
    order: ChannelOrder,
    sibling: ChannelOrder | null,
    quantity: number,
    price: Ticks,
    liquidity: 'maker' | 'taker',
  ): void {
    slot.channel.fill(order, slot.strategyId, quantity, price, liquidity);
    if (!isLive(order.state) && sibling !== null && isLive(sibling.state)) slot.channel.report(sibling, 'cancel');
    this.sync(slot);
  }

  private tellMovedStop(slot: Slot): void {
    const { channel, movedStop, position } = slot;
    if (movedStop === null || position === null) return;
    slot.movedStop = null;
    channel.deliver({ type: 'stop_moved', strategyPositionId: position.id, stopPrice: movedStop, at: channel.at });
  }

  /** Brings the client up to date with what the channel now says of the strategy's position. */
  private sync(slot: Slot): void {
    const { channel, strategyId, target } = slot;
    const position = channel.state.current.get(strategyId) ?? null;
    slot.position = position;
    if (position === null) {
      // The channel refused it: what was reserved is free again.
      if (target.openQty + target.workingQty > 0) applyPositionReport(this.client, channel.index, notHeld(slot), channel.at);
      return;
    }
    const open = openQty(position);
    const working = slot.entryLeaves();
    if (target.openQty !== open || target.workingQty !== working) {
      applyPositionReport(this.client, channel.index, reportOf(position), channel.at);
    }
  }

  private act(slot: Slot, time: TimeMs, price: Ticks): void {
    const { channel } = slot;
    channel.at = time;
    channel.price = price;
    channel.row = slot.row;
  }

  private facts(slot: Slot): MarketFacts {
    return { at: slot.channel.at, price: slot.channel.price, expectedPrice: null, volatility: null };
  }

  private entryFacts(slot: Slot): MarketFacts {
    const { channel, params } = slot;
    const { bars } = channel.market;
    if (this.watchesMarks) this.markChannels(channel);
    const needs = needsVolatility(params.takeProfit, params.stopLoss, params.trailingStop, params.breakEven);
    const known = params.entryPoint === 'open' ? slot.row : slot.row + 1;
    const { rules, price } = channel;
    return {
      at: channel.at,
      price,
      expectedPrice:
        params.maxSlippageBps === null
          ? null
          : { BUY: rules.marketPrice(price, 'BUY'), SELL: rules.marketPrice(price, 'SELL') },
      volatility: needs ? sampleVolatility(bars.close, known, params.volatilityWindow) : null,
    };
  }

  /** Values every holding at the last price that is known now: the acting price here, the last close elsewhere. */
  private markChannels(acting: ChannelRun): void {
    for (const channel of this.parts.channels) {
      const { book, market } = channel;
      if (channel === acting) book.mark = acting.price;
      else if (book.longLots + book.shortLots > 0) book.mark = lastClose(market.bars, acting.at) ?? book.mark;
    }
  }
}

/** The place from which on all signals ask for the same. */
function agreeingFrom(signals: readonly PendingSignal[]): number {
  let from = signals.length - 1;
  while (from > 0 && signals[from - 1]!.signal === signals[from]!.signal) from -= 1;
  return from;
}

function notHeld({ strategyId, target }: Slot): PositionReport {
  const closed = { netPnl: 0n, realizedPnl: 0n, traded: false };
  return { strategyId, side: target.side, openQty: 0, entryLeavesQty: 0, closed };
}

function live(order: ChannelOrder | null): ChannelOrder | null {
  return order !== null && isLive(order.state) ? order : null;
}

function lastClose(bars: TickBars, time: TimeMs): Ticks | null {
  const row = lastAtOrBefore(bars.openTime, bars.length, time - bars.intervalMs);
  return row < 0 ? null : bars.close[row]!;
}

