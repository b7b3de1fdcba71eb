import {
  tickLots,
  type Cash,
  type CloseReason,
  type Lots,
  type PositionSide,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { TradeRecord } from '@bowline/ports';
import { tradeRecord } from './records.js';
import type { Slot } from './slot.js';

/** A trade whose entry and exit each filled at one price: everything else follows from these. */
export interface WholeTrade {
  readonly slot: Slot;
  /** Which of the strategy's positions in the channel it was. */
  readonly sequence: number;
  readonly side: PositionSide;
  readonly quantity: Lots;
  readonly entryTime: TimeMs;
  readonly entryPrice: Ticks;
  readonly exitTime: TimeMs;
  readonly exitPrice: Ticks;
  readonly exitLiquidity: 'maker' | 'taker';
  readonly exitLeg: 't' | 's' | 'x';
  readonly exitGeneration: number;
  readonly closeReason: CloseReason;
  readonly referencePrice: Ticks;
  readonly funding: Cash;
}

const FIELDS = 14;
const REASONS: readonly CloseReason[] = [
  'take_profit',
  'stop_loss',
  'signal',
  'reversal',
  'time_exit',
  'manual',
  'halt',
  'liquidation',
];
const LEGS = ['t', 's', 'x'] as const;

/**
 * A client's trades, in the order in which they were closed. Whole trades are rows of numbers, from which the records
 * are made when somebody reads them: a hundred thousand record objects cost more to carry through garbage
 * collections than the trades cost to make.
 */
export class TradeLog {
  private rows = new Float64Array(FIELDS * 1024);
  private readonly slots: Slot[] = [];
  private readonly others = new Map<number, TradeRecord>();
  private readonly fundings = new Map<number, Cash>();
  length = 0;

  add(trade: TradeRecord): void {
    this.others.set(this.length, trade);
    this.length += 1;
  }

  addWhole(trade: WholeTrade): void {
    const at = this.length * FIELDS;
    if (at + FIELDS > this.rows.length) this.grow();
    const { rows } = this;
    const { lowest, highest } = trade.slot.extremes;
    rows[at] = trade.slot.place;
    rows[at + 1] = trade.sequence;
    rows[at + 2] = trade.side === 'LONG' ? 1 : -1;
    rows[at + 3] = trade.quantity;
    rows[at + 4] = trade.entryTime;
    rows[at + 5] = trade.entryPrice;
    rows[at + 6] = trade.exitTime;
    rows[at + 7] = trade.exitPrice;
    rows[at + 8] = trade.exitLiquidity === 'maker' ? 1 : 0;
    rows[at + 9] = LEGS.indexOf(trade.exitLeg) + 4 * trade.exitGeneration;
    rows[at + 10] = REASONS.indexOf(trade.closeReason);
    rows[at + 11] = trade.referencePrice;
    rows[at + 12] = lowest;
    rows[at + 13] = highest;
    if (trade.funding !== 0n) this.fundings.set(this.length, trade.funding);
    this.slots[trade.slot.place] = trade.slot;
    this.length += 1;
  }

  records(): TradeRecord[] {
    return Array.from({ length: this.length }, (_, i) => this.others.get(i) ?? this.whole(i));
  }

  private whole(i: number): TradeRecord {
    const row = this.rows.subarray(i * FIELDS, (i + 1) * FIELDS);
    const [
      place,
      sequence,
      sign,
      quantity,
      entryTime,
      entryPrice,
      exitTime,
      exitPrice,
      maker,
      leg,
      reason,
      reference,
    ] = row as unknown as number[];
    const slot = this.slots[place!]!;
    const { rules } = slot.desk;
    const id = `${slot.strategyId}-${sequence}`;
    const entryValue = tickLots(entryPrice!, quantity!);
    const exitValue = tickLots(exitPrice!, quantity!);
    const exitKey = { strategyPositionId: id, leg: LEGS[leg! % 4]!, generation: Math.floor(leg! / 4) };
    const finished = {
      id,
      side: sign === 1 ? ('LONG' as const) : ('SHORT' as const),
      enteredQty: quantity!,
      entryValue,
      exitValue,
      firstFillAt: entryTime!,
      realized: sign === 1 ? exitValue - entryValue : entryValue - exitValue,
      fees: rules.fee(entryValue, 'taker') + rules.fee(exitValue, maker === 1 ? 'maker' : 'taker'),
      funding: this.fundings.get(i) ?? 0n,
      referencePrice: reference!,
      filledOrders: [{ strategyPositionId: id, leg: 'e' as const, generation: 0 }, exitKey],
    };
    return tradeRecord(slot, finished, { lowest: row[12]!, highest: row[13]! }, REASONS[reason!]!, exitTime!);
  }

  private grow(): void {
    const rows = new Float64Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
  }
}
