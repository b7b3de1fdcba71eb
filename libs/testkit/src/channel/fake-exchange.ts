import type {
  Cash,
  ChannelEvent,
  Execution,
  Lots,
  OrderExecution,
  OrderKey,
  OrderTerms,
  RejectReason,
  TickLots,
  Ticks,
  TimeMs,
} from '@bowline/domain';
import {
  isOpen,
  leaves,
  nameOf,
  type ExchangeOrder,
  type ExchangeOrderStatus,
  type ExchangeTrade,
  type Report,
  type Request,
} from './exchange-order.js';

export interface FakeExchangeOptions {
  /** The legs of a position are one order list: one filled, the other is canceled by the exchange. */
  readonly pairs?: boolean;
  /** Reports carry the exchange's own cumQty and a version. */
  readonly totals?: boolean;
  /** Fee per lot of a fill, so that every fill has one. */
  readonly feePerLot?: Cash;
}

/**
 * The far side of a channel: it takes orders, and does with them what the test says. It knows what is true (`orders`,
 * `trades`, `net`, `cash`), and tells of it in `outbox`, in the words of the gateway. Nothing happens by itself.
 */
export class FakeExchange {
  readonly orders: ExchangeOrder[] = [];
  readonly trades: ExchangeTrade[] = [];
  readonly requests: Request[] = [];
  readonly outbox: Report[] = [];
  /** Orders whose fate the gateway does not know. */
  readonly lost = new Set<ExchangeOrder>();
  /** Replacements that never arrived, by the order that they were for. */
  private readonly unsent = new Map<ExchangeOrder, OrderTerms>();
  /** What market orders fill at where the test does not say. */
  price: Ticks = 100;
  now: TimeMs = 0;
  private readonly byName = new Map<string, ExchangeOrder>();

  constructor(private readonly options: FakeExchangeOptions = {}) {}

  /** Takes what a decision asks for. Throws where an order's name is used a second time. */
  receive(event: ChannelEvent): void {
    switch (event.type) {
      case 'order_requested':
        this.requests.push({ kind: 'new', order: this.add(event.terms, 'in_flight') });
        return;
      case 'cancel_requested':
        this.requests.push({ kind: 'cancel', order: this.order(event.key) });
        return;
      case 'replace_requested':
        this.requests.push({ kind: 'replace', order: this.order(event.key), terms: event.terms });
        return;
      default:
    }
  }

  order(key: OrderKey): ExchangeOrder {
    const order = this.byName.get(nameOf(key));
    if (!order) throw new Error(`the exchange never heard of ${nameOf(key)}`);
    return order;
  }

  /** The newest order of a leg of a strategy position. */
  newest(strategyPositionId: string, leg: OrderKey['leg']): ExchangeOrder {
    const found = this.orders.filter(
      ({ terms }) => terms.key.strategyPositionId === strategyPositionId && terms.key.leg === leg,
    );
    if (found.length === 0) throw new Error(`${strategyPositionId} has no order of leg ${leg}`);
    return found.at(-1)!;
  }

  /** Orders that may still fill. */
  live(): ExchangeOrder[] {
    return this.orders.filter(isOpen);
  }

  /** Signed lots of all trades. */
  net(): Lots {
    return this.trades.reduce((sum, { signedQty, feeBaseLots }) => sum + signedQty - feeBaseLots, 0);
  }

  /** What our orders' fills have brought in, less what they cost: ticks x lots. */
  cash(): TickLots {
    let cash = 0n;
    for (const { key, price, signedQty } of this.trades) if (key) cash -= BigInt(price) * BigInt(signedQty);
    return cash;
  }

  accept(order: ExchangeOrder): void {
    if (order.status !== 'in_flight') return;
    order.status = 'working';
    this.settleRequest('new', order);
    this.tell(order, 'accept', { orderQty: order.orderQty });
  }

  /** Fills part of an order, or what is left of it. A fill of what has ended came before the end, and is told late. */
  fill(
    order: ExchangeOrder,
    quantity: Lots = leaves(order),
    price = this.priceOf(order),
    feeBaseLots = 0,
  ): void {
    const { key, side } = order.terms;
    this.settleRequest('new', order);
    order.cumQty += quantity;
    if (isOpen(order)) order.status = order.cumQty >= order.orderQty ? 'filled' : 'working';
    const fee = BigInt(quantity) * (this.options.feePerLot ?? 0n);
    const signedQty = side === 'BUY' ? quantity : -quantity;
    const trade = { tradeId: this.trades.length + 1, key, signedQty, price, fee, feeBaseLots };
    this.trades.push(trade);
    this.tellTrade(order, trade, order.cumQty);
    if (this.options.pairs === true && order.status === 'filled') this.cancelSibling(order);
  }

  reject(order: ExchangeOrder, reason: RejectReason = 'OTHER'): void {
    this.end(order, 'rejected', 'reject', reason);
  }

  cancel(order: ExchangeOrder, reason: RejectReason | null = null): void {
    this.end(order, 'canceled', 'cancel', reason);
  }

  expire(order: ExchangeOrder, reason: RejectReason | null = null): void {
    this.end(order, 'expired', 'expire', reason);
  }

  /** Changes the quantity of a resting order without having been asked. */
  restate(order: ExchangeOrder, orderQty: Lots): void {
    order.orderQty = orderQty;
    this.tell(order, 'restate', { orderQty });
  }

  /** Does what a request asks for, or says that it cannot be done any more. */
  answer(request: Request): void {
    const { order } = request;
    this.drop(request);
    switch (request.kind) {
      case 'new':
        return this.accept(order);
      case 'cancel':
        if (isOpen(order)) return this.cancel(order);
        return this.tell(order, 'cancel_reject');
      case 'replace': {
        if (!isOpen(order)) return this.tell(order, 'replace_reject');
        order.status = 'canceled';
        this.tell(order, 'replace');
        this.add(request.terms, 'working');
      }
    }
  }

  refuse(request: Request, reason: RejectReason = 'OTHER'): void {
    this.drop(request);
    if (request.kind === 'new') return this.reject(request.order, reason);
    this.tell(request.order, request.kind === 'cancel' ? 'cancel_reject' : 'replace_reject', {}, reason);
  }

  /** Cancel-replace in two steps: the old order is gone, and the new one is accepted or not. */
  replaceByHalves(request: Request & { readonly kind: 'replace' }, accepted: boolean): void {
    const { order, terms } = request;
    if (!isOpen(order)) return this.answer(request);
    this.drop(request);
    this.cancel(order);
    const next = this.add(terms, 'in_flight');
    if (accepted) this.accept(next);
    else this.reject(next);
  }

  /** The answer to a request is lost; `took` says whether the request was executed all the same. */
  lose(request: Request, took: boolean): void {
    const { order } = request;
    const executed = took && isOpen(order);
    if (executed) {
      const told = this.outbox.length;
      this.answer(request);
      // What the exchange did is true; that it said so is not.
      this.outbox.splice(told);
    } else {
      this.drop(request);
      if (request.kind === 'new' && order.status === 'in_flight') order.status = 'absent';
    }
    this.lost.add(order);
    if (request.kind === 'replace') {
      if (executed) this.lost.add(this.order(request.terms.key));
      else this.unsent.set(order, request.terms);
    }
    this.tell(order, 'lose');
  }

  /** Asks the exchange what became of an order, and tells it: its trades once more, and how it stands. */
  query(order: ExchangeOrder): void {
    // It has not arrived yet: that it is not there proves nothing.
    if (order.status === 'in_flight') return;
    this.lost.delete(order);
    let cumQty = 0;
    for (const trade of this.trades) {
      if (trade.key === null || nameOf(trade.key) !== nameOf(order.terms.key)) continue;
      cumQty += Math.abs(trade.signedQty);
      this.tellTrade(order, trade, cumQty);
    }
    const unsent = this.unsent.get(order);
    this.unsent.delete(order);
    if (unsent && isOpen(order)) this.tell(order, 'replace_reject');
    if (order.status === 'working') this.tell(order, 'accept', { orderQty: order.orderQty });
    else if (order.status === 'absent') this.tell(order, 'resolve_absent');
    else if (order.status === 'canceled') this.tell(order, 'cancel');
    else if (order.status === 'expired') this.tell(order, 'expire');
    else if (order.status === 'rejected') this.tell(order, 'reject', {}, 'NOT_SENT');
    // Every replace is answered: by the old order while that is open, else by the new one.
    if (unsent && !isOpen(order)) this.reject(this.add(unsent, 'in_flight'), 'NOT_SENT');
  }

  /** A trade that is none of our orders': made by hand, or by force. Returns its id. */
  tradeOutside(signedQty: Lots, price: Ticks): number {
    const tradeId = this.trades.length + 1;
    this.trades.push({ tradeId, key: null, signedQty, price, fee: 0n, feeBaseLots: 0 });
    return tradeId;
  }

  private add(terms: OrderTerms, status: ExchangeOrderStatus): ExchangeOrder {
    const name = nameOf(terms.key);
    if (this.byName.has(name)) throw new Error(`${name} was sent twice`);
    const order: ExchangeOrder = { terms, status, orderQty: terms.orderQty, cumQty: 0, version: 0 };
    this.orders.push(order);
    this.byName.set(name, order);
    return order;
  }

  private end(
    order: ExchangeOrder,
    status: ExchangeOrderStatus,
    execType: 'reject' | 'cancel' | 'expire',
    reason: RejectReason | null,
  ): void {
    if (!isOpen(order)) return;
    order.status = status;
    this.settleRequest('new', order);
    this.tell(order, execType, {}, reason);
  }

  private cancelSibling({ terms: { key } }: ExchangeOrder): void {
    if (key.leg !== 't' && key.leg !== 's') return;
    const sibling = key.leg === 't' ? 's' : 't';
    for (const order of this.live()) {
      const other = order.terms.key;
      if (other.strategyPositionId === key.strategyPositionId && other.leg === sibling) this.cancel(order);
    }
  }

  private tell(
    order: ExchangeOrder,
    execType: OrderExecution['execType'],
    said: Partial<OrderExecution> = {},
    reason: RejectReason | null = null,
  ): void {
    order.version += 1;
    const cumQty = this.options.totals === true ? order.cumQty : null;
    // A refusal is the answer to a request and tells nothing of the order's own changes: it has no version.
    const { version } = execType.endsWith('_reject') ? { version: null } : this.versionOf(order);
    const report = { execType, tradeId: null, lastQty: 0, lastPx: 0, cumQty, version, ...said };
    this.send(order, report, 0n, 0, reason);
  }

  private tellTrade(order: ExchangeOrder, trade: ExchangeTrade, total: Lots): void {
    order.version += 1;
    const { fee, feeBaseLots, price, signedQty, tradeId } = trade;
    const report: OrderExecution = {
      execType: 'trade',
      tradeId,
      lastQty: Math.abs(signedQty),
      lastPx: price,
      cumQty: this.options.totals === true ? total : null,
      orderQty: null,
      ...this.versionOf(order),
    };
    this.send(order, report, fee, feeBaseLots, null);
  }

  private send(
    { terms: { key, side } }: ExchangeOrder,
    report: OrderExecution,
    fee: Cash,
    feeBaseLots: Lots,
    reason: RejectReason | null,
  ): void {
    const execution: Execution = {
      type: 'execution',
      key,
      side,
      report,
      fee,
      feeBaseLots,
      reason,
      at: this.now,
    };
    this.outbox.push({ execution });
  }

  private versionOf(order: ExchangeOrder): { readonly version: number | null } {
    return { version: this.options.totals === true ? order.version : null };
  }

  private priceOf({ terms }: ExchangeOrder): Ticks {
    return terms.limitPrice ?? terms.stopPrice ?? this.price;
  }

  private drop(request: Request): void {
    const place = this.requests.indexOf(request);
    if (place >= 0) this.requests.splice(place, 1);
  }

  /** What has been done needs no answer any more. */
  private settleRequest(kind: Request['kind'], order: ExchangeOrder): void {
    const place = this.requests.findIndex((request) => request.kind === kind && request.order === order);
    if (place >= 0) this.requests.splice(place, 1);
  }
}
