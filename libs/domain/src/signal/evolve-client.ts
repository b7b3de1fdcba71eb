import { openingSide, type PositionSide, type TimeMs } from '../primitives/index.js';
import type { TradingState } from '../risk/denial.js';
import { utcDay } from '../risk/entry-checks.js';
import type { ChannelBook, ClientState, Target } from './client-state.js';
import type { ClientEvent } from './decide-signal.js';
import type { PositionReport } from './intent.js';

/** Folds what was decided into the client's state, in place. */
export function evolveClient(state: ClientState, event: ClientEvent): void {
  const book = state.channels[event.channel]!;
  const target = book.targets.get(strategyOf(event))!;
  switch (event.type) {
    case 'signal_ignored':
      // By its id: an event that was read from a journal has a signal object of its own.
      if (target.pending?.id === event.signal.id && event.reason !== 'STALE') target.pending = null;
      return;
    case 'entry_denied':
      target.lastSignalTime = event.signal.time;
      target.pending = null;
      return;
    case 'close_ordered':
      target.lastSignalTime = event.signal.time;
      target.closing = true;
      target.pending = event.pending;
      return;
    case 'close_commanded':
      target.closing = true;
      target.pending = null;
      return;
    case 'entry_ordered': {
      const { intent } = event;
      target.lastSignalTime = event.signal.time;
      target.pending = null;
      target.side = intent.side;
      target.lastEntry = { at: intent.at, side: openingSide(intent.side), quantity: intent.quantity };
      target.workingQty += intent.quantity;
      addExposure(book, intent.side, intent.quantity);
      return;
    }
  }
}

/** Whose target an event is about. */
export function strategyOf(event: ClientEvent): string {
  return event.type === 'close_commanded' ? event.intent.strategyId : event.signal.strategyId;
}

/** Folds a channel's report on one strategy's position: moves reservations, and books the result of a finished trade. */
export function applyPositionReport(
  state: ClientState,
  channel: number,
  report: PositionReport,
  at: TimeMs,
): void {
  const book = state.channels[channel]!;
  const target = book.targets.get(report.strategyId)!;
  addExposure(book, target.side, -(target.openQty + target.workingQty));
  target.side = report.side;
  target.openQty = report.openQty;
  target.workingQty = report.entryLeavesQty;
  addExposure(book, report.side, report.openQty + report.entryLeavesQty);
  if (report.closing === true) target.closing = true;
  if (report.closed === null) return;
  // A late fill's position may end while the strategy's current one is still being closed.
  if (report.closing !== true && target.openQty + target.workingQty === 0) target.closing = false;
  if (report.closed.traded)
    bookResult(state, book, target, report.closed.netPnl, report.closed.realizedPnl, at);
}

/** Sets who may trade: the whole client, or one strategy in one channel. */
export function setTradingState(state: ClientState, tradingState: TradingState, target?: Target): void {
  if (target) target.tradingState = tradingState;
  else state.tradingState = tradingState;
}

function addExposure(book: ChannelBook, side: PositionSide, lots: number): void {
  if (side === 'LONG') book.longLots += lots;
  else book.shortLots += lots;
}

function bookResult(
  state: ClientState,
  book: ChannelBook,
  target: Target,
  netPnl: bigint,
  realizedPnl: bigint,
  at: TimeMs,
): void {
  const day = utcDay(at);
  // A result of the day before that is told late belongs to no day any more; the day that counts goes on.
  if (day > state.day) {
    state.day = day;
    state.dayNetPnl = 0n;
  }
  if (day === state.day) state.dayNetPnl += netPnl;
  state.netPnl += netPnl;
  if (state.netPnl > state.peakNetPnl) state.peakNetPnl = state.netPnl;
  book.account.netPnl += netPnl;
  const { losses } = target;
  if (day < losses.day) return;
  if (day > losses.day) {
    losses.day = day;
    losses.inARow = 0;
  }
  if (realizedPnl < 0n) losses.inARow += 1;
  else if (realizedPnl > 0n) losses.inARow = 0;
}
