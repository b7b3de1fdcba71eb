import {
  formatUnits,
  type Cash,
  type Decimal,
  type Instrument,
  type Lots,
  type Ticks,
  type TimeMs,
} from '@bowline/domain';
import type { ExchangeCapabilities, ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { draw } from '../bar/index.js';
import type { BookSink, MarketQuote, MarketTick } from '../market/index.js';
import type {
  AccountOptions,
  AccountSetting,
  AccountSettings,
  AssetBalance,
  DeleverageEvent,
  Depth,
  ExecutionReport,
  OrderPositionSide,
  OrderRequest,
  OrderSnapshot,
  PositionReport,
  RejectCode,
  TradeReport,
} from '../matching/index.js';
import { settingFact } from './setting-fact.js';
import { balanceFact, orderAnswer, positionAnswer, positionFact, type Answer } from './answers.js';
import { compareArrivals, idOf, isStale, messageOf, type Arrival } from './arrival.js';
import { ExchangeCore } from './exchange-core.js';
import { Instants } from './instants.js';
import { capabilitiesOf, MockClient, type AnsweringClient, type Sent } from './mock-client.js';
import { settingsOf, type MockExchangeOptions, type MockSettings } from './options.js';
import { amendCommand, cancelCommand, placeCommand, type Command } from './to-command.js';
import { isTrade, toReport } from './to-report.js';
import { travelTime } from './travel.js';

/** The truth of an exchange, for checks: what it has, without latency or faults. Throws a RangeError on an unknown account. */
export interface ExchangeBook {
  /** What the account holds; nothing where it is flat. */
  positions(account: string): readonly Omit<PositionReport, 'unrealizedPnl'>[];
  /** In hedge mode LONG less SHORT. */
  signedQty(account: string, symbol: string): Lots;
  /** Open orders, conditional ones included, in the order of their arrival. */
  openOrders(account: string, symbol?: string): readonly OrderSnapshot[];
  /** Cash by currency: what was paid in, plus realized P&L, less fees. */
  balances(account: string): ReadonlyMap<string, Cash>;
}

/**
 * An exchange with several accounts, to trade against in one process: the matching engine behind the port
 * `ExchangeClient`. Requests and reports travel on the clock. What arrives at one instant acts in a canonical order, and
 * every draw depends on the seed and on what it is about, so a run is the same on every machine, whatever the order in
 * which its parts sent.
 *
 * With a log it survives the death of the process as a real exchange would: opened again it stands where it stood;
 * requests that were on their way, and reports, are gone, and queries tell.
 */
export class MockExchange implements BookSink, ExchangeBook {
  readonly exchange: string;
  readonly capabilities: ExchangeCapabilities;
  private readonly core: ExchangeCore;
  private readonly settings: MockSettings;
  private readonly instruments: ReadonlyMap<string, Instrument>;
  private readonly clients: ReadonlyMap<string, MockClient>;
  private readonly arrivals: Instants<Arrival>;
  /** Facts told that are not the engine's own reports. */
  private told = 0;
  private isClosed = false;

  /** Throws a RangeError on options that cannot be, and an ExchangeLogError on a log that cannot be used. */
  constructor(options: MockExchangeOptions) {
    const settings = settingsOf(options);
    this.exchange = options.exchange;
    this.capabilities = capabilitiesOf(settings);
    this.settings = settings;
    this.instruments = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
    this.core = new ExchangeCore(options, settings, (reports) => this.tellAll(reports, null));
    const take = (sent: Sent): void => this.send(sent);
    const onLost = (sent: Sent): void => this.giveUp(sent);
    const clientOf = ({ account }: AccountOptions) => new MockClient(account, settings, take, onLost);
    this.clients = new Map(options.accounts.map((account) => [account.account, clientOf(account)]));
    this.arrivals = new Instants(settings.clock, (due) => {
      for (const arrival of [...due].sort(compareArrivals)) this.arrive(arrival);
    });
  }

  /** The account's end of the line, always the same one. Throws a RangeError on an unknown account. */
  client(account: string): AnsweringClient {
    return this.clientOf(account);
  }

  /** When something last happened here: the clock must not stand before it. Null: nothing has. */
  get lastTime(): TimeMs | null {
    return this.core.lastTime;
  }

  /** Requests or reports are on their way: what they lead to is not known on both sides yet. */
  get isBusy(): boolean {
    return !this.arrivals.isEmpty || [...this.clients.values()].some(({ isTold }) => isTold);
  }

  /** A digest of the exchange's whole state: equal after equal commands. */
  stateHash(): string {
    return this.core.engine.stateHash();
  }

  /** The account's trades in the symbol after a trade (0: all), oldest first, each with the exchange's own id of its order. */
  trades(account: string, symbol: string, afterTradeId = 0): readonly TradeReport[] {
    return this.core.engine.tradesSince(account, afterTradeId, symbol);
  }

  onTick(tick: MarketTick): void {
    this.core.onTick(tick);
  }

  onQuote(quote: MarketQuote): void {
    this.core.onQuote(quote);
  }

  /**
   * Carries out a request of an account at once, for another front of the exchange. Its clients here are told as of
   * anything that happens to them.
   */
  carryOut(request: OrderRequest): readonly ExecutionReport[] {
    const reports = this.core.carryOut(request);
    // What was refused is the business of the one who asked.
    this.tellAll(
      reports.filter(({ execType }) => execType !== 'REJECTED'),
      null,
    );
    return reports;
  }

  /** Changes how an account trades, and says why not where it cannot be so. */
  set(setting: AccountSetting): RejectCode | null {
    const refusal = this.core.set(setting);
    const fact = refusal === null ? settingFact(setting) : null;
    if (fact !== null) this.clientOf(setting.account).tell(this.identified(fact), null);
    return refusal;
  }

  /** Fills an order that rests in the book, whole and at its price. Throws a RangeError where none does. */
  takeFromBook(account: string, symbol: string, clientOrderId: string): void {
    this.tellAll(this.core.take(account, symbol, clientOrderId), null);
  }

  /** How the account trades. */
  settingsOf(account: string): AccountSettings {
    return this.core.engine.settings(account);
  }

  /** Milliseconds that a message takes to the exchange, or from it. */
  travelMs(message: string): number {
    return travelTime(this.settings, message);
  }

  /** What the symbol last traded at; null where it has not. Throws a RangeError on a symbol that is not traded here. */
  lastPrice(symbol: string): Ticks | null {
    return this.core.lastPrice(symbol);
  }

  /**
   * Charges every account that holds something in the symbol, at its last price, and tells those. Longs pay where the
   * rate is above 0. Throws a RangeError on a symbol that is not traded here.
   */
  fund(symbol: string, rate: Decimal): void {
    const holders = [...this.clients].filter(([account]) =>
      this.positions(account).some((position) => position.symbol === symbol),
    );
    const funded = this.core.fund(symbol, formatUnits(rate.units, rate.scale));
    if (funded === null) return;
    const { price, reports } = funded;
    const charged = { type: 'funding', symbol, price, rateUnits: rate.units, rateScale: rate.scale } as const;
    const instrument = this.instruments.get(symbol)!;
    for (const [account, client] of holders) {
      client.tell(this.identified(charged), null);
      client.tell(this.identified(balanceFact(this.core.engine, account, instrument)), null);
    }
    this.tellAll(reports, null);
  }

  /**
   * Marks what is held in the symbol at a price: profit and margin are worked out at it, orders that wait for it are
   * triggered, and who cannot carry his positions any more is liquidated. Throws a RangeError on a symbol that is not
   * traded here, and on a price below 1.
   */
  mark(symbol: string, price: Ticks): void {
    this.tellAll(this.core.mark(symbol, price), null);
  }

  /** Auto-deleveraging: closes an account's position at the mark price. Throws a RangeError where there is none. */
  deleverage(event: DeleverageEvent): void {
    this.tellAll(this.core.deleverage(event), null);
  }

  /** What everybody sees of the book, best first. Throws a RangeError on a symbol that is not traded here. */
  book(symbol: string): Depth {
    return this.core.book(symbol);
  }

  /** What is held in the symbol is marked at it; null where nobody has said. Throws a RangeError on a symbol that is not traded here. */
  markPrice(symbol: string): Ticks | null {
    return this.core.markPrice(symbol);
  }

  /** The margin that the account's position needs, so as not to be liquidated; 0 where nobody is. */
  maintenanceMargin(account: string, symbol: string, positionSide: OrderPositionSide): Cash {
    return this.core.engine.maintenanceMargin(account, symbol, positionSide);
  }

  positions(account: string): readonly Omit<PositionReport, 'unrealizedPnl'>[] {
    return this.core.engine.positions(account);
  }

  signedQty(account: string, symbol: string): Lots {
    return this.core.engine.signedQty(account, symbol);
  }

  openOrders(account: string, symbol?: string): readonly OrderSnapshot[] {
    return this.core.engine.openOrders(account, symbol);
  }

  /** Cash by currency, with what is held of it for open spot orders. */
  assets(account: string): readonly AssetBalance[] {
    return this.core.engine.assets(account);
  }

  balances(account: string): ReadonlyMap<string, Cash> {
    return this.core.engine.balances(account);
  }

  /**
   * Breaks the account's line: reports on their way to it are lost, and so are those until `reconnect`; a request that is
   * sent meanwhile does not arrive. What remains without an answer ends as `request_unknown`.
   */
  disconnect(account: string): void {
    this.clientOf(account).disconnect();
  }

  /** Mends the account's line, which its client says. */
  reconnect(account: string): void {
    const client = this.clientOf(account);
    if (client.reconnect()) client.say(this.identified({ type: 'reconnected' }));
  }

  /** Ends it as the death of its process would: whatever is on its way is gone. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.arrivals.clear();
    for (const client of this.clients.values()) await client.close();
    this.core.close();
  }

  private clientOf(account: string): MockClient {
    const client = this.clients.get(account);
    if (client === undefined) throw new RangeError(`${this.exchange} has no account ${account}`);
    return client;
  }

  private send(sent: Sent): void {
    if (this.isClosed) return;
    const fault = this.settings.faultOf(sent.client.account, sent.request);
    if (fault === 'request_lost') return this.giveUp(sent);
    const lateMs = typeof fault === 'object' && fault !== null ? fault.lateMs : 0;
    const travel = travelTime(this.settings, messageOf(sent)) + lateMs;
    this.arrivals.add(sent.sentAt + travel, { ...sent, fault, gaveUp: false });
    if (fault === 'timed_out') this.giveUp(sent);
  }

  private giveUp(sent: Sent): void {
    if (this.isClosed) return;
    const { clock, timeoutMs } = this.settings;
    const at = Math.max(clock.now(), sent.sentAt + timeoutMs);
    this.arrivals.add(at, { ...sent, fault: null, gaveUp: true });
  }

  private arrive(arrival: Arrival): void {
    const { client, gaveUp, request } = arrival;
    const { account } = client;
    if (gaveUp) return this.sayUnknown(arrival);
    if (isStale(request, this.settings.clock.now(), this.settings.recvWindowMs)) return this.refuse(arrival);
    switch (request.type) {
      case 'place':
        if (this.isUnlucky(account, request.clientOrderId)) return this.refuse(arrival);
        return this.handle(placeCommand(account, this.isHedged(account, request.symbol), request), arrival);
      case 'amend':
        return this.handle(amendCommand(account, request), arrival);
      case 'cancel':
        return this.handle(cancelCommand(account, request), arrival);
      case 'query_order':
        return this.answer(arrival, orderAnswer(this.core, account, request));
      case 'query_position': {
        const instrument = this.instruments.get(request.symbol);
        if (instrument === undefined) return this.refuse(arrival);
        return this.answer(arrival, positionAnswer(this.core, account, instrument, request.afterTradeId));
      }
    }
  }

  /** Of spot there is one side. */
  private isHedged(account: string, symbol: string): boolean {
    return this.instruments.get(symbol)?.kind !== 'spot' && this.settingsOf(account).hedgeMode;
  }

  private isUnlucky(account: string, clientOrderId: string): boolean {
    const { rejectProbability, seed } = this.settings;
    return rejectProbability > 0 && draw(seed, `${account} ${clientOrderId} reject`, 0) < rejectProbability;
  }

  private handle(command: Command, arrival: Arrival): void {
    const reports = this.core.carryOut(command);
    const { account } = arrival.client;
    // An order with this id is open: the request has been carried out before, and what came of it is the answer.
    if (reports.some(({ rejectCode }) => rejectCode === 'DUPLICATE_CLIENT_ORDER_ID'))
      return this.answer(
        arrival,
        orderAnswer(this.core, account, { clientOrderId: idOf(arrival.request), symbol: command.symbol }),
      );
    this.tellAll(reports, arrival);
  }

  /** Tells the accounts what has happened to them. The first report of the order that `cause` is about answers it. */
  private tellAll(reports: readonly ExecutionReport[], cause: Arrival | null): void {
    let answers: Arrival | null = cause;
    const traded = new Map<string, ExecutionReport>();
    for (const report of reports) {
      if (isTrade(report)) traded.set(report.account, report);
      const said = toReport(report);
      if (said === null) continue;
      const client = this.clientOf(report.account);
      const isReply = client === cause?.client && report.clientOrderId === idOf(cause.request);
      if (isReply && cause.fault === 'reply_lost') continue;
      client.tell(said, isReply ? answers : null);
      if (isReply) answers = null;
    }
    for (const [account, { execId, symbol, time }] of traded) {
      // As exchanges do: what a batch of trades has made of the account comes right behind it.
      const instrument = this.instruments.get(symbol)!;
      const client = this.clientOf(account);
      const balance = balanceFact(this.core.engine, account, instrument);
      client.tell({ id: `b${execId}`, at: time, ...balance }, null);
      const position = positionFact(this.core, account, instrument);
      client.tell({ id: `p${execId}`, at: time, ...position }, null);
    }
    if (cause?.fault === 'reply_lost') this.giveUp(cause);
  }

  private answer(arrival: Arrival, answers: readonly Answer[]): void {
    if (arrival.fault === 'reply_lost') return this.giveUp(arrival);
    answers.forEach((answer, at) => {
      arrival.client.tell(this.identified(answer), at === answers.length - 1 ? arrival : null);
    });
  }

  /** Refused before it reaches the engine. */
  private refuse(arrival: Arrival): void {
    const { client, request } = arrival;
    const { symbol, type } = request;
    switch (type) {
      case 'place': {
        const { clientOrderId, terms } = request;
        const { orderQty } = terms;
        const said = { type: 'order', execType: 'reject', symbol, clientOrderId } as const;
        return this.answer(arrival, [{ ...said, orderQty, cumQty: 0, reason: 'OTHER' }]);
      }
      case 'amend':
      case 'cancel': {
        const { clientOrderId } = request;
        const said = { type: 'request_refused', request: type, symbol, clientOrderId } as const;
        return this.answer(arrival, [{ ...said, unknownOrder: false, reason: 'OTHER' }]);
      }
      // A question that was not answered leaves everything open.
      case 'query_order':
      case 'query_position':
        return client.tell(this.unknown(request), arrival);
    }
  }

  private sayUnknown({ client, request }: Arrival): void {
    client.say(this.unknown(request));
  }

  private unknown(request: ExchangeRequest): ExchangeReport {
    const { symbol, type } = request;
    const clientOrderId = type === 'query_position' ? null : request.clientOrderId;
    return this.identified({ type: 'request_unknown', request: type, symbol, clientOrderId });
  }

  private identified(answer: Answer): ExchangeReport {
    if ('id' in answer) return answer;
    this.told += 1;
    // The session keeps ids apart that were told before the process died and after.
    return { id: `s${this.core.session}.${this.told}`, at: this.settings.clock.now(), ...answer };
  }
}
