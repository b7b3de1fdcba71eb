import {
  cash,
  createInstrument,
  decimal,
  type Instrument,
  type InstrumentSpec,
  type Lots,
  type Side,
  type Ticks,
} from '@bowline/domain';
import type { AccountOptions } from './account.js';
import type { BookLevel, Command, NewOrderRequest } from './commands.js';
import type { ExecutionReport } from './execution-report.js';
import { MatchingEngine, type EngineOptions } from './matching-engine.js';

/** One tick and one lot are 1, so that specs read in whole numbers. */
export function instrument(spec: Partial<InstrumentSpec> = {}): Instrument {
  return createInstrument({
    exchange: 'sim',
    symbol: 'BTCUSDT',
    kind: 'perpetual',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    multiplier: '1',
    inverse: false,
    tickSize: '1',
    lotSize: '1',
    minNotional: '0',
    ...spec,
  });
}

export function account(name: string, options: Partial<AccountOptions> = {}): AccountOptions {
  return {
    account: name,
    hedgeMode: false,
    balances: { USDT: cash('1000000') },
    feeMakerBps: decimal('0'),
    feeTakerBps: decimal('0'),
    ...options,
  };
}

type OrderOptions = Partial<Omit<NewOrderRequest, 'kind' | 'side' | 'orderQty'>>;

/** An engine with the accounts ikenna, odum and christian, and a short hand for what specs do with it. */
export class Scenario {
  readonly engine: MatchingEngine;
  /** Everything that was ever reported. */
  readonly log: ExecutionReport[] = [];
  private time = 0;
  private lastId = 0;

  constructor(options: Partial<EngineOptions> = {}) {
    this.engine = new MatchingEngine({
      instruments: [instrument()],
      accounts: [account('ikenna'), account('odum'), account('christian')],
      ...options,
    });
  }

  /** Carries out a command one millisecond after the last one. */
  do(command: Command): readonly ExecutionReport[] {
    this.time += 1;
    const reports = this.engine.handle(this.time, command);
    this.log.push(...reports);
    return reports;
  }

  /** Orders of ikenna unless `account` says otherwise: MARKET without a price, LIMIT with one. */
  buy(orderQty: Lots, options: OrderOptions = {}): readonly ExecutionReport[] {
    return this.order('BUY', orderQty, options);
  }

  sell(orderQty: Lots, options: OrderOptions = {}): readonly ExecutionReport[] {
    return this.order('SELL', orderQty, options);
  }

  private order(side: Side, orderQty: Lots, options: OrderOptions): readonly ExecutionReport[] {
    this.lastId += 1;
    return this.do({
      kind: 'new',
      account: 'ikenna',
      symbol: 'BTCUSDT',
      clientOrderId: `order-${this.lastId}`,
      side,
      orderQty,
      orderType: options.price === undefined ? 'MARKET' : 'LIMIT',
      ...options,
    });
  }

  cancel(clientOrderId: string, account = 'ikenna'): readonly ExecutionReport[] {
    return this.do({ kind: 'cancel', account, symbol: 'BTCUSDT', clientOrderId });
  }

  amend(
    clientOrderId: string,
    orderQty: Lots,
    price?: Ticks,
    account = 'ikenna',
  ): readonly ExecutionReport[] {
    const change = price === undefined ? { orderQty } : { orderQty, price };
    return this.do({ kind: 'amend', account, symbol: 'BTCUSDT', clientOrderId, ...change });
  }

  quote(bids: readonly BookLevel[], asks: readonly BookLevel[]): readonly ExecutionReport[] {
    return this.do({ kind: 'quote', symbol: 'BTCUSDT', bids, asks });
  }

  print(price: Ticks, quantity: Lots): readonly ExecutionReport[] {
    return this.do({ kind: 'trade', symbol: 'BTCUSDT', price, quantity });
  }

  mark(price: Ticks): readonly ExecutionReport[] {
    return this.do({ kind: 'markPrice', symbol: 'BTCUSDT', price });
  }

  /** The account's position, or what it holds of one side in hedge mode; 0 when flat. */
  position(name = 'ikenna', side = 'BOTH'): Lots {
    return this.engine.positions(name).find(({ positionSide }) => positionSide === side)?.quantity ?? 0;
  }

  /** Gives the account a position at `price`, against christian, and leaves the book as it was. */
  hold(name: string, quantity: Lots, price: Ticks, options: OrderOptions = {}): void {
    const [maker, taker] = quantity > 0 ? (['SELL', 'BUY'] as const) : (['BUY', 'SELL'] as const);
    this.order(maker, Math.abs(quantity), { account: 'christian', price });
    this.order(taker, Math.abs(quantity), { account: name, price, timeInForce: 'FOK', ...options });
  }
}

/** What a spec looks at: `ikenna order-2 TRADE FILLED 5@100`. */
export function lines(reports: readonly ExecutionReport[]): readonly string[] {
  return reports.map((report) => {
    const {
      account: name,
      clientOrderId,
      execType,
      orderStatus,
      lastQty,
      lastPx,
      rejectCode,
      expireReason,
    } = report;
    const detail = execType === 'TRADE' ? `${lastQty}@${String(lastPx)}` : (rejectCode ?? expireReason);
    return [name, clientOrderId, execType, orderStatus, detail].filter((part) => part !== null).join(' ');
  });
}
