import {
  applyPositionReport,
  decidePending,
  decideSignal,
  denialText,
  evolveClient,
  needsVolatility,
  sampleVolatility,
  wantsClose,
  type ClientEvent,
  type ClientState,
  type MarketFacts,
  type OrderKey,
  type PendingSignal,
  type PositionReport,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { TickBars } from '@bowline/ports';
import { lastAtOrBefore } from './bar-index.js';
import type { Desk, DeskListener, TradeResult } from './desk.js';
import type { FundingSchedule } from './funding.js';
import { Moments } from './moments.js';
import type { RunRecords } from './records.js';
import { FROM_OPEN, type Held, type Slot } from './slot.js';

/** What one client's run is made of: `client-setup.ts` builds it. */
export interface ClientRunParts {
  readonly client: ClientState;
  readonly desks: readonly Desk[];
  /** In code-point order of (exchange, symbol, strategyId); `place` is the index. */
  readonly slots: readonly Slot[];
  /** One per channel that pays funding. */
  readonly funding: readonly FundingSchedule[];
  readonly records: RunRecords;
  readonly clientOrderId: (slot: Slot, key: OrderKey) => string;
}

/**
 * Runs one client from its first event to its last. The loop goes from event to event: a bar in which nothing of the
 * client happens is never visited. Phases within a moment are those of the bar model (docs/reference/bar-model.md).
 */
export class ClientRun implements DeskListener {
  private readonly client: ClientState;
  private readonly slots: readonly Slot[];
  private readonly records: RunRecords;
  private readonly moments: Moments;
  private readonly watchesMarks: boolean;
  /** The slots with signals at the moment. */
  private readonly acting: Slot[] = [];

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
      clear(due);
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

  /** Brings the client up to date with what the slot now holds. */
  changed(slot: Slot): void {
    const { desk, held, strategyId, target } = slot;
    if (held === null) {
      // The channel refused it: what was reserved is free again.
      if (target.openQty + target.workingQty > 0) this.closed(slot, null, desk.at);
      return;
    }
    const { openLots, side } = held;
    const entryLeavesQty = held.entry?.leaves ?? 0;
    if (target.openQty === openLots && target.workingQty === entryLeavesQty) return;
    const report: PositionReport = { strategyId, side, openQty: openLots, entryLeavesQty, closed: null };
    applyPositionReport(this.client, desk.index, report, desk.at);
  }

  /** A strategy's position is over: its reservation is freed, its result booked. */
  closed(slot: Slot, trade: TradeResult | null, at: TimeMs): void {
    slot.timeExitRow = Infinity;
    const report: PositionReport = {
      strategyId: slot.strategyId,
      side: slot.target.side,
      openQty: 0,
      entryLeavesQty: 0,
      closed: { netPnl: trade?.netPnl ?? 0n, realizedPnl: trade?.realizedPnl ?? 0n, traded: trade !== null },
    };
    applyPositionReport(this.client, slot.desk.index, report, at);
  }

  /** Phases 0 to c of the bars that open at `time`: timers; closes, then entries; resting entries; legs. */
  private fromOpen(due: readonly Slot[], time: TimeMs): void {
    for (const slot of due) {
      if (slot.timeExitRow !== slot.row || slot.held === null) continue;
      slot.desk.act(time, slot.row, slot.desk.market.bars.open[slot.row]!);
      slot.desk.timeExit(slot);
    }
    this.signals(due, 'open', time);
    for (const slot of due) if (slot.held !== null) this.fillRestingEntry(slot, slot.held, time);
    for (const slot of due) if (slot.held !== null) this.fillLegs(slot, slot.held, time);
  }

  /** Phase d of the bars that close at `time`. */
  private atClose(due: readonly Slot[], time: TimeMs): void {
    this.signals(due, 'close', time);
  }

  /** Signals that act now: all closes first, over all channels, then entries. */
  private signals(due: readonly Slot[], entryPoint: 'open' | 'close', time: TimeMs): void {
    const { acting } = this;
    clear(acting);
    for (const slot of due) {
      if (slot.params.entryPoint !== entryPoint || !slot.takeSignals(slot.row)) continue;
      this.actOn(slot, entryPoint, time);
      this.closePass(slot);
      acting.push(slot);
    }
    for (const slot of acting) {
      this.actOn(slot, entryPoint, time);
      this.entryPass(slot, entryPoint === 'open');
    }
  }

  private actOn({ desk, row }: Slot, entryPoint: 'open' | 'close', time: TimeMs): void {
    const { bars } = desk.market;
    desk.act(time, row, entryPoint === 'open' ? bars.open[row]! : bars.close[row]!);
  }

  /**
   * Acts on the signals that close, and leaves those for the entry pass that enter. Of several signals at one moment
   * the last ones that agree count for the entry; an earlier one that they contradict has at most closed something.
   */
  private closePass(slot: Slot): void {
    const signals = slot.acting;
    const agreed = agreeingFrom(signals);
    let kept = 0;
    for (let i = 0; i < signals.length; i += 1) {
      const signal = signals[i]!;
      if (wantsClose(slot.target, signal)) {
        this.decided(slot, decideSignal(this.client, slot.desk.index, signal, this.facts(slot)));
        if (slot.target.pending === signal && i < agreed) slot.target.pending = null;
      } else if (i >= agreed) {
        signals[kept] = signal;
        kept += 1;
      } else {
        this.records.ignored('SUPERSEDED');
      }
    }
    signals.length = kept;
  }

  private entryPass(slot: Slot, fromOpen: boolean): void {
    const before = slot.held === null ? null : slot.held.id;
    const rested = slot.held !== null && slot.held.entry !== null;
    const { index } = slot.desk;
    if (slot.target.pending !== null) {
      const pending = decidePending(this.client, index, slot.strategyId, this.entryFacts(slot));
      if (pending !== null) this.decided(slot, pending);
    }
    for (const signal of slot.acting) {
      this.decided(slot, decideSignal(this.client, index, signal, this.entryFacts(slot)));
    }
    const { held } = slot;
    if (held === null) return;
    // From which bar on an entry that has come to rest, or the legs of a new position, can fill.
    if (held.entry !== null && !rested) slot.entryFrom = fromOpen ? slot.row : slot.row + 1;
    if (held.firstFillAt === null || (before !== null && held.id === before)) return;
    slot.beginWatch(held, slot.row, fromOpen);
  }

  private decided(slot: Slot, event: ClientEvent): void {
    evolveClient(this.client, event);
    switch (event.type) {
      case 'signal_ignored':
        return this.records.ignored(event.reason);
      case 'entry_denied':
        return this.records.denied(slot, event.code, denialText(this.client, event), event.at);
      case 'close_commanded':
      case 'close_ordered':
      case 'entry_ordered':
        return slot.desk.send(slot, event.intent);
    }
  }

  /** Phase b: the resting entry against the bar. */
  private fillRestingEntry(slot: Slot, { entry, firstFillAt }: Held, time: TimeMs): void {
    const { desk, row } = slot;
    if (entry === null || slot.entryFrom > row) return;
    const { high, low, open } = desk.market.bars;
    const price = desk.rules.restingLimit(entry.side, entry.limitPrice, open[row]!, high[row]!, low[row]!);
    slot.entryFrom = row + 1;
    if (price === null) return;
    const quantity = desk.rules.take(
      entry.leaves,
      () => this.parts.clientOrderId(slot, desk.orderKey(slot, 'e')),
      time,
    );
    if (quantity === 0) return;
    desk.act(time, row, price);
    desk.fillEntry(slot, quantity, price);
    if (firstFillAt === null && slot.held !== null) slot.beginWatch(slot.held, row, false);
  }

  /** Phase c: the legs against the bar. */
  private fillLegs(slot: Slot, held: Held, time: TimeMs): void {
    const { desk, row } = slot;
    if (slot.legsFrom > row || held.openLots <= 0) return;
    const { bars } = desk.market;
    const open = bars.open[row]!;
    const high = bars.high[row]!;
    const low = bars.low[row]!;
    desk.act(time, row, open);
    this.tellMovedStop(slot);
    slot.legsFrom = row + 1;
    // The stop may have been told to the desk just now, and the desk has replaced the view.
    const { side, stopLossPrice, takeProfitLeaves, takeProfitPrice } = slot.held!;
    const { rules } = desk;
    const closes = side === 'LONG' ? 'SELL' : 'BUY';
    const stop = stopLossPrice === null ? null : rules.restingStop(closes, stopLossPrice, open, high, low);
    const profit =
      takeProfitPrice === null ? null : rules.restingLimit(closes, takeProfitPrice, open, high, low);
    if (stop === null && profit === null) return slot.liveThrough(slot.held!, low, high);
    const profitFirst =
      profit !== null &&
      (stop === null || rules.firstLeg(closes, takeProfitPrice!, stopLossPrice!, open, high, low) === 't');
    if (profitFirst) {
      const id = () => this.parts.clientOrderId(slot, desk.orderKey(slot, 't'));
      const quantity = rules.take(takeProfitLeaves, id, time);
      if (quantity > 0) desk.fillTakeProfit(slot, quantity, profit);
      if (slot.held === null) return;
    }
    // What the take-profit has left is stopped where the bar reaches the stop as well.
    if (stop !== null) desk.fillStop(slot, rules.marketPrice(stop, closes));
    else slot.liveThrough(slot.held!, low, high);
  }

  private tellMovedStop(slot: Slot): void {
    const { desk, held, movedStop } = slot;
    if (movedStop === null || held === null) return;
    slot.movedStop = null;
    desk.moveStop(slot, movedStop);
  }

  private facts(slot: Slot): MarketFacts {
    const { at, price } = slot.desk;
    return { at, price, expectedPrice: null, volatility: null };
  }

  private entryFacts(slot: Slot): MarketFacts {
    const { desk, params } = slot;
    const { bars } = desk.market;
    if (this.watchesMarks) this.markChannels(desk);
    const needs = needsVolatility(params.takeProfit, params.stopLoss, params.trailingStop, params.breakEven);
    const known = params.entryPoint === 'open' ? slot.row : slot.row + 1;
    const { rules, price } = desk;
    return {
      at: desk.at,
      price,
      expectedPrice:
        params.maxSlippageBps === null
          ? null
          : { BUY: rules.marketPrice(price, 'BUY'), SELL: rules.marketPrice(price, 'SELL') },
      volatility: needs ? sampleVolatility(bars.close, known, params.volatilityWindow) : null,
    };
  }

  /** Values every holding at the last price that is known now: the acting price here, the last close elsewhere. */
  private markChannels(acting: Desk): void {
    for (const desk of this.parts.desks) {
      const { book, market } = desk;
      if (desk === acting) book.mark = acting.price;
      else if (book.longLots + book.shortLots > 0) book.mark = lastClose(market.bars, acting.at) ?? book.mark;
    }
  }
}

/** Empties a list that is filled again at once: setting its length would give up its memory. */
function clear(list: unknown[]): void {
  while (list.length > 0) list.pop();
}

/** The place from which on all signals ask for the same. */
function agreeingFrom(signals: readonly PendingSignal[]): number {
  let from = signals.length - 1;
  while (from > 0 && signals[from - 1]!.signal === signals[from]!.signal) from -= 1;
  return from;
}

function lastClose(bars: TickBars, time: TimeMs): Ticks | null {
  const row = lastAtOrBefore(bars.openTime, bars.length, time - bars.intervalMs);
  return row < 0 ? null : bars.close[row]!;
}
