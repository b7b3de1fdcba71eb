import type { Instrument } from '@bowline/domain';
import { MockExchange, type MarketTick, type MockExchangeOptions } from '@bowline/exchange-simulator';
import { ManualClock } from '@bowline/testkit';
import { SIM } from '../simulator.spec-support.js';
import { PublicMarkets, type MarginPlan } from './public-markets.js';

/** 2025-01-06 12:00:00 UTC, a Monday. */
export const START = Date.UTC(2025, 0, 6, 12);
export const PRICE = 10_000;
export const BTC: Instrument = SIM.instruments[0]!;

/** An exchange without latency and what everybody sees of it, on a clock that is moved by hand. */
export class PublicScenario {
  readonly clock = new ManualClock(START);
  readonly exchange: MockExchange;
  readonly markets: PublicMarkets;
  private orders = 0;

  constructor(margin: MarginPlan | null = null, options: Partial<MockExchangeOptions> = {}) {
    this.markets = new PublicMarkets(
      SIM.instruments,
      () => this.exchange,
      margin,
      () => this.clock.now(),
    );
    this.exchange = new MockExchange({
      ...{ exchange: 'sim', clock: this.clock, latencyMs: 0, instruments: SIM.instruments },
      accounts: SIM.accounts.map(({ token: _, ...account }) => account),
      onCarriedOut: (carriedOut) => this.markets.onCarriedOut(carriedOut),
      ...(margin !== null && { liquidation: margin.liquidation }),
      ...options,
    });
    this.markets.open();
  }

  get btc() {
    return this.markets.of('BTCUSDT')!;
  }

  tick(price: number, changes: Partial<MarketTick> = {}): this {
    const bids = [[price - 1, 500] as const];
    const asks = [[price + 1, 500] as const];
    this.markets.onTick({ symbol: 'BTCUSDT', price, quantity: 20, bids, asks, ...changes });
    return this;
  }

  /** At the market without a price, resting with one. */
  order(side: 'BUY' | 'SELL', orderQty: number, price?: number, account = 'ikenna'): this {
    this.orders += 1;
    this.exchange.carryOut({
      ...{ kind: 'new', account, symbol: 'BTCUSDT', clientOrderId: `order-${this.orders}`, side, orderQty },
      ...(price === undefined ? { orderType: 'MARKET' } : { orderType: 'LIMIT', price }),
    });
    return this;
  }

  cancel(number: number, account = 'ikenna'): this {
    this.exchange.carryOut({ kind: 'cancel', account, symbol: 'BTCUSDT', clientOrderId: `order-${number}` });
    return this;
  }

  /** Lets time pass, with what falls due by itself. */
  pass(ms: number): this {
    const until = this.clock.now() + ms;
    const { timers } = this.markets;
    for (let next = timers.nextTime(); next !== null && next <= until; next = timers.nextTime()) {
      this.clock.advanceTo(next);
      timers.step();
    }
    this.clock.advanceTo(until);
    return this;
  }
}
