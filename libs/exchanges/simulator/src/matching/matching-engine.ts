import { decimal, type Cash, type Instrument, type Lots, type Ticks, type TimeMs } from '@bowline/domain';
import { Account, type AccountOptions } from './account.js';
import { refuseAmend } from './admission.js';
import { Arrivals } from './arrivals.js';
import type {
  AccountSetting,
  AmendRequest,
  CancelAllRequest,
  CancelRequest,
  Command,
  DeleverageEvent,
  FundingEvent,
  NewListRequest,
  NewOrderRequest,
  TakeEvent,
} from './commands.js';
import { Execution } from './execution.js';
import type { AccountCharge } from './charges.js';
import type { ExecutionReport, TradeReport } from './execution-report.js';
import { House, HOUSE_ACCOUNT } from './house.js';
import { Liquidation } from './liquidation.js';
import type { LiquidationRules } from './maintenance.js';
import { Market } from './market.js';
import type { Order } from './order.js';
import {
  depthOf,
  orderSnapshot,
  positionReports,
  type Depth,
  type OrderSnapshot,
  type PositionReport,
} from './queries.js';
import { Reporter } from './reporter.js';
import { applySetting, refuseSetting, type AccountSettings } from './settings.js';
import { assetBalances, type AssetBalance } from './spot.js';
import { stateHash } from './state-hash.js';
import type { OrderLimits } from './validate.js';
import type { OrderPositionSide, RejectCode } from './vocabulary.js';

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
  /** Closes positions whose account cannot carry them at the mark price. Default null: nobody is liquidated. */
  readonly liquidation?: LiquidationRules | null;
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
  private readonly liquidation: Liquidation;
  private charges: AccountCharge[] = [];
  private readonly marginCheck: boolean;
  private readonly arrivals: Arrivals;
  private readonly orderIds = { last: 0 };

  /** Throws a RangeError on an account or instrument that is named twice, or an account that cannot be. */
  constructor(options: EngineOptions) {
    const { instruments, accounts, marginCheck = false, historyLimit = HISTORY_LIMIT } = options;
    this.marginCheck = marginCheck;
    const limits: OrderLimits = {
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
    const { liquidation = null } = options;
    const liquidationFee = { units: BigInt(liquidation?.feeBps ?? 0), scale: 0 };
    this.execution = new Execution(this.reporter, marginCheck, liquidationFee);
    const { execution, orderIds, reporter } = this;
    const nextOrderId = (): number => ++orderIds.last;
    this.arrivals = new Arrivals({ execution, reporter, limits, orderIds });
    this.house = new House(house, this.execution, nextOrderId);
    this.liquidation = new Liquidation(liquidation, {
      ...{ execution: this.execution, reporter: this.reporter, house, nextOrderId },
      onCharge: (charge) => this.charges.push(charge),
    });
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
    if (this.charges.length > 0) this.charges = [];
    switch (command.kind) {
      case 'new':
      case 'newList':
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
      case 'deleverage':
        this.deleverage(command);
        break;
      case 'take':
        this.take(command);
        break;
      case 'positionMode':
      case 'leverage':
      case 'marginType':
      case 'transfer':
        this.apply(command);
        break;
    }
    return this.reporter.drain();
  }

  private place(request: NewOrderRequest | NewListRequest): void {
    const account = this.accountOf(request.account);
    const market = this.markets.get(request.symbol);
    const first = request.kind === 'new' ? request : request.orders[0]!;
    if (account === undefined) return this.reporter.rejected(first, 'UNKNOWN_ACCOUNT', null);
    if (market === undefined) return this.reporter.rejected(first, 'UNKNOWN_SYMBOL', null);
    if (request.kind === 'new') this.arrivals.place(request, account, market);
    else this.arrivals.placeList(request, account, market);
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
    else if (request.expired === true) this.execution.expire(order, 'TIME_IS_OVER');
    else this.execution.cancel(order, null);
  }

  private cancelAll(request: CancelAllRequest): void {
    const account = this.accountOf(request.account);
    if (account === undefined) return this.reporter.rejected(request, 'UNKNOWN_ACCOUNT', null);
    const market = this.markets.get(request.symbol);
    if (market === undefined) return this.reporter.rejected(request, 'UNKNOWN_SYMBOL', null);
    for (const order of [...account.open.values()])
      if (order.market === market && !order.terminal) this.execution.cancel(order, null);
  }

  private take(event: TakeEvent): void {
    const order = this.openOrder({ ...event, kind: 'cancel' });
    if (order === null || !order.working)
      throw new RangeError(`no order ${event.clientOrderId} of ${event.account} rests in ${event.symbol}`);
    this.house.take(order, event.quantity ?? order.leavesQty);
    this.execution.settleTriggers(order.market);
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
    this.liquidate();
  }

  private fund({ price, rate, symbol }: FundingEvent): void {
    const market = this.marketOf(symbol);
    if (!Number.isSafeInteger(price) || price <= 0) {
      throw new RangeError(`funding of ${symbol} needs a positive whole number of ticks, got ${price}`);
    }
    const exact = decimal(rate);
    for (const account of this.accounts.values()) {
      for (const position of account.positions()) {
        const amount = position.market === market ? position.fund(price, exact) : 0n;
        if (amount === 0n || account.id === HOUSE_ACCOUNT) continue;
        const { side: positionSide, wallet } = position;
        const charged = { account: account.id, symbol, positionSide, asset: wallet.asset, amount };
        this.charges.push({ kind: 'FUNDING', time: this.reporter.time, ...charged });
      }
    }
    this.liquidate();
  }

  private deleverage(event: DeleverageEvent): void {
    const market = this.marketOf(event.symbol);
    this.liquidation.deleverage(this.tradingAccount(event.account), market, event);
  }

  /** What liquidations trade may trigger orders, and these may trade on; who falls by that falls with the next mark price. */
  private liquidate(): void {
    this.liquidation.settle(this.accounts.values());
    for (const market of this.markets.values()) this.execution.settleTriggers(market);
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

  /** Why a setting cannot be changed so; null where it can. As Binance has it. */
  refuseSetting(setting: AccountSetting): RejectCode | null {
    const account = this.accountOf(setting.account);
    if (account === undefined) return 'UNKNOWN_ACCOUNT';
    return refuseSetting(setting, account, this.markets);
  }

  /** Changes a setting. One that is refused leaves everything as it is. */
  private apply(setting: AccountSetting): void {
    if (this.refuseSetting(setting) !== null) return;
    applySetting(setting, this.accounts.get(setting.account)!);
  }

  /** How the account trades. */
  settings(account: string): AccountSettings {
    const known = this.knownAccount(account);
    return {
      hedgeMode: known.hedgeMode,
      leverageOf: (symbol) => known.leverageOf(symbol),
      isIsolated: (symbol) => known.isIsolated(symbol),
    };
  }

  /** What the last command has given or charged accounts, other than by trades. */
  lastCharges(): readonly AccountCharge[] {
    return this.charges;
  }

  /** The margin that the account's position needs, so as not to be liquidated; 0 where nobody is. */
  maintenanceMargin(account: string, symbol: string, positionSide: OrderPositionSide): Cash {
    const position = this.tradingAccount(account).position(this.marketOf(symbol), positionSide);
    return this.liquidation.maintenanceOf(position);
  }

  /** What the account holds: no row where it is flat. `HOUSE_ACCOUNT` asks for the other side of it all. */
  positions(account: string): readonly PositionReport[] {
    return positionReports(this.knownAccount(account), this.markets.values());
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

  /** The same with what is held of it for open spot orders. */
  assets(account: string): readonly AssetBalance[] {
    return assetBalances(this.knownAccount(account));
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

  private tradingAccount(id: string): Account {
    const account = this.accountOf(id);
    if (account === undefined) throw new RangeError(`unknown account ${id}`);
    return account;
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
