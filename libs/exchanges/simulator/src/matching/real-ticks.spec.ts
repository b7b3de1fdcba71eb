import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, it } from '@jest/globals';
import { decimal, priceToTicks, quantityToLots, type Instrument, type TimeMs } from '@bowline/domain';
import { sharedData, whenPresent } from '@bowline/testkit';
import type { MarketEvent, NewOrderRequest } from './commands.js';
import type { ExecutionReport } from './execution-report.js';
import { HOUSE_ACCOUNT } from './house.js';
import { fixedLatency } from './latency.js';
import { account, instrument, Scenario } from './scenario.spec-support.js';
import { SimulatedExchange } from './simulated-exchange.js';

const FILE = 'ticks/binance-usdm-btcusdt_20240808.gz';
const btc = instrument({ tickSize: '0.1', lotSize: '0.001' });
const SECOND = 1_000;

interface Tick {
  readonly at: TimeMs;
  readonly event: MarketEvent;
}

/** Best bid and ask, and trades, by the exchange's own time. */
function readTicks(path: string): readonly Tick[] {
  const ticks: Tick[] = [];
  let latest = 0;
  for (const line of gunzipSync(readFileSync(path)).toString('utf8').split('\n')) {
    // Snapshots of the book stand between the streams' messages.
    const { stream = '', data } = line === '' ? {} : JSON.parse(line.slice(line.indexOf(' ')));
    const event = stream.endsWith('@bookTicker')
      ? quoteOf(data)
      : stream.endsWith('@trade')
        ? printOf(data)
        : null;
    if (event === null) continue;
    // The two streams are not merged by time: an event that comes late happens when it comes.
    latest = Math.max(latest, data.T);
    ticks.push({ at: latest, event });
  }
  return ticks;
}

function quoteOf({ b, B, a, A }: Record<string, string>): MarketEvent {
  return {
    kind: 'quote',
    symbol: 'BTCUSDT',
    bids: [[ticksOf(btc, b), lotsOf(B)]],
    asks: [[ticksOf(btc, a), lotsOf(A)]],
  };
}

function printOf({ p, q }: Record<string, string>): MarketEvent {
  return { kind: 'trade', symbol: 'BTCUSDT', price: ticksOf(btc, p), quantity: lotsOf(q) };
}

function ticksOf(of: Instrument, text: string): number {
  return priceToTicks(of, decimal(text)) ?? Number.NaN;
}

function lotsOf(text: string): number {
  return quantityToLots(btc, decimal(text)) ?? Number.NaN;
}

/** Quotes both sides at the best prices each second, takes back what is five seconds old, and buys or sells at the market now and then. */
function replay(ticks: readonly Tick[]): {
  exchange: SimulatedExchange;
  reports: readonly ExecutionReport[];
} {
  const fees = { feeMakerBps: decimal('2'), feeTakerBps: decimal('4'), balances: {} };
  const { engine } = new Scenario({
    instruments: [btc],
    accounts: [account('ikenna', fees), account('odum', fees)],
  });
  const exchange = new SimulatedExchange(engine, fixedLatency(20, 20));
  const reports: ExecutionReport[] = [];
  let next = ticks[0].at + SECOND;
  let round = 0;
  for (const { at, event } of ticks) {
    for (; next <= at; next += SECOND) {
      reports.push(...exchange.advanceTo(next).map(({ report }) => report));
      trade(exchange, next, round);
      round += 1;
    }
    exchange.feed(at, event);
  }
  reports.push(...exchange.advanceTo(next + SECOND).map(({ report }) => report));
  return { exchange, reports };
}

function trade(exchange: SimulatedExchange, at: TimeMs, round: number): void {
  const { bids, asks } = exchange.engine.depth('BTCUSDT', 1);
  const order = (
    name: string,
    terms: Pick<NewOrderRequest, 'side' | 'orderType'> & Partial<NewOrderRequest>,
  ): void =>
    exchange.submit(at, {
      kind: 'new',
      account: 'ikenna',
      symbol: 'BTCUSDT',
      orderQty: 20,
      clientOrderId: name,
      ...terms,
    });
  for (const side of ['BUY', 'SELL'] as const) {
    const [best] = side === 'BUY' ? bids : asks;
    if (best !== undefined)
      order(`${side}-${round}`, { side, orderType: 'LIMIT', price: best[0], timeInForce: 'GTX' });
    exchange.submit(at, {
      kind: 'cancel',
      account: 'ikenna',
      symbol: 'BTCUSDT',
      clientOrderId: `${side}-${round - 5}`,
    });
  }
  const side = round % 2 === 0 ? 'BUY' : 'SELL';
  if (round % 7 === 0) order(`market-${round}`, { side, orderType: 'MARKET', account: 'odum' });
}

whenPresent('345 seconds of Binance USD-M', `../shared/data/${FILE}`, sharedData(FILE), (path) => {
  let ticks: readonly Tick[] = [];
  beforeAll(() => {
    ticks = readTicks(path);
  });

  it('replays without a crossed book, and with every position and every cent accounted for', () => {
    expect(ticks.length).toBeGreaterThan(80_000);
    const { exchange, reports } = replay(ticks);
    const { engine } = exchange;
    const trades = reports.filter(({ execType }) => execType === 'TRADE');
    // Passive orders fill when the tape reaches them, and some are canceled before.
    expect(new Set(reports.map(({ execType }) => execType))).toEqual(
      new Set(['NEW', 'TRADE', 'CANCELED', 'REJECTED']),
    );
    expect(trades.filter(({ liquidity }) => liquidity === 'MAKER').length).toBeGreaterThan(50);
    expect(trades.filter(({ liquidity }) => liquidity === 'TAKER').length).toBeGreaterThan(20);

    const { bids, asks } = engine.depth('BTCUSDT');
    expect(bids[0][0]).toBeLessThan(asks[0][0]);
    const positions = ['ikenna', 'odum', HOUSE_ACCOUNT].flatMap((name) => engine.positions(name));
    expect(positions.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(0);
    const invested = positions.reduce((sum, { quantity, cost }) => sum + (quantity > 0 ? cost : -cost), 0n);
    const cash = ['ikenna', 'odum', HOUSE_ACCOUNT].map((name) => engine.balances(name).get('USDT') ?? 0n);
    const fees = trades.reduce((sum, { fee }) => sum + fee, 0n);
    expect(cash.reduce((sum, balance) => sum + balance, 0n) - invested * btc.tickLotCash).toBe(-fees);

    const prices = ticks
      .map(({ event }) => (event.kind === 'trade' ? event.price : null))
      .filter((price) => price !== null);
    const low = prices.reduce((least, price) => Math.min(least, price));
    const high = prices.reduce((most, price) => Math.max(most, price));
    for (const { lastPx } of trades) {
      expect(lastPx).toBeGreaterThanOrEqual(low);
      expect(lastPx).toBeLessThanOrEqual(high);
    }
  });

  it('gives the same reports and the same state twice', () => {
    const some = ticks.slice(0, 30_000);
    const [first, second] = [replay(some), replay(some)];
    expect(second.reports).toEqual(first.reports);
    expect(second.exchange.engine.stateHash()).toBe(first.exchange.engine.stateHash());
  });
});
