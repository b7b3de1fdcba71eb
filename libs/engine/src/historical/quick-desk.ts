import {
  allocateFunding,
  cashValue,
  closingSide,
  legPrices,
  openingSide,
  signOf,
  tickLots,
  type Cash,
  type CloseIntent,
  type CloseReason,
  type Leg,
  type Lots,
  type OpenIntent,
  type OrderKey,
  type PositionSide,
  type ProtectionPlan,
  type TickLots,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { OpenPositionRecord, OrderRecord } from '@bowline/ports';
import { Desk } from './desk.js';
import { markedPosition } from './records.js';
import type { Held, Slot } from './slot.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A position whose entry filled whole and whose exit will: all there is to know of it. */
class QuickPosition implements Held {
  readonly entry = null;
  readonly plan: ProtectionPlan;
  readonly referencePrice: Ticks;
  readonly takeProfitLeaves: Lots;
  funding: Cash = 0n;
  nextGeneration = 1;
  /** The resting legs' records; null where there is no such leg, or no records are kept. */
  stop: Mutable<OrderRecord> | null = null;
  takeProfit: Mutable<OrderRecord> | null = null;
  stopGeneration = 0;
  takeProfitGeneration = 0;

  constructor(
    readonly slot: Slot,
    readonly sequence: number,
    readonly side: PositionSide,
    readonly openLots: Lots,
    intent: OpenIntent,
    readonly entryPrice: Ticks,
    readonly cost: TickLots,
    readonly firstFillAt: TimeMs,
    readonly fees: Cash,
    readonly takeProfitPrice: Ticks | null,
    public stopLossPrice: Ticks | null,
  ) {
    this.plan = intent.plan;
    this.referencePrice = intent.referencePrice;
    this.takeProfitLeaves = openLots;
  }

  /** Put together when somebody asks: most positions are never named. */
  get id(): string {
    return `${this.slot.strategyId}-${this.sequence}`;
  }
}

/**
 * What `DeciderDesk` does, in the shape of the hot loop: at a synchronous exchange a market entry is filled, its pair
 * resting, and an exit whole by the time the call returns, so that a trade is two bookings. The rules it books by
 * (leg prices, fees, funding, the ledger's sums) are the domain's own. `desks.spec.ts` holds the two desks together
 * on random runs: same trades, orders, fills, and equity.
 */
export class QuickDesk extends Desk {
  /** How many positions each slot has opened. */
  private readonly opened: number[] = [];
  /** In the order in which they were opened. */
  private readonly positions: QuickPosition[] = [];
  private readonly orderRecords: OrderRecord[] = [];

  override send(slot: Slot, intent: OpenIntent | CloseIntent): void {
    const position = slot.held as QuickPosition | null;
    if (intent.type === 'open') this.open(slot, intent);
    else if (position !== null) this.exitAtMarket(position, intent.reason);
  }

  override timeExit(slot: Slot): void {
    this.exitAtMarket(slot.held as QuickPosition, 'time_exit');
  }

  override moveStop(slot: Slot, stopPrice: Ticks): void {
    const position = slot.held as QuickPosition;
    const { side, stopLossPrice } = position;
    if (stopLossPrice !== null && (stopPrice - stopLossPrice) * signOf(side) <= 0) return;
    position.stopLossPrice = stopPrice;
    this.endOrder(position.stop, 'canceled');
    position.stopGeneration = position.nextGeneration;
    position.stop = this.rest(position, 's', stopPrice);
  }

  override fillTakeProfit(slot: Slot, quantity: Lots, price: Ticks): void {
    const position = slot.held as QuickPosition;
    this.endOrder(position.takeProfit, 'filled', quantity, price);
    this.exit(position, 't', position.takeProfitGeneration, price, 'maker', 'take_profit', position.stop);
  }

  override fillStop(slot: Slot, price: Ticks): void {
    const position = slot.held as QuickPosition;
    this.endOrder(position.stop, 'filled', position.openLots, price);
    this.exit(position, 's', position.stopGeneration, price, 'taker', 'stop_loss', position.takeProfit);
  }

  override fillEntry(): void {
    throw new Error('no entry rests at a quick desk');
  }

  override fund(rateUnits: bigint, rateScale: number): void {
    const shares = this.positions.map((position) => ({
      owner: position.id,
      signedLots: position.openLots * signOf(position.side),
      position,
    }));
    const rate = { units: rateUnits, scale: rateScale };
    const { amounts, dust } = allocateFunding(
      shares,
      this.price,
      rate,
      this.market.instrument,
      this.hedgeMode,
    );
    for (const [i, { amount }] of amounts.entries()) {
      if (amount === 0n) continue;
      shares[i]!.position.funding += amount;
      this.bookFunding(shares[i]!.position.slot.strategyId, amount);
    }
    if (dust !== 0n) this.bookFunding(null, dust);
  }

  override orderKey(slot: Slot): OrderKey {
    const position = slot.held as QuickPosition;
    return { strategyPositionId: position.id, leg: 't', generation: position.takeProfitGeneration };
  }

  override orders(): OrderRecord[] {
    return this.orderRecords;
  }

  override openPositions(): OpenPositionRecord[] {
    return this.positions.map((position) =>
      markedPosition(this, position.slot.strategyId, position, {
        realizedPnl: 0n,
        fees: position.fees,
        funding: position.funding,
      }),
    );
  }

  override sumOfShares(side?: PositionSide): Lots {
    let sum = 0;
    for (const position of this.positions) {
      if (side === undefined || side === position.side) sum += position.openLots * signOf(position.side);
    }
    return sum;
  }

  private open(slot: Slot, intent: OpenIntent): void {
    const { plan, quantity, side } = intent;
    const sequence = (this.opened[slot.place] ?? 0) + 1;
    this.opened[slot.place] = sequence;
    const buySell = openingSide(side);
    const price = this.rules.marketPrice(this.price, buySell);
    const cost = tickLots(price, quantity);
    const fee = this.rules.fee(cost, 'taker');
    const { stopLoss, takeProfit } = legPrices(this.market.instrument, side, plan, cost, quantity);
    const position = new QuickPosition(
      slot,
      sequence,
      side,
      quantity,
      intent,
      price,
      cost,
      this.at,
      fee,
      takeProfit,
      stopLoss,
    );
    slot.held = position;
    this.positions.push(position);
    const key = this.keyFor(position, 'e', 0);
    this.record(position, key, 'market', null, 'filled', price);
    if (stopLoss !== null) {
      position.stopGeneration = position.nextGeneration;
      position.stop = this.rest(position, 's', stopLoss);
    }
    if (takeProfit !== null) {
      position.takeProfitGeneration = position.nextGeneration;
      position.takeProfit = this.rest(position, 't', takeProfit);
    }
    this.tradeAtExchange(slot.strategyId, key, buySell, side, quantity, price, fee, 'taker');
    this.checkShares();
    this.setup.listener.changed(slot);
  }

  private exitAtMarket(position: QuickPosition, reason: CloseReason): void {
    const { side } = position;
    const price = this.rules.marketPrice(this.price, closingSide(side));
    const generation = position.nextGeneration;
    this.endOrder(position.takeProfit, 'canceled');
    this.endOrder(position.stop, 'canceled');
    this.record(position, this.keyFor(position, 'x', generation), 'market', null, 'filled', price);
    this.exit(position, 'x', generation, price, 'taker', reason, null);
  }

  /** Closes the whole position at `price`; the exchange cancels the sibling of a leg that filled. */
  private exit(
    position: QuickPosition,
    leg: 't' | 's' | 'x',
    generation: number,
    price: Ticks,
    liquidity: 'maker' | 'taker',
    reason: CloseReason,
    sibling: Mutable<OrderRecord> | null,
  ): void {
    const { cost, openLots, side, slot } = position;
    const exitValue: TickLots = tickLots(price, openLots);
    const fee = this.rules.fee(exitValue, liquidity);
    const key = this.keyFor(position, leg, generation);
    this.tradeAtExchange(slot.strategyId, key, closingSide(side), side, openLots, price, fee, liquidity);
    this.endOrder(sibling, 'canceled');
    remove(this.positions, position);
    slot.held = null;
    this.checkShares();
    this.setup.trades.addWhole({
      slot,
      sequence: position.sequence,
      side,
      quantity: openLots,
      entryTime: position.firstFillAt,
      entryPrice: position.entryPrice,
      exitTime: this.at,
      exitPrice: price,
      exitLiquidity: liquidity,
      exitLeg: leg,
      exitGeneration: generation,
      closeReason: reason,
      referencePrice: position.referencePrice,
      funding: position.funding,
    });
    const realizedPnl = cashValue(
      this.market.instrument,
      side === 'LONG' ? exitValue - cost : cost - exitValue,
    );
    const netPnl = realizedPnl - position.fees - fee + position.funding;
    this.setup.listener.closed(slot, { netPnl, realizedPnl }, this.at);
  }

  /** What names an order in the records; null where none are kept. */
  private keyFor(position: QuickPosition, leg: Leg, generation: number): OrderKey | null {
    return this.setup.keepsRecords ? { strategyPositionId: position.id, leg, generation } : null;
  }

  private rest(position: QuickPosition, leg: 't' | 's', price: Ticks): Mutable<OrderRecord> | null {
    const key = this.keyFor(position, leg, position.nextGeneration);
    position.nextGeneration += 1;
    return this.record(position, key, leg === 't' ? 'limit' : 'stop_market', price, 'new', null);
  }

  private record(
    { openLots, side, slot }: QuickPosition,
    key: OrderKey | null,
    orderType: OrderRecord['orderType'],
    price: Ticks | null,
    orderStatus: 'new' | 'filled',
    fillPrice: Ticks | null,
  ): Mutable<OrderRecord> | null {
    if (key === null) return null;
    const record: Mutable<OrderRecord> = {
      channel: this.index,
      strategyId: slot.strategyId,
      key,
      side: key.leg === 'e' ? openingSide(side) : closingSide(side),
      orderType,
      timeInForce: key.leg === 'e' ? slot.params.timeInForce : 'GTC',
      orderQty: openLots,
      limitPrice: orderType === 'limit' ? price : null,
      stopPrice: orderType === 'stop_market' ? price : null,
      orderStatus,
      cumQty: fillPrice === null ? 0 : openLots,
      cumValue: fillPrice === null ? 0n : tickLots(fillPrice, openLots),
      createdTime: this.at,
      updatedTime: this.at,
    };
    this.orderRecords.push(record);
    return record;
  }

  private endOrder(
    record: Mutable<OrderRecord> | null,
    status: 'canceled' | 'filled',
    cumQty = 0,
    price = 0,
  ): void {
    if (record === null) return;
    record.orderStatus = status;
    record.cumQty = cumQty;
    record.cumValue = tickLots(price, cumQty);
    record.updatedTime = this.at;
  }
}

/** Takes the position out and keeps the order of the others: there are a few, and `splice` makes a list of what it took. */
function remove(positions: QuickPosition[], position: QuickPosition): void {
  for (let at = positions.indexOf(position); at < positions.length - 1; at += 1)
    positions[at] = positions[at + 1]!;
  positions.pop();
}
