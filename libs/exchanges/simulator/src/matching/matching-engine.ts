import { decimal, type Cash, type Instrument, type Lots, type Ticks, type TimeMs } from '@bowline/domain';
import { Account, type AccountOptions } from './account.js';
import { admit, refuseAmend } from './admission.js';
import type {
  AmendRequest,
  CancelAllRequest,
  CancelRequest,
  Command,
  FundingEvent,
  NewOrderRequest,
} from './commands.js';
import { Execution } from './execution.js';
import type { ExecutionReport, TradeReport } from './execution-report.js';
import { House, HOUSE_ACCOUNT } from './house.js';
import { Market } from './market.js';
import { Order } from './order.js';
import {
  depthOf,
  orderSnapshot,
  positionReports,
  type Depth,
  type OrderSnapshot,
  type PositionReport,
} from './queries.js';
import { Reporter } from './reporter.js';
import { stateHash } from './state-hash.js';
import type { OrderLimits } from './validate.js';
import type { RejectCode } from './vocabulary.js';

export interface EngineOptions {
  readonly instruments: readonly Instrument[];
  readonly accounts: readonly AccountOptions[];
  /** Refuse orders that the account's equity cannot carry. Default false. */
  readonly marginCheck?: boolean;
  /** Open orders an account may have, those that wait for a trigger not counted. Default null: any number. */
  readonly maxOpenOrders?: number | null;
  /** Orders waiting for a trigger that an account may have over all symbols (Binance USD-M: 200). Default null: any number. */
  readonly maxConditionalOrders?: number | null;
  /** Default: Binance's, 1 to 36 of `.A-Z:/a-z0-9_-`. */
  readonly clientOrderIdPattern?: RegExp;
  /** Closed orders and trades that are remembered per account. Default 100,000. */
  readonly historyLimit?: number;
}

const CLIENT_ORDER_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;
const HISTORY_LIMIT = 100_000;

/** Depends on `handle` alone: the same commands at the same times give the same reports and the same state. */
export class MatchingEngine {
  private readonly markets = new Map<string, Market>();
  private readonly accounts = new Map<string, Account>();
  private readonly reporter = new Reporter(HOUSE_ACCOUNT);
  private readonly execution: Execution;
  private readonly house: House;
  private readonly limits: OrderLimits;
  private readonly marginCheck: boolean;
  private lastOrderId = 0;

  /** Throws a RangeError on an account or instrument that is named twice, or an account that cannot be. */
  constructor(options: EngineOptions) {
    const { instruments, accounts, marginCheck = false, historyLimit = HISTORY_LIMIT } = options;
    this.marginCheck = marginCheck;
    this.limits = {
      clientOrderIdPattern: options.clientOrderIdPattern ?? CLIENT_ORDER_ID,
      maxOpenOrders: options.maxOpenOrders ?? null,
      maxConditionalOrders: options.maxConditionalOrders ?? null,
    };
    for (const instrument of instruments)
      addOnce(this.markets, 'instrument', instrument.symbol, new Market(instrument));
    const house = new Account(HOUSE, 0);
    this.accounts.set(HOUSE_ACCOUNT, house);
    for (const account of accounts)
      addOnce(this.accounts, 'account', account.account, new Account(account, historyLimit));
    this.execution = new Execution(this.reporter, marginCheck);
    this.house = new House(house, this.execution, () => ++this.lastOrderId);
  }

  /**
   * Carries out one command at once and returns what there is to report, in the order in which it happened. Refused
   * requests are reports too. Throws a RangeError on a time before the last one, on a market event of an unknown
   * symbol, and on one that no market can show.
   */
  handle(time: TimeMs, command: Command): readonly ExecutionReport[] {
    if (!(time >= this.reporter.time)) {
      throw new RangeError(`time runs forward: ${time} comes after ${this.reporter.time}`);
    }
    this.reporter.time = time;
    switch (command.kind) {
      case 'new':
        this.place(command);
        break;
      case 'amend':
        this.amend(command);
        break;
      case 'cancel':
        this.cancel(command);
        break;
      case 'cancelAll':
        this.cancelAll(command);
        break;
      case 'quote':
        this.onMarket(command.symbol, (market) => this.house.quote(market, command));
        break;
      case 'trade':
        this.onMarket(command.symbol, (market) => this.house.print(market, command));
        break;
      case 'markPrice':
        this.markPrice(command.symbol, command.price);
        break;
      case 'funding':
        this.fund(command);
        break;
    }
    return this.reporter.drain();
  }

  private place(request: NewOrderRequest): void {
    const account = this.accountOf(request.account);
    const market = this.markets.get(request.symbol);
    if (account === undefined) return this.reporter.rejected(request, 'UNKNOWN_ACCOUNT', null);
    if (market === undefined) return this.reporter.rejected(request, 'UNKNOWN_SYMBOL', null);
    const admitted = admit(request, account, market, this.limits);
    if (typeof admitted === 'string') return this.reporter.rejected(request, admitted, null);
    const { terms, position } = admitted;
    const order = new Order(this.lastOrderId + 1, account, market, position, terms, this.reporter.time);
    const refusal = this.execution.refuseArrival(order);
    if (refusal !== null) return this.reporter.rejected(request, refusal, null);
    this.lastOrderId += 1;
    this.reporter.tell(order, 'NEW');
    if (order.stopPrice !== null) {
      this.execution.await(order, order.stopPrice);
      return;
    }
    this.execution.enter(order);
    this.execution.settleTriggers(market);
  }

  private amend(request: AmendRequest): void {
    const order = this.openOrder(request);
    if (order === null) return this.reporter.rejected(request, 'UNKNOWN_ORDER', null);
    const refusal = refuseAmend(request, order, this.marginCheck);
    if (refusal !== null) return this.reporter.rejected(request, refusal, order);
    this.execution.amend(order, request.orderQty, request.price ?? order.price);
    this.execution.settleTriggers(order.market);
  }

  private cancel(request: CancelRequest): void {
    const order = this.openOrder(request);
    if (order === null) this.reporter.rejected(request, 'UNKNOWN_ORDER', null);
    else this.execution.cancel(order, null);
  }

  private cancelAll(request: CancelAllRequest): void {
    const account = this.accountOf(request.account);
    if (account === undefined) return this.reporter.rejected(request, 'UNKNOWN_ACCOUNT', null);
    const market = this.markets.get(request.symbol);
    if (market === undefined) return this.reporter.rejected(request, 'UNKNOWN_SYMBOL', null);
    for (const order of [...account.open.values()])
      if (order.market === market) this.execution.cancel(order, null);
  }

  private onMarket(symbol: string, act: (market: Market) => void): void {
    const market = this.marketOf(symbol);
    act(market);
    this.execution.settleTriggers(market);
  }

  private markPrice(symbol: string, price: number): void {
    const market = this.marketOf(symbol);
    if (!Number.isSafeInteger(price) || price <= 0) {
      throw new RangeError(`mark price of ${symbol} must be a positive whole number of ticks, got ${price}`);
    }
    market.markPrice = price;
    this.execution.settleMarkTriggers(market, price);
  }

  private fund({ price, rate, symbol }: FundingEvent): void {
    const market = this.marketOf(symbol);
    if (!Number.isSafeInteger(price) || price <= 0) {
      throw new RangeError(`funding of ${symbol} needs a positive whole number of ticks, got ${price}`);
    }
    const exact = decimal(rate);
    for (const account of this.accounts.values()) {
      for (const position of account.positions()) if (position.market === market) position.fund(price, exact);
    }
  }

  /** An open order of the account by its clientOrderId, or by the exchange's orderId where that is given instead. */
  private openOrder({ account, symbol, clientOrderId, orderId }: AmendRequest | CancelRequest): Order | null {
    const owner = this.accountOf(account);
    if (owner === undefined) return null;
    const order =
      clientOrderId !== undefined ? owner.open.get(clientOrderId) : this.byOrderId(owner, symbol, orderId);
    return order !== undefined && order.market.instrument.symbol === symbol ? order : null;
  }

  private byOrderId(account: Account, symbol: string, orderId: number | undefined): Order | undefined {
    if (orderId === undefined) return undefined;
    const resting = this.markets.get(symbol)?.book.get(orderId);
    if (resting !== undefined) return resting.account === account ? resting : undefined;
    for (const order of account.open.values()) if (order.orderId === orderId) return order;
    return undefined;
  }

  /**
   * Switches between one-way and hedge mode. Refused while the account has open orders or a position, as Binance
   * does; an unknown account is refused too.
   */
  setPositionMode(account: string, hedgeMode: boolean): RejectCode | null {
    const owner = this.accountOf(account);
    if (owner === undefined) return 'UNKNOWN_ACCOUNT';
    if (owner.hedgeMode === hedgeMode) return null;
    if (owner.open.size > 0) return 'POSITION_MODE_OPEN_ORDERS';
    for (const position of owner.positions())
      if (position.quantity !== 0) return 'POSITION_MODE_OPEN_POSITION';
    owner.hedgeMode = hedgeMode;
    return null;
  }

  /** What the account holds: no row where it is flat. `HOUSE_ACCOUNT` asks for the other side of it all. */
  positions(account: string): readonly PositionReport[] {
    return positionReports(this.knownAccount(account));
  }

  /** What the account holds in the symbol, in hedge mode LONG less SHORT. */
  signedQty(account: string, symbol: string): Lots {
    return this.knownAccount(account).signedQty(this.marketOf(symbol));
  }

  /** Open orders, conditional ones included, in the order of their arrival. */
  openOrders(account: string, symbol?: string): readonly OrderSnapshot[] {
    const open = [...this.knownAccount(account).open.values()];
    return open
      .filter((order) => symbol === undefined || order.market.instrument.symbol === symbol)
      .map(orderSnapshot);
  }

  /** The last order with this clientOrderId, open or closed; null where there was none, or it is forgotten. */
  order(account: string, clientOrderId: string): OrderSnapshot | null {
    const order = this.knownAccount(account).order(clientOrderId);
    return order === undefined ? null : orderSnapshot(order);
  }

  /** The reports of the account's trades with an id above `tradeId` (0: all that are remembered), oldest first. */
  tradesSince(account: string, tradeId: number, symbol?: string): readonly TradeReport[] {
    const trades = this.knownAccount(account).tradesSince(tradeId);
    return symbol === undefined ? trades : trades.filter((trade) => trade.symbol === symbol);
  }

  /** Cash by currency: what was paid in, plus realized P&L, less fees. */
  balances(account: string): ReadonlyMap<string, Cash> {
    const { wallets } = this.knownAccount(account);
    return new Map([...wallets.values()].map(({ asset, balance }) => [asset, balance]));
  }

  /** The displayed book, best first, at most `levels` a side. */
  depth(symbol: string, levels = Number.POSITIVE_INFINITY): Depth {
    return depthOf(this.marketOf(symbol), levels);
  }

  /** What the symbol last traded at, and what it is marked at; null while unknown. */
  prices(symbol: string): { readonly last: Ticks | null; readonly mark: Ticks | null } {
    const { lastPrice, markPrice } = this.marketOf(symbol);
    return { last: lastPrice, mark: markPrice };
  }

  /** A digest of the whole state: equal after equal commands, whatever else differs. */
  stateHash(): string {
    return stateHash([...this.markets.values()], [...this.accounts.values()]);
  }

  private accountOf(id: string): Account | undefined {
    return id === HOUSE_ACCOUNT ? undefined : this.accounts.get(id);
  }

  private knownAccount(id: string): Account {
    const account = this.accounts.get(id);
    if (account === undefined) throw new RangeError(`unknown account ${id}`);
    return account;
  }

  private marketOf(symbol: string): Market {
    const market = this.markets.get(symbol);
    if (market === undefined) throw new RangeError(`unknown symbol ${symbol}`);
    return market;
  }
}

const NO_FEE = { units: 0n, scale: 0 };
const HOUSE: AccountOptions = {
  account: HOUSE_ACCOUNT,
  hedgeMode: false,
  balances: {},
  feeMakerBps: NO_FEE,
  feeTakerBps: NO_FEE,
};

function addOnce<T>(map: Map<string, T>, what: string, key: string, value: T): void {
  if (map.has(key)) throw new RangeError(`${what} ${key} is there twice`);
  map.set(key, value);
}
