import type { Ticks, TimeMs, TradeId } from '@bowline/domain';
import {
  MatchingEngine,
  type AccountOptions,
  type AccountSetting,
  type Command as EngineCommand,
  type DeleverageEvent,
  type Depth,
  type EngineOptions,
  type ExecutionReport,
  type OrderRequest,
  type RejectCode,
} from '../matching/index.js';
import type { MarketQuote, MarketTick } from '../market/index.js';
import { ExchangeLog, type LogHeader } from './exchange-log.js';
import type { CarriedOut, MockExchangeOptions, MockSettings } from './options.js';
import { OutsideMarket } from './outside-market.js';
import { isTrade } from './to-report.js';

/**
 * What the exchange knows, and what remains of it when the process dies: the matching engine, its log, and as much of
 * the outside market as the engine has to see.
 */
export class ExchangeCore {
  readonly engine: MatchingEngine;
  /** When something last happened at the exchange; null: nothing has. */
  lastTime: TimeMs | null = null;
  private readonly log: ExchangeLog | null;
  private readonly outside = new Map<string, OutsideMarket>();
  /** Mark prices that the engine has not seen. */
  private readonly unseenMarks = new Map<string, Ticks>();
  private readonly accounts: readonly AccountOptions[];
  private readonly lastTradeIds = new Map<string, number>();
  private readonly now: () => TimeMs;
  private readonly marginCheck: boolean;
  private readonly onCarriedOut: (carriedOut: CarriedOut) => void;

  /** @param onReports what the market does to the accounts, for whom no request waits */
  constructor(
    options: MockExchangeOptions,
    { clock, fillRatio }: MockSettings,
    private readonly onReports: (reports: readonly ExecutionReport[]) => void,
  ) {
    const { accounts, exchange, instruments, log = null, marginCheck = false } = options;
    this.accounts = accounts;
    this.marginCheck = marginCheck;
    this.onCarriedOut = options.onCarriedOut ?? (() => undefined);
    this.now = () => clock.now();
    this.engine = new MatchingEngine(options);
    for (const { symbol } of instruments) {
      const openOrders = () => accounts.flatMap(({ account }) => this.engine.openOrders(account, symbol));
      this.outside.set(
        symbol,
        new OutsideMarket(fillRatio, openOrders, (event) => onReports(this.act(event))),
      );
    }
    this.log =
      log === null
        ? null
        : ExchangeLog.open(log.folder, exchange, headerOf(options), (time, command) => {
            this.apply(time, command, true);
          });
  }

  /** How often the exchange was opened on this log, this time included. */
  get session(): number {
    return this.log?.session ?? 1;
  }

  /** Throws a RangeError on a symbol that is not traded here. */
  onTick(tick: MarketTick): void {
    this.outsideOf(tick.symbol).onTick(tick);
  }

  /** Throws a RangeError on a symbol that is not traded here. */
  onQuote(quote: MarketQuote): void {
    this.outsideOf(quote.symbol).onQuote(quote);
  }

  /** What everybody sees of the book, best first. Throws a RangeError on a symbol that is not traded here. */
  book(symbol: string): Depth {
    return this.outsideOf(symbol).book(() => this.engine.depth(symbol));
  }

  /**
   * Marks what is held in the symbol at a price, and returns what that has led to. Where nobody has anything there, the
   * engine sees the price before the next request. Throws a RangeError on a symbol that is not traded here.
   */
  mark(symbol: string, price: Ticks): readonly ExecutionReport[] {
    const outside = this.outsideOf(symbol);
    this.unseenMarks.set(symbol, price);
    if (!this.isAnybodyIn(symbol)) return [];
    // Who is liquidated meets the market as it stands.
    outside.beforeRequest(null);
    return this.showMark(symbol);
  }

  /** What the symbol is marked at; null where nobody has said. */
  markPrice(symbol: string): Ticks | null {
    return this.unseenMarks.get(symbol) ?? this.engine.prices(symbol).mark;
  }

  /** The exchange closes a position by itself. Throws a RangeError where there is none. */
  deleverage(event: DeleverageEvent): readonly ExecutionReport[] {
    this.outsideOf(event.symbol).beforeRequest(null);
    return this.act(event);
  }

  /**
   * Charges funding at the mark price, or at the outside's last where there is none, and returns that price with what it
   * has led to; null where there was none yet: nothing is charged then. Throws a RangeError on a symbol that is not
   * traded here.
   */
  fund(symbol: string, rate: string): { price: Ticks; reports: readonly ExecutionReport[] } | null {
    const outside = this.outsideOf(symbol);
    const price = this.markPrice(symbol) ?? outside.price;
    if (price === null) return null;
    return { price, reports: this.act({ kind: 'funding', symbol, price, rate }) };
  }

  /** Carries out a request, after the market has been seen as it stands. */
  carryOut(command: OrderRequest): readonly ExecutionReport[] {
    for (const [symbol, outside] of this.outside) {
      // Margin is a matter of all that the account holds, at the prices of the moment.
      if (symbol !== command.symbol && !this.marginCheck) continue;
      this.onReports(this.showMark(symbol));
      outside.beforeRequest(symbol === command.symbol && command.kind === 'new' ? command : null);
    }
    return this.act(command);
  }

  /** Changes how an account trades, and says why not where it cannot be so. */
  set(setting: AccountSetting): RejectCode | null {
    const refusal = this.engine.refuseSetting(setting);
    if (refusal === null) this.act(setting);
    return refusal;
  }

  /** What the outside last traded at; null where it has not. Throws a RangeError on a symbol that is not traded here. */
  lastPrice(symbol: string): Ticks | null {
    return this.outsideOf(symbol).price ?? this.engine.prices(symbol).last;
  }

  /** Somebody outside takes an order that rests. Throws a RangeError where none does. */
  take(account: string, symbol: string, clientOrderId: string): readonly ExecutionReport[] {
    return this.act({ kind: 'take', account, symbol, clientOrderId });
  }

  /** The account's last trade in the symbol; null where there was none. */
  lastTradeId(account: string, symbol: string): TradeId | null {
    return this.lastTradeIds.get(`${account} ${symbol}`) ?? null;
  }

  close(): void {
    this.log?.close();
  }

  private showMark(symbol: string): readonly ExecutionReport[] {
    const price = this.unseenMarks.get(symbol);
    if (price === undefined) return [];
    this.unseenMarks.delete(symbol);
    return this.act({ kind: 'markPrice', symbol, price });
  }

  private isAnybodyIn(symbol: string): boolean {
    return this.accounts.some(
      ({ account }) =>
        this.engine.positions(account).some((position) => position.symbol === symbol) ||
        this.engine.openOrders(account, symbol).length > 0,
    );
  }

  private outsideOf(symbol: string): OutsideMarket {
    const outside = this.outside.get(symbol);
    if (outside === undefined) throw new RangeError(`unknown symbol ${symbol}`);
    return outside;
  }

  private act(command: EngineCommand): readonly ExecutionReport[] {
    const time = this.now();
    this.log?.append(time, command);
    return this.apply(time, command, false);
  }

  private apply(time: TimeMs, command: EngineCommand, isReplayed: boolean): readonly ExecutionReport[] {
    const reports = this.engine.handle(time, command);
    this.lastTime = time;
    for (const report of reports) {
      // A liquidation ends orders in other symbols too.
      this.outside.get(report.symbol)?.onOrdersChanged();
      if (isTrade(report)) this.lastTradeIds.set(`${report.account} ${report.symbol}`, report.tradeId);
    }
    const charges = this.engine.lastCharges();
    this.onCarriedOut({ at: time, command, reports, charges, isReplayed });
    return reports;
  }
}

/** Everything that the outcome of a command depends on. */
function headerOf(options: EngineOptions & { readonly exchange: string }): LogHeader {
  const { accounts, clientOrderIdPattern, exchange, instruments } = options;
  const { historyLimit, marginCheck, maxConditionalOrders, maxOpenOrders } = options;
  const pattern = clientOrderIdPattern?.source;
  const rules = { pattern, historyLimit, marginCheck, maxConditionalOrders, maxOpenOrders };
  return {
    exchange,
    accounts: textOf(accounts),
    instruments: textOf(instruments),
    rules: textOf(rules),
  };
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));
}
