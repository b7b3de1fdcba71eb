import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@bowline/engine';
import { MockExchange } from '@bowline/exchange-simulator';
import { WorkFolder } from '@bowline/testkit';
import { PublicMarkets } from '../../public-market/public-markets.js';
import { Parameters } from '../common/parameters.js';
import { UsdmDialect } from './usdm-dialect.js';
import { PRICE, usdmExchange } from './usdm.spec-support.js';

const work = new WorkFolder('usdm-dialect');
const NO_FAULTS = { isDoubled: () => false, isHeldBack: () => false, skewMs: () => 0 };

/** The dialect without a server around it, at a time of its own. */
class Desk {
  readonly clock: VirtualClock;
  readonly dialect: UsdmDialect;
  readonly exchange: MockExchange;

  constructor(folder: string, now: number) {
    this.clock = new VirtualClock(now);
    const { accounts, exchange, instruments } = usdmExchange();
    const markets = new PublicMarkets(
      instruments,
      () => this.exchange,
      null,
      () => this.clock.now(),
    );
    const surroundings = { clock: this.clock, faults: NO_FAULTS, markets, liquidationFeeBps: 0 };
    const known = accounts.map(({ api = null, ...account }) => ({ ...account, api }));
    this.dialect = new UsdmDialect(
      { instruments, accounts: known },
      { ...surroundings, exchangeOf: () => this.exchange },
    );
    this.exchange = new MockExchange({
      ...{ exchange, accounts: known.map(({ api: _, ...account }) => account), instruments },
      ...{ clock: this.clock, log: { folder }, latencyMs: 0 },
      onCarriedOut: (carriedOut) => this.dialect.onCarriedOut(carriedOut),
    });
    const [{ symbol }] = instruments as [(typeof instruments)[number]];
    const quote = { symbol, bids: [[PRICE - 1, 10]], asks: [[PRICE + 1, 10]] } as const;
    this.exchange.onTick({ ...quote, price: PRICE, quantity: 1 });
  }

  ask(method: string, path: string, params: Readonly<Record<string, string>>): Record<string, unknown> {
    const route = this.dialect.routes.find(
      (each) => each.method === method && each.path === `/fapi/v1/${path}`,
    )!;
    const call = { params: Parameters.ofObject(params, ''), at: this.clock.now(), account: 'ikenna' };
    return route.handle(call) as Record<string, unknown>;
  }

  private clockTo(time: number): void {
    while (this.clock.step(time));
  }

  /** Lets time pass, with what falls due. */
  passTo(time: number): void {
    const { timers } = this.dialect;
    for (let next = timers.nextTime(); next !== null && next <= time; next = timers.nextTime()) {
      this.clockTo(next);
      timers.step();
    }
    this.clockTo(time);
  }
}

const HOUR = 3_600_000;
const GTD = {
  ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', quantity: '0.001', price: '44000', timeInForce: 'GTD' },
};
const NAMED = { symbol: 'BTCUSDT', origClientOrderId: 'gtd' };

describe('an order that is good until a time', () => {
  it('expires then, whether or not the process has died meanwhile', async () => {
    for (const dies of [false, true]) {
      const folder = work.at(`gtd-${String(dies)}`);
      const first = new Desk(folder, 1_000);
      const placed = first.ask('POST', 'order', {
        ...{ ...GTD, newClientOrderId: 'gtd', goodTillDate: String(HOUR), newOrderRespType: 'RESULT' },
      });
      expect(placed).toMatchObject({ status: 'NEW', timeInForce: 'GTD', goodTillDate: HOUR });
      if (dies) await first.exchange.close();
      const desk = dies ? new Desk(folder, 2_000) : first;
      desk.passTo(HOUR - 1);
      expect(desk.ask('GET', 'order', NAMED)).toMatchObject({ status: 'NEW' });
      desk.passTo(HOUR);
      expect(desk.ask('GET', 'order', NAMED)).toMatchObject({ status: 'EXPIRED', updateTime: HOUR });
      await desk.exchange.close();
    }
  });

  it('that is over before leaves nothing to expire', async () => {
    const desk = new Desk(work.at('over'), 1_000);
    desk.ask('POST', 'order', { ...GTD, newClientOrderId: 'gtd', goodTillDate: String(HOUR) });
    desk.ask('DELETE', 'order', NAMED);
    desk.passTo(HOUR);
    expect(desk.ask('GET', 'order', NAMED)).toMatchObject({ status: 'CANCELED', updateTime: 1_000 });
    await desk.exchange.close();
  });
});
