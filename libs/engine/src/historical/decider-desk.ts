import {
  createChannel,
  executeChannel,
  isLive,
  leavesQty,
  openQty,
  sumOfShares,
  tickLots,
  type ChannelEvent,
  type ChannelInput,
  type ChannelOrder,
  type ChannelState,
  type CloseIntent,
  type Lots,
  type OpenIntent,
  type OrderKey,
  type OrderTerms,
  type PositionSide,
  type StrategyPosition,
  type Ticks,
} from '@bowline/domain';
import type { OpenPositionRecord, OrderRecord } from '@bowline/ports';
import { Desk, type DeskSetup } from './desk.js';
import { openPositionRecord, orderRecord, tradeRecord } from './records.js';
import type { Held, Slot } from './slot.js';

/**
 * The channel's decider at the bar exchange: feeds it, and does with its orders what the bar exchange does.
 * Everything that an input leads to has happened when a call returns.
 */
export class DeciderDesk extends Desk {
  readonly state: ChannelState;
  private readonly placed: { readonly order: ChannelOrder; readonly strategyId: string }[] = [];
  private readonly slots = new Map<string, Slot>();

  constructor(setup: DeskSetup) {
    super(setup);
    const { hedgeMode, market } = setup;
    this.state = createChannel({
      instrument: market.instrument,
      protection: 'native',
      allowSynthetic: false,
      reduceOnly: false,
      hedgeMode,
    });
  }

  override send(slot: Slot, intent: OpenIntent | CloseIntent): void {
    this.slots.set(slot.strategyId, slot);
    this.deliver(intent);
    this.sync(slot);
  }

  override timeExit(slot: Slot): void {
    this.deliver({ type: 'time_exit_due', strategyPositionId: slot.held!.id, at: this.at });
    this.sync(slot);
  }

  override moveStop(slot: Slot, stopPrice: Ticks): void {
    this.deliver({ type: 'stop_moved', strategyPositionId: slot.held!.id, stopPrice, at: this.at });
    this.sync(slot);
  }

  override fillEntry(slot: Slot, quantity: Lots, price: Ticks): void {
    this.fill(this.position(slot).entry!, slot.strategyId, quantity, price, 'maker');
    this.sync(slot);
  }

  override fillTakeProfit(slot: Slot, quantity: Lots, price: Ticks): void {
    const { stopLoss, takeProfit } = this.position(slot);
    this.fillLeg(slot, takeProfit!, stopLoss, quantity, price, 'maker');
  }

  override fillStop(slot: Slot, price: Ticks): void {
    const { stopLoss, takeProfit } = this.position(slot);
    this.fillLeg(slot, stopLoss!, takeProfit, leavesQty(stopLoss!.state), price, 'taker');
  }

  override fund(rateUnits: bigint, rateScale: number): void {
    this.deliver({ type: 'funding', price: this.price, rateUnits, rateScale, at: this.at });
  }

  override orderKey(slot: Slot, leg: 'e' | 't'): OrderKey {
    const { entry, takeProfit } = this.position(slot);
    return (leg === 'e' ? entry : takeProfit)!.terms.key;
  }

  override orders(): OrderRecord[] {
    return this.placed.map(({ order, strategyId }) => orderRecord(this.index, strategyId, order));
  }

  override openPositions(): OpenPositionRecord[] {
    const held = [...this.state.positions.values()].filter((position) => openQty(position) > 0);
    return held.map((position) => openPositionRecord(this, position));
  }

  override sumOfShares(side?: PositionSide): Lots {
    if (side === undefined) return sumOfShares(this.state);
    let sum = 0;
    for (const position of this.state.positions.values())
      if (position.side === side) sum += position.share.quantity;
    return sum;
  }

  private position(slot: Slot): StrategyPosition {
    return this.state.positions.get(slot.held!.id)!;
  }

  private deliver(input: ChannelInput): void {
    // The position is gone from the state once it is over, and its record is still to be written.
    const id = 'key' in input ? input.key.strategyPositionId : undefined;
    const position = id === undefined ? undefined : this.state.positions.get(id);
    const events: ChannelEvent[] = [];
    executeChannel(this.state, input, events);
    for (const event of events) this.react(event, position);
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
      case 'funding_booked':
        return this.bookFunding(this.state.positions.get(event.strategyPositionId)!.strategyId, event.amount);
      case 'dust_cash_booked':
        return this.bookFunding(null, event.amount);
      case 'position_closed':
        return this.close(position!, event.at);
      default:
    }
  }

  private close(position: StrategyPosition, at: number): void {
    const slot = this.slots.get(position.strategyId)!;
    slot.held = null;
    const trade =
      position.enteredQty > 0
        ? tradeRecord(slot, position, slot.extremes, position.closedBy ?? 'manual', at)
        : null;
    if (trade !== null) this.setup.trades.add(trade);
    this.setup.listener.closed(slot, trade, at);
  }

  /** What the exchange does with a new order: market orders fill, limit orders fill on arrival or rest, legs rest. */
  private place(terms: OrderTerms): void {
    this.withOrder(terms.key, (order, { strategyId }) => {
      this.record(order, strategyId);
      const { limitPrice, orderQty, side, timeInForce } = terms;
      if (terms.orderType === 'market') {
        return this.fill(order, strategyId, orderQty, this.rules.marketPrice(this.price, side), 'taker');
      }
      if (terms.key.leg !== 'e' || limitPrice === null) return this.report(order, 'accept');
      const marketable = this.rules.marketable(side, limitPrice, this.price);
      if (timeInForce === 'GTX' && marketable) return this.report(order, 'reject');
      if (marketable) return this.fill(order, strategyId, orderQty, this.price, 'taker');
      this.report(order, timeInForce === 'GTC' || timeInForce === 'GTX' ? 'accept' : 'expire');
    });
  }

  /** Fills a leg; once it is filled the exchange cancels the other one of the pair by itself. */
  private fillLeg(
    slot: Slot,
    order: ChannelOrder,
    sibling: ChannelOrder | null,
    quantity: Lots,
    price: Ticks,
    liquidity: 'maker' | 'taker',
  ): void {
    this.fill(order, slot.strategyId, quantity, price, liquidity);
    if (!isLive(order.state) && sibling !== null && isLive(sibling.state)) this.report(sibling, 'cancel');
    this.sync(slot);
  }

  private fill(
    order: ChannelOrder,
    strategyId: string,
    quantity: Lots,
    price: Ticks,
    liquidity: 'maker' | 'taker',
  ): void {
    const { key, positionSide, side } = order.terms;
    const fee = this.rules.fee(tickLots(price, quantity), liquidity);
    const tradeId = this.tradeAtExchange(
      strategyId,
      key,
      side,
      positionSide,
      quantity,
      price,
      fee,
      liquidity,
    );
    const report = { execType: 'trade', tradeId, lastQty: quantity, lastPx: price } as const;
    this.deliver({ type: 'execution', key, side, report, fee, feeBaseLots: 0, reason: null, at: this.at });
    this.checkShares();
  }

  /** A report that moves no quantity. */
  private report(
    { terms }: ChannelOrder,
    execType: 'accept' | 'cancel' | 'expire' | 'replace' | 'reject',
  ): void {
    const { key, side } = terms;
    const report = { execType, tradeId: null, lastQty: 0, lastPx: 0 } as const;
    this.deliver({
      type: 'execution',
      key,
      side,
      report,
      fee: 0n,
      feeBaseLots: 0,
      reason: null,
      at: this.at,
    });
  }

  private record(order: ChannelOrder, strategyId: string): void {
    if (this.setup.keepsRecords) this.placed.push({ order, strategyId });
  }

  private withOrder(key: OrderKey, act: (order: ChannelOrder, position: StrategyPosition) => void): void {
    const position = this.state.positions.get(key.strategyPositionId);
    if (position === undefined) return;
    const { entry, exit, stopLoss, takeProfit } = position;
    const order = key.leg === 'e' ? entry : key.leg === 't' ? takeProfit : key.leg === 's' ? stopLoss : exit;
    if (order?.terms.key.generation === key.generation && isLive(order.state)) act(order, position);
  }

  /** Shows the slot what has become of its position, and tells the client. */
  private sync(slot: Slot): void {
    const position = this.state.current.get(slot.strategyId);
    slot.held = position === undefined ? null : heldOf(position);
    this.setup.listener.changed(slot);
  }
}

function heldOf(position: StrategyPosition): Held {
  const { entry, takeProfit } = position;
  const rests = entry !== null && isLive(entry.state) && entry.terms.limitPrice !== null;
  return {
    id: position.id,
    side: position.side,
    plan: position.plan,
    firstFillAt: position.firstFillAt,
    openLots: openQty(position),
    cost: position.share.cost,
    takeProfitPrice: position.takeProfitPrice,
    stopLossPrice: position.stopLossPrice,
    takeProfitLeaves: takeProfit === null ? 0 : leavesQty(takeProfit.state),
    entry: rests
      ? { side: entry.terms.side, limitPrice: entry.terms.limitPrice!, leaves: leavesQty(entry.state) }
      : null,
  };
}
