import type { Decimal, Lots, OrderKey, RejectReason, Ticks, TimeMs } from '@bowline/domain';
import type {
  ExchangeCapabilities,
  ExchangeClient,
  ExchangeFact,
  ExchangeReport,
  ExchangeRequest,
} from '@bowline/ports';
import { SIMULATED_CAPABILITIES } from '../capabilities.js';
import { BarAccount, type BarAccountOptions } from './bar-account.js';
import type { BarMarket } from './bar-market.js';
import { inOrderOfStrategies, isOpen, leavesOf, pairOf, type BarOrder } from './bar-order.js';

export interface BarExchangeOptions extends BarAccountOptions {
  readonly exchange: string;
  readonly account: string;
  /** Names an order for the draws of partial fills. Its clientOrderId where it is left out. */
  readonly drawName?: (symbol: string, key: OrderKey) => string;
}

/** The prices of a bar, in ticks. */
export interface ExchangeBar {
  readonly openTime: TimeMs;
  readonly open: Ticks;
  readonly high: Ticks;
  readonly low: Ticks;
}

/**
 * One account at an exchange that knows nothing but bars: what the historical loop does with orders, behind the port
 * of a real exchange. Orders fill by the loop's own rules, and only when whoever drives it says so: `act` sets the
 * price at which orders act that arrive, `fillEntries` and `fillPairs` compare what rests with a bar. Nothing takes
 * time: an answer is told before `send` returns.
 *
 * Take-profit and stop-loss are one order list: once a leg is filled whole, the other one is canceled. Legs rest
 * wherever the price is, and a bar fills them.
 */
export class BarExchange implements ExchangeClient {
  readonly exchange: string;
  readonly account: string;
  readonly books: BarAccount;
  /** A request arrives at once or never. */
  readonly capabilities: ExchangeCapabilities = {
    ...SIMULATED_CAPABILITIES,
    nativeOco: true,
    amend: [],
    recvWindowMs: 0,
  };
  readonly pace = null;
  private readonly orders = new Map<string, BarOrder>();
  private readonly open = new Set<BarOrder>();
  /** Trade n is at n - 1. */
  private readonly trades: TradeTold[] = [];
  /** Market orders that wait for `release`; null: none have to. */
  private held: BarOrder[] | null = null;
  private told = 0;
  private now: TimeMs = 0;
  private onReport: ((report: ExchangeReport) => void) | null = null;

  constructor(private readonly options: BarExchangeOptions) {
    this.exchange = options.exchange;
    this.account = options.account;
    this.books = new BarAccount(options);
  }

  connect(onReport: (report: ExchangeReport) => void): Promise<void> {
    this.onReport = onReport;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.onReport = null;
    return Promise.resolve();
  }

  send(request: ExchangeRequest): void {
    switch (request.type) {
      case 'place':
        return this.place(request);
      case 'cancel':
        return this.cancel(request);
      case 'amend':
        return this.refuse(request, this.openOrder(request.clientOrderId) === null);
      case 'query_order':
        return this.answerOrder(request.symbol, request.clientOrderId);
      case 'query_position':
        return this.answerPosition(request.symbol, request.afterTradeId);
    }
  }

  /** From here on what arrives in a symbol acts at this price and time: at a bar's open, or its close. */
  act(symbol: string, at: TimeMs, price: Ticks): void {
    const market = this.marketOf(symbol);
    this.now = at;
    market.price = price;
    market.barsFrom = at;
  }

  /** Compares resting entries with a bar, strategy by strategy. Yields after each fill, for what that leads to. */
  *fillEntries(symbol: string, bar: ExchangeBar): Generator<void> {
    const market = this.marketOf(symbol);
    const { high, low, open, openTime } = bar;
    for (const order of inOrderOfStrategies(this.resting(symbol))) {
      const { limitPrice, side } = order.terms;
      if (order.pair !== null || limitPrice === null || !isOpen(order) || order.barsFrom > openTime) continue;
      const price = market.fills.restingLimit(side, limitPrice, open, high, low);
      const quantity = price === null ? 0 : this.take(market, order, openTime);
      if (price === null || quantity === 0) continue;
      this.actWithin(market, openTime, price);
      this.trade(market, order, quantity, price, 'maker');
      yield;
    }
  }

  /** Compares take-profits and stops with a bar, strategy by strategy. Yields after each fill. */
  *fillPairs(symbol: string, { high, low, open, openTime }: ExchangeBar): Generator<void> {
    const market = this.marketOf(symbol);
    const { fills } = market;
    for (const pair of new Set(inOrderOfStrategies(this.resting(symbol)).map((order) => order.pair))) {
      if (pair === null || !market.isLive(pair, openTime)) continue;
      this.actWithin(market, openTime, open);
      const { stop, takeProfit } = pairOf(pair, this.resting(symbol));
      const closes = (stop ?? takeProfit)!.terms.side;
      const stopPrice = stop?.terms.stopPrice ?? null;
      const profitPrice = takeProfit?.terms.limitPrice ?? null;
      const stopped = stopPrice === null ? null : fills.restingStop(closes, stopPrice, open, high, low);
      const profit = profitPrice === null ? null : fills.restingLimit(closes, profitPrice, open, high, low);
      const profitFirst =
        profit !== null &&
        (stopped === null || fills.firstLeg(closes, profitPrice!, stopPrice!, open, high, low) === 't');
      const quantity = profitFirst ? this.take(market, takeProfit!, openTime) : 0;
      if (quantity > 0) {
        this.trade(market, takeProfit!, quantity, profit!, 'maker');
        yield;
      }
      // What the take-profit has left is stopped where the bar reaches the stop as well.
      const rest = stopped === null ? null : pairOf(pair, this.resting(symbol)).stop;
      if (rest === null) continue;
      this.trade(market, rest, leavesOf(rest), fills.marketPrice(stopped!, closes), 'taker');
      yield;
    }
  }

  /** Market orders wait from here on. */
  hold(): void {
    this.held ??= [];
  }

  /** Those that have waited fill now, strategy by strategy. */
  release(): void {
    const waiting = inOrderOfStrategies(this.held ?? []);
    this.held = null;
    for (const order of waiting) if (isOpen(order)) this.fillAtMarket(order);
  }

  /** Charges a rate at the acting price; longs pay shorts where it is above 0. */
  fund(symbol: string, rate: Decimal): void {
    const market = this.marketOf(symbol);
    const price = market.price!;
    this.books.fund(market, price, rate);
    this.tell({ type: 'funding', symbol, price, rateUnits: rate.units, rateScale: rate.scale });
  }

  /** Whether the legs of a strategy position could fill in the bar that opens at this time. */
  isLive(symbol: string, strategyPositionId: string, openTime: TimeMs): boolean {
    return this.marketOf(symbol).isLive(strategyPositionId, openTime);
  }

  /** The clientOrderIds of everything that rests. */
  openOrders(): string[] {
    return [...this.open].map(({ clientOrderId }) => clientOrderId);
  }

  private place({ clientOrderId, ocoGroup, symbol, terms }: Place): void {
    if (this.orders.has(clientOrderId)) return this.answerOrder(symbol, clientOrderId);
    const market = this.books.markets.get(symbol);
    const { limitPrice, orderQty, orderType, side, timeInForce } = terms;
    // Without a price there is no market yet.
    if (!market || market.price === null || orderQty <= 0)
      return this.reject(clientOrderId, symbol, orderQty);
    const crosses =
      ocoGroup === null && limitPrice !== null && market.fills.marketable(side, limitPrice, market.price);
    if (crosses && timeInForce === 'GTX') return this.reject(clientOrderId, symbol, orderQty);
    const order: BarOrder = {
      clientOrderId,
      symbol,
      terms,
      pair: ocoGroup,
      barsFrom: market.barsFrom,
      status: 'new',
      cumQty: 0,
    };
    this.orders.set(clientOrderId, order);
    this.open.add(order);
    this.tellOrder(order, 'accept');
    if (crosses) this.trade(market, order, orderQty, market.price, 'taker');
    else if (orderType === 'limit' && timeInForce !== 'GTC' && timeInForce !== 'GTX')
      this.end(order, 'expired');
    else if (orderType === 'market' && this.held === null) this.fillAtMarket(order);
    else if (orderType === 'market') this.held!.push(order);
  }

  private cancel(request: Extract<ExchangeRequest, { type: 'cancel' }>): void {
    const order = this.openOrder(request.clientOrderId);
    if (order === null) this.refuse(request, true);
    else this.end(order, 'canceled');
  }

  /** What happens within a bar: what it opens is reached by the next one at the earliest. */
  private actWithin(market: BarMarket, openTime: TimeMs, price: Ticks): void {
    this.now = openTime;
    market.price = price;
    market.barsFrom = openTime + 1;
  }

  private fillAtMarket(order: BarOrder): void {
    const market = this.marketOf(order.symbol);
    const price = market.fills.marketPrice(market.price!, order.terms.side);
    this.trade(market, order, leavesOf(order), price, 'taker');
  }

  /** Lots that a bar which touches the order gives it. */
  private take({ fills }: BarMarket, order: BarOrder, openTime: TimeMs): Lots {
    const { clientOrderId, symbol, terms } = order;
    const name = () => this.options.drawName?.(symbol, terms.key) ?? clientOrderId;
    return fills.take(leavesOf(order), name, openTime);
  }

  private trade(
    market: BarMarket,
    order: BarOrder,
    lastQty: Lots,
    lastPx: Ticks,
    liquidity: Liquidity,
  ): void {
    const { clientOrderId, pair, symbol, terms } = order;
    const fee = this.books.trade(market, order, lastQty, lastPx, liquidity);
    const { side } = terms;
    const tradeId = this.trades.length + 1;
    const cumQty = (order.cumQty += lastQty);
    order.status = leavesOf(order) === 0 ? 'filled' : 'partially_filled';
    market.lastTradeId = tradeId;
    const fact = { type: 'trade', symbol, clientOrderId, tradeId, side, lastQty, lastPx, cumQty } as const;
    const told = { ...this.stamp(), ...fact, fee, feeBaseLots: 0, liquidity };
    this.trades.push(told);
    this.onReport?.(told);
    // As exchanges do: what a trade has made of the account comes right behind it.
    this.tellAccount(market);
    if (isOpen(order)) return;
    this.open.delete(order);
    if (pair === null) return;
    for (const sibling of this.resting(symbol)) if (sibling.pair === pair) this.end(sibling, 'canceled');
  }

  private end(order: BarOrder, status: 'canceled' | 'expired'): void {
    order.status = status;
    this.open.delete(order);
    this.tellOrder(order, status === 'canceled' ? 'cancel' : 'expire');
  }

  private answerOrder(symbol: string, clientOrderId: string): void {
    const order = this.orders.get(clientOrderId);
    if (order?.symbol !== symbol) return this.tell({ type: 'order_absent', symbol, clientOrderId });
    for (const trade of this.trades) if (trade.clientOrderId === clientOrderId) this.onReport?.(trade);
    const { cumQty, status: orderStatus, terms } = order;
    const { orderQty } = terms;
    this.tell({ type: 'order_status', symbol, clientOrderId, orderStatus, orderQty, cumQty });
  }

  private answerPosition(symbol: string, afterTradeId: number): void {
    for (const trade of this.trades.slice(afterTradeId)) if (trade.symbol === symbol) this.onReport?.(trade);
    this.tellAccount(this.marketOf(symbol));
  }

  private tellAccount({ instrument, lastTradeId, long, short, signedQty }: BarMarket): void {
    const { settle, symbol } = instrument;
    this.tell({ type: 'balance', asset: settle, balance: this.books.balance() });
    const both = long.quantity !== 0 && short.quantity !== 0;
    const entryPrice = both ? null : (long.averageText() ?? short.averageText());
    this.tell({ type: 'position', symbol, signedQty, entryPrice, lastTradeId });
  }

  private reject(clientOrderId: string, symbol: string, orderQty: Lots): void {
    this.tell({
      type: 'order',
      symbol,
      clientOrderId,
      execType: 'reject',
      orderQty,
      cumQty: 0,
      reason: 'OTHER',
    });
  }

  private refuse({ clientOrderId, symbol, type: request }: CancelOrAmend, unknownOrder: boolean): void {
    const reason: RejectReason | null = unknownOrder ? null : 'OTHER';
    this.tell({ type: 'request_refused', request, symbol, clientOrderId, unknownOrder, reason });
  }

  private tellOrder(order: BarOrder, execType: 'accept' | 'cancel' | 'expire'): void {
    const { clientOrderId, cumQty, symbol, terms } = order;
    const { orderQty } = terms;
    this.tell({ type: 'order', symbol, clientOrderId, execType, orderQty, cumQty, reason: null });
  }

  private tell(fact: ExchangeFact): void {
    this.onReport?.({ ...this.stamp(), ...fact });
  }

  private stamp(): { readonly id: string; readonly at: TimeMs } {
    this.told += 1;
    return { id: `x${this.told}`, at: this.now };
  }

  private resting(symbol: string): BarOrder[] {
    return [...this.open].filter((order) => order.symbol === symbol);
  }

  private openOrder(clientOrderId: string): BarOrder | null {
    const order = this.orders.get(clientOrderId);
    return order !== undefined && isOpen(order) ? order : null;
  }

  private marketOf(symbol: string): BarMarket {
    const market = this.books.markets.get(symbol);
    if (market === undefined) {
      throw new RangeError(`${this.exchange} lists no ${symbol}: name it in the markets of its options`);
    }
    return market;
  }
}

type Place = Extract<ExchangeRequest, { type: 'place' }>;
type CancelOrAmend = Extract<ExchangeRequest, { type: 'cancel' | 'amend' }>;
type Liquidity = 'maker' | 'taker';
type TradeTold = Extract<ExchangeReport, { type: 'trade' }>;
