import { afterEach, describe, expect, it } from '@jest/globals';
import { cash, createInstrument, decimal, type OrderTerms } from '@bowline/domain';
import type { ExchangeFact, ExchangeReport, MarketDepth, MarketUpdate } from '@bowline/ports';
import { ManualClock, WorkFolder } from '@bowline/testkit';
import { mockAccount } from './mock-exchanges.js';
import { PaperExchange } from './paper-exchange.js';

const work = new WorkFolder('paper-exchange');
const START = 1_000_000;

/** A market that the test tells of, one paper account, and what it hears. */
class PaperBench {
  readonly reports: ExchangeReport[] = [];
  readonly paper: PaperExchange;
  private onUpdate: (update: MarketUpdate) => void = () => undefined;
  private onDepth: (depth: MarketDepth) => void = () => undefined;

  constructor(
    folder: string | null = null,
    readonly clock = new ManualClock(START),
  ) {
    const config = {
      ...{
        exchange: 'binance-usdm',
        accountBalance: decimal('100000'),
        hedgeMode: false,
        allowSynthetic: false,
        symbols: null,
      },
      ...{ feeMakerBps: decimal('2'), feeTakerBps: decimal('5') },
    };
    this.paper = new PaperExchange({
      ...{ exchange: 'binance-usdm', clock, latencyMs: 50, fillRatio: 1 },
      instruments: [
        createInstrument({
          ...{ exchange: 'binance-usdm', symbol: 'BTCUSDT', kind: 'perpetual', inverse: false },
          ...{ base: 'BTC', quote: 'USDT', settle: 'USDT', multiplier: '1' },
          ...{ tickSize: '0.1', lotSize: '0.001', minNotional: '0' },
        }),
      ],
      account: mockAccount('ikenna', config, 'USDT'),
      log: folder === null ? null : { folder },
    });
    this.paper.follow({
      onUpdate: (listener) => (this.onUpdate = listener),
      onDepth: (listener) => (this.onDepth = listener),
      onBar: () => undefined,
    });
    void this.paper.client.connect((report) => this.reports.push(report));
  }

  update(last: number, change: Partial<MarketUpdate> = {}): void {
    const prices = { last, high: last, low: last, bid: last - 1, ask: last + 1 };
    this.onUpdate({
      exchange: 'binance-usdm',
      symbol: 'BTCUSDT',
      at: this.clock.now(),
      ...prices,
      ...change,
    });
  }

  depth(bids: MarketDepth['bids'], asks: MarketDepth['asks']): void {
    this.onDepth({ exchange: 'binance-usdm', symbol: 'BTCUSDT', at: this.clock.now(), bids, asks });
  }

  place(clientOrderId: string, change: Partial<OrderTerms>): void {
    const terms: OrderTerms = {
      key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
      ...{ side: 'BUY', positionSide: 'LONG', orderType: 'market', orderQty: 10, reduceOnly: false },
      ...{ limitPrice: null, stopPrice: null, timeInForce: 'GTC' },
      ...change,
    };
    const at = this.clock.now();
    const said = { type: 'place', clientOrderId, symbol: 'BTCUSDT', terms } as const;
    this.paper.client.send({ ...said, expiresAt: null, ocoGroup: null, at });
    this.clock.settle();
  }

  /** `price x quantity`, in order. */
  trades(): string[] {
    this.clock.settle();
    return this.heard('trade').map(({ lastPx, lastQty }) => `${lastPx} x ${lastQty}`);
  }

  heard<T extends ExchangeFact['type']>(type: T): Extract<ExchangeReport, { type: T }>[] {
    return this.reports.filter((report) => report.type === type) as Extract<ExchangeReport, { type: T }>[];
  }
}

const open: PaperBench[] = [];
function bench(...args: ConstructorParameters<typeof PaperBench>): PaperBench {
  open.push(new PaperBench(...args));
  return open.at(-1)!;
}
afterEach(async () => {
  for (const { paper } of open.splice(0)) await paper.close();
});

describe('an account that trades a real market on paper', () => {
  it('takes what the order book shows, level by level', () => {
    const desk = bench();
    desk.depth(
      [[999, 4]],
      [
        [1_001, 4],
        [1_002, 3],
        [1_005, 100],
      ],
    );
    desk.update(1_000);
    desk.place('e', { orderQty: 10 });
    expect(desk.trades()).toEqual(['1001 x 4', '1002 x 3', '1005 x 3']);
  });

  it('takes the whole at the top where only its price is told', () => {
    const desk = bench();
    desk.update(1_000);
    desk.place('e', { orderQty: 5_000 });
    expect(desk.trades()).toEqual(['1001 x 5000']);
  });

  it('has its stop triggered by a price that the market has only been at in between', () => {
    const desk = bench();
    desk.update(1_000);
    desk.place('s', {
      side: 'SELL',
      orderType: 'stop_market',
      stopPrice: 950,
      key: { strategyPositionId: 'A-1', leg: 's', generation: 1 },
    });
    desk.update(990, { high: 1_000, low: 949, bid: 989, ask: 991 });
    expect(desk.trades()).toEqual(['948 x 10']);
  });

  it('has a resting order filled by as much as was traded there, and no more', () => {
    const desk = bench();
    desk.update(1_000);
    desk.place('t', { side: 'SELL', orderType: 'limit', limitPrice: 1_010 });
    desk.update(1_011, { tradedQty: 4, bid: 1_009, ask: 1_012 });
    expect(desk.trades()).toEqual(['1010 x 4']);
    desk.update(1_012, { tradedQty: 400, bid: 1_009, ask: 1_013 });
    expect(desk.trades()).toEqual(['1010 x 4', '1010 x 6']);
  });

  it('hears nothing of other exchanges and symbols', () => {
    const desk = bench();
    desk.update(1_000);
    desk.place('s', { side: 'SELL', orderType: 'stop_market', stopPrice: 950 });
    desk.update(900, { symbol: 'ETHUSDT' });
    desk.update(900, { exchange: 'okx' });
    expect(desk.trades()).toEqual([]);
  });

  it('still stands where it stood after its process has died', async () => {
    const folder = work.at('died');
    const first = bench(folder);
    first.update(1_000);
    first.place('e', { orderQty: 10 });
    first.place('s', { side: 'SELL', orderType: 'stop_market', stopPrice: 950 });
    await first.paper.close();
    const second = bench(folder, first.clock);
    second.update(940, { bid: 939, ask: 941 });
    expect(second.trades()).toEqual(['939 x 10']);
    const balance = second.heard('balance').at(-1)!.balance;
    // 10 lots of 0.001, from 100.1 down to 93.9, and 5 basis points of each.
    expect(balance).toBe(cash('100000') - cash('0.062') - cash('0.00097'));
  });
});
