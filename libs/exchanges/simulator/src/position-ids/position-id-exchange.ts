import {
  externalReferenceProblem,
  type Instrument,
  type Lots,
  type OrderActivity,
  type Side,
} from '@bowline/domain';
import type { ExchangeClient, ExchangeRequest } from '@bowline/ports';
import { draw } from '../bar/index.js';
import { idOf, isStale, type Arrival } from '../client/arrival.js';
import { MockClient } from '../client/mock-client.js';
import { MockExchange } from '../client/mock-exchange.js';
import { settingsOf, type CarriedOut, type MockSettings } from '../client/options.js';
import { amendCommand, placeCommand } from '../client/to-command.js';
import { isTrade, toReport } from '../client/to-report.js';
import type { ExecutionReport, TradeReport } from '../matching/index.js';
import {
  activityAnswer,
  balanceFact,
  listAnswer,
  orderAnswer,
  positionFact,
  tradeAnswers,
  type Answer,
} from './answers.js';
import { POSITION_ID_CAPABILITIES } from './capabilities.js';
import { OrderLog } from './order-log.js';
import { activityStatus, isOpen, named, note, type PlacedOrder } from './placed-order.js';
import { PositionBook, type Merge, type OpenPosition } from './position-book.js';
import type { PositionIdOptions } from './options.js';
import { RequestLine } from './request-line.js';
import { ORDER_MS, Session } from './session.js';

interface Desk {
  readonly account: string;
  readonly line: MockClient;
  readonly client: ExchangeClient;
  readonly session: Session;
  readonly positions: PositionBook;
  readonly log: OrderLog;
}

type PlaceRequest = Extract<ExchangeRequest, { type: 'place' }>;
type PlacedRequest = Extract<ExchangeRequest, { type: 'place' | 'amend' | 'cancel' }>;

/**
 * An exchange at which a symbol has several positions, each with an id, as at Saxo: an order opens one or closes what
 * there is, positions are merged after a while, and only the log of orders, seconds later, says which order was filled
 * into which position. Orders match in a `MockExchange`, whose net position is the sum of them.
 */
export class PositionIdExchange {
  /** Where orders meet: prices are fed to it, and it knows the truth of orders, trades and cash. */
  readonly market: MockExchange;
  private readonly settings: MockSettings;
  private readonly desks: ReadonlyMap<string, Desk>;
  private readonly requests: RequestLine;
  private readonly instruments: ReadonlyMap<string, Instrument>;
  /** By the exchange's own id. */
  private readonly orders = new Map<string, PlacedOrder>();
  private ids = 0;
  /** The request that is being carried out, until it is answered. */
  private cause: Arrival | null = null;

  /** Throws a RangeError on options that cannot be. */
  constructor(private readonly options: PositionIdOptions) {
    this.settings = settingsOf(options);
    this.requests = new RequestLine(this.settings, (arrival) => this.arrive(arrival));
    this.instruments = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
    const onCarriedOut = (carriedOut: CarriedOut): void => this.onCarriedOut(carriedOut);
    this.market = new MockExchange({ ...options, onCarriedOut });
    const desks = options.accounts.map(({ account }) => [account, this.openDesk(account)] as const);
    this.desks = new Map(desks);
  }

  /** The account's end of the line. Throws a RangeError on an unknown account. */
  client(account: string): ExchangeClient {
    return this.deskOf(account).client;
  }

  /** What the account holds in the symbol, oldest first. */
  positions(account: string, symbol: string): readonly OpenPosition[] {
    return this.deskOf(account).positions.in(symbol);
  }

  /** The account's log of orders, also what is not shown yet. */
  activities(account: string): readonly OrderActivity[] {
    return this.deskOf(account).log.all.map(({ activity }) => activity);
  }

  /** The positions of the symbol become one, at their average, under the id of the newest; null where there is only one. */
  merge(account: string, symbol: string): Merge | null {
    return this.deskOf(account).positions.merge(symbol);
  }

  /** A person trades at the market. `closes`: that position, or the oldest (null); left out: it opens one. */
  byHand(account: string, symbol: string, side: Side, orderQty: Lots, closes?: string | null): void {
    const toOpenClose = closes === undefined ? 'ToOpen' : 'ToClose';
    const order = this.enter(account, {
      symbol,
      side,
      orderQty,
      toOpenClose,
      closes: closes ?? null,
      reference: null,
    });
    const { orderId: clientOrderId } = order;
    this.market.carryOut({
      kind: 'new',
      account,
      symbol,
      clientOrderId,
      side,
      orderType: 'MARKET',
      orderQty,
    });
  }

  /** The day is over: what is open goes on tomorrow, and the log says so. */
  endDay(account: string): void {
    for (const order of this.orders.values()) {
      if (order.account === account && isOpen(order)) this.log(order, 'done_for_day', null, 0);
    }
  }

  /** Breaks the account's line, as `MockExchange` does. */
  disconnect(account: string): void {
    this.deskOf(account).line.disconnect();
  }

  /** Mends the account's line, which its client says. */
  reconnect(account: string): void {
    const { line } = this.deskOf(account);
    if (line.reconnect()) line.say(this.requests.identified({ type: 'reconnected' }));
  }

  private openDesk(account: string): Desk {
    const line = new MockClient(
      account,
      this.settings,
      (sent) => this.requests.send(sent),
      (sent) => this.requests.giveUp(sent),
    );
    const session = new Session(this.options.orderMs ?? ORDER_MS);
    const client: ExchangeClient = {
      exchange: this.settings.exchange,
      account,
      capabilities: { ...POSITION_ID_CAPABILITIES, recvWindowMs: this.settings.recvWindowMs },
      pace: session.pace,
      send: (request) => line.send(request),
      connect: (onReport) => line.connect(onReport),
      close: () => line.close(),
    };
    const [least, most] = this.options.logLagMs ?? [3_000, 10_000];
    const lagOf = (activityId: string): number =>
      least + Math.floor(draw(this.settings.seed, `${account} log ${activityId}`, 0) * (most - least + 1));
    return {
      ...{ account, line, client, session },
      positions: new PositionBook(() => this.nextId()),
      log: new OrderLog(lagOf),
    };
  }

  private arrive(arrival: Arrival): void {
    const { client, request } = arrival;
    const { clock, recvWindowMs } = this.settings;
    const desk = this.deskOf(client.account);
    switch (request.type) {
      case 'query_order':
        return this.requests.answer(arrival, orderAnswer(this.ordersOf(desk, request), request));
      case 'query_position':
        return this.requests.answer(arrival, this.positionAnswer(desk, request));
      default:
    }
    if (isStale(request, clock.now(), recvWindowMs))
      return this.requests.refuse(arrival, request, 'NOT_SENT');
    if (request.type === 'cancel') return this.onOrder(desk, arrival, request);
    switch (desk.session.admit(request, clock.now())) {
      case '429':
        return this.requests.refuse(arrival, request, 'NOT_SENT');
      case '409':
        // It has arrived before, and what came of that is looked up.
        return this.requests.answer(arrival, orderAnswer(this.ordersOf(desk, request), request));
      case null:
        return request.type === 'place'
          ? this.place(desk, arrival, request)
          : this.onOrder(desk, arrival, request);
    }
  }

  private place(desk: Desk, arrival: Arrival, request: PlaceRequest): void {
    const { clientOrderId: reference, closes = null, symbol, terms } = request;
    const { orderQty, side } = terms;
    const toOpenClose = terms.key.leg === 'e' ? 'ToOpen' : terms.reduceOnly ? 'ToClose' : 'Undefined';
    if (externalReferenceProblem(reference) !== null) return this.requests.refuse(arrival, request, 'OTHER');
    if (toOpenClose === 'ToClose' && desk.positions.closable(symbol, side) < orderQty)
      return this.requests.refuse(arrival, request, 'POSITION_TOO_SMALL');
    const order = this.enter(desk.account, { symbol, side, orderQty, toOpenClose, closes, reference });
    const command = placeCommand(desk.account, false, request);
    this.carryOut(arrival, { ...command, clientOrderId: order.orderId, reduceOnly: false });
  }

  /** Something is to become of an order that carries the reference: the latest that is open. */
  private onOrder(desk: Desk, arrival: Arrival, request: Exclude<PlacedRequest, PlaceRequest>): void {
    const order = this.ordersOf(desk, request).filter(isOpen).at(-1);
    if (order === undefined) return this.requests.refuse(arrival, request, 'UNKNOWN_ORDER');
    const { symbol } = request;
    const { account } = desk;
    const { orderId } = order;
    const command =
      request.type === 'amend'
        ? { ...amendCommand(account, request), clientOrderId: orderId }
        : ({ kind: 'cancel', account, symbol, clientOrderId: orderId } as const);
    this.carryOut(arrival, command);
  }

  private carryOut(arrival: Arrival, command: Parameters<MockExchange['carryOut']>[0]): void {
    this.cause = arrival;
    this.market.carryOut(command);
    this.cause = null;
    if (arrival.fault === 'reply_lost') this.requests.giveUp(arrival);
  }

  private enter(
    account: string,
    fields: Pick<PlacedOrder, 'symbol' | 'side' | 'orderQty' | 'toOpenClose' | 'closes' | 'reference'>,
  ): PlacedOrder {
    const orderId = this.nextId();
    const placed: PlacedOrder = {
      ...{ account, orderId, ...fields },
      ...{ positionId: null, status: 'new', cumQty: 0, trades: [] },
    };
    this.orders.set(orderId, placed);
    return placed;
  }

  /** Tells the accounts what has happened to them, after it has met their positions and their logs. */
  private onCarriedOut({ reports }: CarriedOut): void {
    const traded = new Map<string, TradeReport>();
    for (const report of reports) {
      const desk = this.desks.get(report.account);
      if (desk === undefined) continue;
      if (isTrade(report)) traded.set(`${report.account} ${report.symbol}`, report);
      const order = this.orders.get(report.clientOrderId);
      if (order === undefined) this.onForced(desk, report);
      else this.onReport(desk, order, report);
    }
    for (const report of traded.values()) {
      const { line, account } = this.deskOf(report.account);
      const at = report.time;
      line.tell(
        {
          id: `b${report.execId}`,
          at,
          ...balanceFact(this.market, account, this.instruments.get(report.symbol)!),
        },
        null,
      );
      line.tell({ id: `p${report.execId}`, at, ...positionFact(this.market, account, report.symbol) }, null);
      this.dropCloses(report);
      this.mergeLater(report);
    }
  }

  private onReport(desk: Desk, order: PlacedOrder, report: ExecutionReport): void {
    note(order, report);
    if (isTrade(report)) this.onTrade(desk, order, report);
    else {
      const status = activityStatus(report);
      if (status !== null) this.log(order, status, null, 0);
    }
    const said = toReport(report);
    if (said === null) return;
    const { cause } = this;
    const isReply = cause?.client === desk.line && order.reference === idOf(cause.request);
    if (isReply && cause.fault === 'reply_lost') return;
    desk.line.tell(named(order, said), isReply ? cause : null);
    if (isReply) this.cause = null;
  }

  private onTrade({ positions }: Desk, order: PlacedOrder, report: TradeReport): void {
    const { lastPx: price, lastQty, side, symbol, time: at } = report;
    const quantity = side === 'BUY' ? lastQty : -lastQty;
    const trade = { symbol, quantity, price, externalReference: order.reference, at };
    const opens = order.toOpenClose === 'ToOpen';
    const shares = opens ? [positions.open(trade, order.positionId)] : positions.close(trade, order.closes);
    if (opens) order.positionId = shares[0]!.positionId;
    const last = activityStatus(report)!;
    shares.forEach((share, i) => {
      const status = i === shares.length - 1 ? last : 'fill';
      this.log(order, status, share.positionId, Math.abs(share.quantity));
    });
  }

  /** What the exchange closes by itself is the oldest. */
  private onForced({ line, positions }: Desk, report: ExecutionReport): void {
    const said = toReport(report);
    if (isTrade(report)) {
      const { lastPx: price, lastQty, side, symbol, time: at } = report;
      const quantity = side === 'BUY' ? lastQty : -lastQty;
      positions.close({ symbol, quantity, price, externalReference: null, at }, null);
    }
    if (said !== null) line.tell(said, null);
  }

  private log(
    order: PlacedOrder,
    status: OrderActivity['status'],
    positionId: string | null,
    filledQty: Lots,
  ): void {
    const { account, orderId, reference: externalReference, symbol } = order;
    const desk = this.deskOf(account);
    const { clock } = this.settings;
    const said = { activityId: this.nextId(), orderId, externalReference, status, positionId, filledQty };
    const activity = this.options.told?.({ ...said, at: clock.now() }) ?? { ...said, at: clock.now() };
    const line = desk.log.append(activity, symbol);
    clock.callAt(line.shownAt, () => desk.line.tell(activityAnswer(line), null));
  }

  /** An order that only closes ends with the last position that it could close. */
  private dropCloses({ account, symbol }: TradeReport): void {
    const { clock } = this.settings;
    // Not within the command that has closed it.
    clock.callAt(clock.now(), () => {
      const { positions } = this.deskOf(account);
      for (const { orderId: clientOrderId, toOpenClose, ...order } of this.orders.values()) {
        const isOne = toOpenClose === 'ToClose' && order.account === account && order.symbol === symbol;
        if (!isOne || !isOpen(order)) continue;
        if (positions.closable(symbol, order.side) > 0) continue;
        this.market.carryOut({ kind: 'cancel', expired: true, account, symbol, clientOrderId });
      }
    });
  }

  private mergeLater({ account, symbol }: TradeReport): void {
    const { mergeAfterMs = null } = this.options;
    if (mergeAfterMs === null || this.positions(account, symbol).length < 2) return;
    const { clock } = this.settings;
    clock.callAt(clock.now() + mergeAfterMs, () => this.merge(account, symbol));
  }

  private positionAnswer(
    { account, log, positions }: Desk,
    request: Extract<ExchangeRequest, { type: 'query_position' }>,
  ): readonly Answer[] {
    const { afterActivityId = null, symbol } = request;
    const instrument = this.instruments.get(symbol)!;
    const missing = this.options.missingOf?.(account, symbol) ?? null;
    const lines = log.after(afterActivityId, this.settings.clock.now());
    const lastActivityId = lines.at(-1)?.activity.activityId ?? afterActivityId;
    return [
      ...tradeAnswers(this.market, this.orders, account, request),
      ...lines.map(activityAnswer),
      balanceFact(this.market, account, instrument),
      listAnswer(positions.in(symbol), instrument, missing, lastActivityId),
      positionFact(this.market, account, symbol),
    ];
  }

  private ordersOf(
    { account }: Desk,
    { clientOrderId, symbol }: { readonly clientOrderId: string; readonly symbol: string },
  ): PlacedOrder[] {
    return [...this.orders.values()].filter(
      (order) => order.account === account && order.reference === clientOrderId && order.symbol === symbol,
    );
  }

  private deskOf(account: string): Desk {
    const desk = this.desks.get(account);
    if (desk === undefined) throw new RangeError(`${this.settings.exchange} has no account ${account}`);
    return desk;
  }

  /** Ids of orders, positions and lines of the log count as one. */
  private nextId(): string {
    this.ids += 1;
    return String(5_000_000 + this.ids);
  }
}
