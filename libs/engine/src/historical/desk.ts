import type {
  Cash,
  ChannelBook,
  CloseIntent,
  Lots,
  OpenIntent,
  OrderKey,
  PositionSide,
  Side,
  Ticks,
  TimeMs,
} from '@bowline/domain';
import type { BarFills, FillRecord, OpenPositionRecord, OrderRecord, TradeRecord } from '@bowline/ports';
import { ExchangeBook } from './exchange-book.js';
import { EquitySteps } from './equity-steps.js';
import type { Market } from './input.js';
import type { Slot } from './slot.js';
import type { TradeLog } from './trade-log.js';

/** What the bar exchange knows of one account: it numbers the trades. */
export interface AccountRun {
  nextTradeId: number;
}

export interface Invariants {
  checked: number;
  violated: number;
}

/** What a finished trade brought. */
export type TradeResult = Pick<TradeRecord, 'netPnl' | 'realizedPnl'>;

/** Who is told of a position: the client's side of the loop. */
export interface DeskListener {
  /** Something about the slot's position has changed. */
  changed(slot: Slot): void;
  /** The slot's position is over; null where nothing ever filled. */
  closed(slot: Slot, result: TradeResult | null, at: TimeMs): void;
}

export interface DeskSetup {
  readonly index: number;
  readonly market: Market;
  readonly book: ChannelBook;
  readonly account: AccountRun;
  readonly rules: BarFills;
  readonly hedgeMode: boolean;
  /** Whether orders and fills are kept, or trades only. */
  readonly keepsRecords: boolean;
  /** How densely exact equity is kept. */
  readonly every: 'daily' | 'bar';
  readonly invariants: Invariants;
  readonly trades: TradeLog;
  readonly listener: DeskListener;
}

/**
 * One channel at the bar exchange, as the loop drives it. The loop says when and at which price something acts (`at`,
 * `price`, `row`), and what the bars fill; the desk keeps the strategies' positions and the exchange's own books, and
 * keeps each slot's view of its position up to date. `DeciderDesk` runs the channel's decider; `QuickDesk` is the
 * same rule in the shape of the hot loop, for channels without resting entries, scale-in, and partial fills.
 */
export abstract class Desk {
  /** The exchange's own books: the netted position, or LONG and SHORT in hedge mode. */
  readonly long = new ExchangeBook();
  readonly short = new ExchangeBook();
  readonly steps: EquitySteps;
  readonly fills: FillRecord[] = [];
  /** The bar of each fill. */
  readonly fillRows: number[] = [];
  readonly fundings: { readonly strategyId: string; readonly row: number; readonly amount: Cash }[] = [];
  readonly index: number;
  readonly market: Market;
  readonly book: ChannelBook;
  readonly rules: BarFills;
  readonly hedgeMode: boolean;
  at: TimeMs = 0;
  price: Ticks = 0;
  row = 0;

  constructor(protected readonly setup: DeskSetup) {
    this.index = setup.index;
    this.market = setup.market;
    this.book = setup.book;
    this.rules = setup.rules;
    this.hedgeMode = setup.hedgeMode;
    this.steps = new EquitySteps(setup.market.instrument, setup.market.bars, setup.every);
  }

  abstract send(slot: Slot, intent: OpenIntent | CloseIntent): void;
  abstract timeExit(slot: Slot): void;
  /** Tightens the stop: where a trailing or break-even rule has it. */
  abstract moveStop(slot: Slot, stopPrice: Ticks): void;
  /** A bar fills lots of the resting entry. */
  abstract fillEntry(slot: Slot, quantity: Lots, price: Ticks): void;
  abstract fillTakeProfit(slot: Slot, quantity: Lots, price: Ticks): void;
  /** A bar triggers the stop, which fills in full. */
  abstract fillStop(slot: Slot, price: Ticks): void;
  /** Funding at the price that has been set. */
  abstract fund(rateUnits: bigint, rateScale: number): void;
  /** What names the order that a partial fill is drawn for. */
  abstract orderKey(slot: Slot, leg: 'e' | 't'): OrderKey;
  abstract orders(): OrderRecord[];
  /** In the order in which they were opened. */
  abstract openPositions(): OpenPositionRecord[];
  /** Signed lots that the strategies (and EXTERNAL, DUST) have; of one side in hedge mode where it is given. */
  abstract sumOfShares(side?: PositionSide): Lots;

  /** Sets where and when what follows acts. */
  act(at: TimeMs, row: number, price: Ticks): void {
    this.at = at;
    this.row = row;
    this.price = price;
  }

  /**
   * A trade in the exchange's books and in the records; `key` is null where no records are kept. Returns its number; the
   * owner's books are the desk's.
   */
  protected tradeAtExchange(
    strategyId: string,
    key: OrderKey | null,
    side: Side,
    positionSide: PositionSide,
    lastQty: Lots,
    lastPx: Ticks,
    fee: Cash,
    liquidity: 'maker' | 'taker',
  ): number {
    const signedQty = side === 'BUY' ? lastQty : -lastQty;
    const tradeId = this.setup.account.nextTradeId;
    this.setup.account.nextTradeId += 1;
    (this.hedgeMode && positionSide === 'SHORT' ? this.short : this.long).add(signedQty, lastPx);
    this.steps.add(this.row, signedQty, lastPx, fee);
    if (this.setup.keepsRecords && key !== null) {
      this.fillRows.push(this.row);
      this.fills.push({
        channel: this.index,
        strategyId,
        key,
        tradeId: String(tradeId),
        side,
        lastQty,
        lastPx,
        fee,
        liquidity,
        time: this.at,
      });
    }
    return tradeId;
  }

  /** I1, after every fill: the strategies' shares add up to what the exchange holds, on each side that it keeps. */
  protected checkShares(): void {
    const { invariants } = this.setup;
    invariants.checked += 1;
    const { long, short } = this;
    const agree = this.hedgeMode
      ? this.sumOfShares('LONG') === long.quantity && this.sumOfShares('SHORT') === short.quantity
      : this.sumOfShares() === long.quantity;
    if (!agree) invariants.violated += 1;
  }

  protected bookFunding(strategyId: string | null, amount: Cash): void {
    if (strategyId !== null) this.fundings.push({ strategyId, row: this.row, amount });
    this.steps.addCash(this.row, amount);
  }
}
