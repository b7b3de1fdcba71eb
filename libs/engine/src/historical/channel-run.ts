import {
  applyFill,
  createChannel,
  executeChannel,
  isLive,
  sumOfShares,
  tickLots,
  type Cash,
  type ChannelBook,
  type ChannelEvent,
  type ChannelInput,
  type ChannelOrder,
  type ChannelState,
  type Lots,
  type OrderKey,
  type OrderTerms,
  type Share,
  type StrategyPosition,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { BarFills, FillRecord } from '@bowline/ports';
import type { Market } from './input.js';
import { EquitySteps } from './equity-steps.js';

/** What the bar exchange knows of one account: it numbers the trades. */
export interface AccountRun {
  nextTradeId: number;
}

/** Who is told when a strategy's position is over. */
export type OnClosed = (position: StrategyPosition, at: TimeMs) => void;

/** An order as it was placed, for the record. */
export interface PlacedOrder {
  readonly order: ChannelOrder;
  readonly strategyId: string;
}

export interface Invariants {
  checked: number;
  violated: number;
}

/**
 * One channel on the bar exchange: feeds the channel's decider, and does with its orders what the bar exchange does.
 * Everything that an input leads to has happened when `deliver` returns.
 */
export class ChannelRun {
  readonly state: ChannelState;
  /** The exchange's own books: the netted position, or LONG and SHORT in hedge mode. */
  readonly long: Share = { quantity: 0, cost: 0n };
  readonly short: Share = { quantity: 0, cost: 0n };
  readonly steps: EquitySteps;
  readonly placed: PlacedOrder[] = [];
  readonly fills: FillRecord[] = [];
  /** The bar of each fill. */
  readonly fillRows: number[] = [];
  readonly fundings: { readonly strategyId: string; readonly row: number; readonly amount: Cash }[] = [];
  /** Where and when orders act: set by the loop before each delivery. */
  at: TimeMs = 0;
  price: Ticks = 0;
  row = 0;

  constructor(
    readonly index: number,
    readonly market: Market,
    readonly book: ChannelBook,
    private readonly account: AccountRun,
    readonly rules: BarFills,
    readonly hedgeMode: boolean,
    private readonly invariants: Invariants,
    private readonly onClosed: OnClosed,
  ) {
    this.state = createChannel({ instrument: market.instrument, protection: 'native', reduceOnly: false, hedgeMode });
    this.steps = new EquitySteps(market.instrument);
  }

  deliver(input: ChannelInput): void {
    // The position is gone from the state once it is over, and its record is still to be written.
    const position = 'key' in input ? this.state.positions.get(input.key.strategyPositionId) : undefined;
    const events: ChannelEvent[] = [];
    executeChannel(this.state, input, events);
    for (const event of events) this.react(event, position);
  }

  /** Fills `quantity` of an order: books it at the exchange, records it, and tells the channel. */
  fill(order: ChannelOrder, strategyId: string, quantity: Lots, price: Ticks, liquidity: 'maker' | 'taker'): void {
    const { key, side } = order.terms;
    const signedQty = side === 'BUY' ? quantity : -quantity;
    const value = tickLots(price, quantity);
    const fee = this.rules.fee(value, liquidity);
    const tradeId = this.account.nextTradeId;
    this.account.nextTradeId += 1;
    applyFill(this.hedgeMode && order.terms.positionSide === 'SHORT' ? this.short : this.long, signedQty, price);
    this.steps.add(this.row, signedQty, value, fee);
    this.fillRows.push(this.row);
    this.fills.push({
      channel: this.index,
      strategyId,
      key,
      tradeId: String(tradeId),
      side,
      lastQty: quantity,
      lastPx: price,
      fee,
      liquidity,
      time: this.at,
    });
    this.deliver({
      type: 'execution',
      key,
      side,
      report: { execType: 'trade', tradeId, lastQty: quantity, lastPx: price, cumQty: null, orderQty: null, version: null },
      fee,
      feeBaseLots: 0,
      reason: null,
      at: this.at,
    });
    this.invariants.checked += 1;
    if (sumOfShares(this.state) !== this.long.quantity + this.short.quantity) this.invariants.violated += 1;
  }

  /** A report that moves no quantity. */
  report(order: ChannelOrder, execType: 'accept' | 'cancel' | 'expire' | 'replace' | 'reject'): void {
    this.deliver({
      type: 'execution',
      key: order.terms.key,
      side: order.terms.side,
      report: { execType, tradeId: null, lastQty: 0, lastPx: 0, cumQty: null, orderQty: null, version: null },
      fee: 0n,
      feeBaseLots: 0,
      reason: null,
      at: this.at,
    });
  }

  private react(event: ChannelEvent, position: StrategyPosition | undefined): void {
    switch (event.type) {
      case 'order_requested':
        return this.place(event.terms);
      case 'cancel_requested':
        return this.withOrder(event.key, (order) => this.report(order, 'cancel'));
      case 'replace_requested':
        return this.withOrder(event.key, (order) => {
          this.report(order, 'replace');
          this.withOrder(event.terms.key, (replaced, owner) => this.record(replaced, owner.strategyId));
        });
      case 'funding_booked': {
        const { strategyId } = this.state.positions.get(event.strategyPositionId)!;
        this.fundings.push({ strategyId, row: this.row, amount: event.amount });
        return this.steps.addCash(this.row, event.amount);
      }
      case 'dust_cash_booked':
        return this.steps.addCash(this.row, event.amount);
      case 'position_closed':
        return this.onClosed(position!, event.at);
      default:
    }
  }

  /** What the exchange does with a new order: market orders fill, limit orders fill on arrival or rest, legs rest. */
  private place(terms: OrderTerms): void {
    this.withOrder(terms.key, (order, position) => {
      this.record(order, position.strategyId);
      const { side, limitPrice } = terms;
      if (terms.orderType === 'market') {
        const price = this.rules.marketPrice(this.price, side);
        return this.fill(order, position.strategyId, terms.orderQty, price, 'taker');
      }
      const entry = terms.key.leg === 'e';
      if (!entry || limitPrice === null) return this.report(order, 'accept');
      const marketable = this.rules.marketable(side, limitPrice, this.price);
      if (terms.timeInForce === 'GTX' && marketable) return this.report(order, 'reject');
      if (marketable) return this.fill(order, position.strategyId, terms.orderQty, this.price, 'taker');
      const rests = terms.timeInForce === 'GTC' || terms.timeInForce === 'GTX';
      this.report(order, rests ? 'accept' : 'expire');
    });
  }

  private record(order: ChannelOrder, strategyId: string): void {
    this.placed.push({ order, strategyId });
  }

  private withOrder(key: OrderKey, act: (order: ChannelOrder, position: StrategyPosition) => void): void {
    const position = this.state.positions.get(key.strategyPositionId);
    if (position === undefined) return;
    const { leg, generation } = key;
    const order = leg === 'e' ? position.entry : leg === 't' ? position.takeProfit : leg === 's' ? position.stopLoss : position.exit;
    if (order !== null && order.terms.key.generation === generation && isLive(order.state)) act(order, position);
  }
}
