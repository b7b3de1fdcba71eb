import {
  cashValue,
  DENIAL_CODES,
  type CloseReason,
  type DenialCode,
  type StrategyPosition,
  type TimeMs,
} from '@bowline/domain';
import type { DenialRecord, TradeRecord } from '@bowline/ports';
import type { Slot } from './slot.js';

/** What one client's run leaves behind besides the channels' own records. */
export class RunRecords {
  readonly trades: TradeRecord[] = [];
  readonly denials: DenialRecord[] = [];
  readonly ignoredByReason = new Map<string, number>();

  ignored(reason: string, count = 1): void {
    this.ignoredByReason.set(reason, (this.ignoredByReason.get(reason) ?? 0) + count);
  }

  denied(slot: Slot, code: DenialCode, time: TimeMs): void {
    this.denials.push({
      channel: slot.channel.index,
      strategyId: slot.strategyId,
      time,
      code,
      text: DENIAL_CODES[code],
    });
  }

  /** A position that is over and had fills. */
  traded(slot: Slot, position: StrategyPosition, at: TimeMs): TradeRecord {
    const { channel, extremes } = slot;
    const { instrument } = channel.market;
    const realizedPnl = cashValue(instrument, position.realized);
    const long = position.side === 'LONG';
    const entry = Math.round(Number(position.entryValue) / position.enteredQty);
    const exit = Math.round(Number(position.exitValue) / position.enteredQty);
    const lowest = Math.min(extremes.lowest, entry, exit);
    const highest = Math.max(extremes.highest, entry, exit);
    const trade: TradeRecord = {
      channel: channel.index,
      strategyId: position.strategyId,
      strategyPositionId: position.id,
      side: position.side,
      quantity: position.enteredQty,
      entryTime: position.firstFillAt!,
      entryValue: position.entryValue,
      exitTime: at,
      exitValue: position.exitValue,
      closeReason: (position.closedBy ?? 'manual') satisfies CloseReason,
      realizedPnl,
      fees: position.fees,
      funding: position.funding,
      netPnl: realizedPnl - position.fees + position.funding,
      worstPrice: long ? lowest : highest,
      bestPrice: long ? highest : lowest,
      signalPrice: position.referencePrice,
      orders: position.filledOrders,
    };
    this.trades.push(trade);
    return trade;
  }
}
