import type { Ticks, TimeMs, TradeId } from '@bowline/domain';
import {
  MatchingEngine,
  type Command as EngineCommand,
  type EngineOptions,
  type ExecutionReport,
} from '../matching/index.js';
import type { MarketTick } from '../market/index.js';
import { ExchangeLog, type LogHeader } from './exchange-log.js';
import type { MockExchangeOptions, MockSettings } from './options.js';
import { OutsideMarket } from './outside-market.js';
import type { Command } from './to-command.js';
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
  private readonly lastTradeIds = new Map<string, number>();
  private readonly now: () => TimeMs;
  private readonly marginCheck: boolean;
  private readonly onExecution: (report: ExecutionReport) => void;

  /** @param onReports what the market does to the accounts, for whom no request waits */
  constructor(
    options: MockExchangeOptions,
    { clock, fillRatio }: MockSettings,
    onReports: (reports: readonly ExecutionReport[]) => void,
  ) {
    const { accounts, exchange, instruments, log = null, marginCheck = false } = options;
    this.marginCheck = marginCheck;
    this.onExecution = options.onExecution ?? (() => undefined);
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
            this.apply(time, command);
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

  /**
   * Charges funding at the outside's last price, and returns that price; null where there was none yet: nothing is
   * charged then. Throws a RangeError on a symbol that is not traded here.
   */
  fund(symbol: string, rate: string): Ticks | null {
    const { price } = this.outsideOf(symbol);
    if (price !== null) this.act({ kind: 'funding', symbol, price, rate });
    return price;
  }

  /** Carries out a request, after the market has been seen as it stands. */
  carryOut(command: Command): readonly ExecutionReport[] {
    for (const [symbol, outside] of this.outside) {
      // Margin is a matter of all that the account holds, at the prices of the moment.
      if (symbol === command.symbol) outside.beforeRequest(command.kind === 'new' ? command : null);
      else if (this.marginCheck) outside.beforeRequest(null);
    }
    return this.act(command);
  }

  /** The account's last trade in the symbol; null where there was none. */
  lastTradeId(account: string, symbol: string): TradeId | null {
    return this.lastTradeIds.get(`${account} ${symbol}`) ?? null;
  }

  close(): void {
    this.log?.close();
  }

  private outsideOf(symbol: string): OutsideMarket {
    const outside = this.outside.get(symbol);
    if (outside === undefined) throw new RangeError(`unknown symbol ${symbol}`);
    return outside;
  }

  private act(command: EngineCommand): readonly ExecutionReport[] {
    const time = this.now();
    this.log?.append(time, command);
    return this.apply(time, command);
  }

  private apply(time: TimeMs, command: EngineCommand): readonly ExecutionReport[] {
    const reports = this.engine.handle(time, command);
    this.lastTime = time;
    if (reports.length > 0) this.outside.get(command.symbol)?.onOrdersChanged();
    for (const report of reports) {
      this.onExecution(report);
      if (isTrade(report)) this.lastTradeIds.set(`${report.account} ${report.symbol}`, report.tradeId);
    }
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
