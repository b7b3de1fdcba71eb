import type { Lots, OrderTerms, Ticks } from '@bowline/domain';
import type { Clock, ExchangeReport, ExchangeRequest } from '@bowline/ports';
import type { MarketTick } from '../market/index.js';
import { account, instrument } from '../matching/scenario.spec-support.js';
import { MockExchange } from './mock-exchange.js';
import type { MockExchangeOptions } from './options.js';

export const START = 1_000_000;
export const PRICE = 10_000;

/** A tick with quotes of 10,000 lots right beside its price. */
export function tickAt(price: Ticks, changes: Partial<MarketTick> = {}): MarketTick {
  return {
    symbol: 'BTCUSDT',
    price,
    quantity: 10_000,
    bids: [[price - 1, 10_000]],
    asks: [[price + 1, 10_000]],
    ...changes,
  };
}

type OrderChange = Partial<OrderTerms> & { readonly leg?: OrderTerms['key']['leg'] };

/** A clock that is moved by hand. */
interface HandClock extends Clock {
  advance(ms: number): void;
  advanceTo(time: number): void;
  settle(): void;
}

/** An exchange with the accounts ikenna and odum, and all that its clients were told. */
export class MockScenario {
  readonly exchange: MockExchange;
  /** `1050 ikenna a accept`, in the order of arrival. */
  readonly told: { readonly account: string; readonly at: number; readonly report: ExchangeReport }[] = [];

  constructor(
    readonly clock: HandClock,
    options: Partial<MockExchangeOptions> = {},
  ) {
    this.exchange = new MockExchange({
      exchange: 'sim',
      clock,
      instruments: [instrument()],
      accounts: [account('ikenna'), account('odum')],
      ...options,
    });
    const accounts = options.accounts ?? [account('ikenna'), account('odum')];
    for (const { account: name } of accounts) {
      void this.exchange
        .client(name)
        .connect((report) => this.told.push({ account: name, at: clock.now(), report }));
    }
  }

  send(name: string, ...requests: readonly ExchangeRequest[]): this {
    for (const request of requests) this.exchange.client(name).send(request);
    return this;
  }

  place(clientOrderId: string, { leg = 'e', ...change }: OrderChange = {}): ExchangeRequest {
    const terms: OrderTerms = {
      key: { strategyPositionId: 'A-1', leg, generation: 0 },
      side: 'BUY',
      positionSide: 'LONG',
      orderType: change.limitPrice ? 'limit' : change.stopPrice ? 'stop_market' : 'market',
      orderQty: 10,
      limitPrice: null,
      stopPrice: null,
      timeInForce: 'GTC',
      reduceOnly: false,
      ...change,
    };
    return {
      type: 'place',
      clientOrderId,
      symbol: 'BTCUSDT',
      terms,
      expiresAt: null,
      ocoGroup: null,
      at: this.clock.now(),
    };
  }

  cancel(clientOrderId: string): ExchangeRequest {
    return { type: 'cancel', clientOrderId, symbol: 'BTCUSDT', at: this.clock.now() };
  }

  amend(clientOrderId: string, orderQty: Lots, price: Ticks | null = null): ExchangeRequest {
    return { type: 'amend', clientOrderId, symbol: 'BTCUSDT', orderQty, price, at: this.clock.now() };
  }

  queryOrder(clientOrderId: string): ExchangeRequest {
    return { type: 'query_order', clientOrderId, symbol: 'BTCUSDT', at: this.clock.now() };
  }

  queryPosition(afterTradeId = 0): ExchangeRequest {
    return { type: 'query_position', symbol: 'BTCUSDT', afterTradeId, at: this.clock.now() };
  }

  tick(price: Ticks, changes: Partial<MarketTick> = {}): this {
    this.exchange.onTick(tickAt(price, changes));
    return this;
  }

  settle(): this {
    this.clock.settle();
    return this;
  }

  /** What was told since the last call, what trades made of the account left out: `ikenna a accept 10/0`, `ikenna a trade 10@10001`. */
  lines(): readonly string[] {
    return this.told
      .splice(0)
      .filter(({ report }) => !isAftermath(report))
      .map(({ account: name, report }) => `${name} ${lineOf(report)}`);
  }

  /** The same with the time since the start: `+100 ikenna a accept 10/0`. */
  timedLines(): readonly string[] {
    const times = this.told.filter(({ report }) => !isAftermath(report)).map(({ at }) => at - START);
    return this.lines().map((line, index) => `+${times[index]} ${line}`);
  }
}

export function lineOf(report: ExchangeReport): string {
  switch (report.type) {
    case 'order': {
      const { clientOrderId, cumQty, execType, orderQty, reason } = report;
      return [clientOrderId, execType, `${orderQty}/${cumQty}`, reason]
        .filter((part) => part !== null)
        .join(' ');
    }
    case 'trade':
      return `${report.clientOrderId} trade ${report.lastQty}@${report.lastPx}`;
    case 'request_refused': {
      const why = report.unknownOrder ? 'unknown order' : String(report.reason);
      return `${report.clientOrderId} ${report.request} refused: ${why}`;
    }
    case 'request_unknown':
      return `${report.clientOrderId ?? report.symbol} ${report.request} unknown`;
    case 'order_status':
      return `${report.clientOrderId} is ${report.orderStatus} ${report.orderQty}/${report.cumQty}`;
    case 'order_absent':
      return `${report.clientOrderId} is absent`;
    case 'position':
      return `${report.symbol} holds ${report.signedQty} at ${String(report.entryPrice)}, last trade ${String(report.lastTradeId)}`;
    default:
      return report.type;
  }
}

/** What a batch of trades has made of the account: told behind them, unasked. */
export function isAftermath({ id, type }: ExchangeReport): boolean {
  return type === 'balance' || (type === 'position' && id.startsWith('p'));
}
