import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatCash } from '@bowline/domain';
import { SystemClock } from '@bowline/engine';
import { CcxtMarketFeed } from '@bowline/exchange-ccxt';
import type { ExchangeReport, ExchangeRequest, MarketDepth, MarketUpdate } from '@bowline/ports';
import { WorkFolder } from '@bowline/testkit';
import {
  about,
  EXCHANGE,
  limitAt,
  place,
  positionAfter,
  SILENT,
  stopAt,
} from './binance-usdm.spec-support.js';
import { BTCUSDT, CcxtBench, clientOf, PRICE } from './ccxt.spec-support.js';

const work = new WorkFolder('ccxt');
let opened = 0;
let bench: CcxtBench;

beforeEach(async () => {
  opened += 1;
  bench = await CcxtBench.open(work.at(`sim-${opened}`));
  await bench.connect();
});

afterEach(() => bench.close());

const tradesOf = (reports: readonly ExchangeReport[]) => reports.filter((report) => report.type === 'trade');

describe('a request by ccxt', () => {
  it.each<[string, Parameters<CcxtBench['fault']>[0]]>([
    ['whose answer is lost', { fault: 'reply_lost', request: 'place' }],
    ['that is answered 503', { fault: 'error_reply', request: 'place', status: 503, executed: true }],
    [
      'that times out at the exchange',
      { fault: 'error_reply', request: 'place', status: 400, code: -1007, executed: true },
    ],
  ])('%s is unknown, and adopted by its id', async (_what, fault) => {
    await bench.fault(fault);
    const told = await bench.ask(place('a', limitAt(PRICE - 100)));
    // The stream may say that it is there before the answer fails to.
    expect(told.map(({ type }) => type).sort()).toEqual(['order', 'request_unknown']);
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([
      { type: 'order_status', orderStatus: 'new' },
    ]);
    expect((await bench.truth()).orders).toMatchObject({ a: { accepted: 1 } });
  });

  it('that never arrived is unknown, and absent', async () => {
    await bench.fault({ fault: 'request_lost', request: 'place' });
    expect(await bench.ask(place('a'))).toMatchObject([{ type: 'request_unknown', request: 'place' }]);
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([{ type: 'order_absent' }]);
  });

  it('that is too much is refused for certain, and says how long to wait', async () => {
    const waits: number[] = [];
    bench.client.pace.onBackOff((until) => waits.push(until - Date.now()));
    const fault = { fault: 'error_reply', request: 'place', status: 429, code: -1003 } as const;
    await bench.fault({ ...fault, retryAfterMs: 60_000 });
    expect(await bench.ask(place('a'))).toMatchObject([{ execType: 'reject', reason: 'NOT_SENT' }]);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(10_000);
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([{ type: 'order_absent' }]);
  });

  it('is not repeated by itself where the clock of the exchange has leapt, and the next one goes through', async () => {
    await bench.fault({ fault: 'clock_skew', skewMs: 60_000 });
    expect(await bench.ask(place('a', limitAt(PRICE - 100)))).toMatchObject([
      { execType: 'reject', reason: 'NOT_SENT' },
    ]);
    expect(await bench.ask(place('b', limitAt(PRICE - 100)))).toMatchObject([{ execType: 'accept' }]);
    expect(Object.keys((await bench.truth()).orders)).not.toContain('a');
  });

  it('weighs what ccxt says that it weighs', async () => {
    await bench.ask(place('a', limitAt(PRICE - 100)), about('query_order', 'a'), positionAfter(0));
    const { pace } = bench.client;
    expect(pace.limits()).toMatchObject([{ counts: 'weight', intervalMs: 60_000 }]);
    for (const request of [about('query_order', 'a'), positionAfter(0)])
      expect(pace.costOf(request).weight).toBeGreaterThan(0);
    expect(pace.costOf(place('a'))).toMatchObject({ orders: 1 });
  });
});

describe('the streams of ccxt', () => {
  it.each<[string, Parameters<CcxtBench['fault']>[0]]>([
    ['break', { fault: 'disconnect' }],
    ['need another key', { fault: 'listen_key_expired' }],
  ])('stand again when they %s, and what was missed is asked for', async (_what, fault) => {
    await bench.ask(place('a', limitAt(PRICE - 100)), place('s', stopAt(PRICE - 300)));
    await bench.fault(fault);
    await bench.moveTo(PRICE - 200);
    await bench.until(({ type }) => type === 'reconnected');
    const told = await bench.ask(about('query_order', 'a'), positionAfter(0));
    expect(told).toContainEqual(expect.objectContaining({ type: 'order_status', orderStatus: 'filled' }));
    expect(told.at(-1)).toMatchObject({ type: 'position', signedQty: 10 });
    await bench.moveTo(PRICE - 400);
    await bench.settle();
    expect(tradesOf(bench.told).at(-1)).toMatchObject({ clientOrderId: 's', side: 'SELL', cumQty: 10 });
  });

  it('say a fact under one id, however often it is said', async () => {
    await bench.fault({ fault: 'duplicate', count: 100 });
    const told = await bench.ask(place('a'));
    expect(told.filter(({ type }) => type === 'order')).toHaveLength(1);
    const facts = new Map(tradesOf(told).map((trade) => [trade.id, trade.lastQty]));
    expect([...facts.values()].reduce((sum, lots) => sum + lots, 0)).toBe(10);
  });
});

describe('another client of ccxt', () => {
  it('knows whose trades were made before it', async () => {
    await bench.ask(place('a'), place('s', stopAt(PRICE - 100)));
    await bench.moveTo(PRICE - 200);
    await bench.settle();
    const before = tradesOf(bench.told);
    const told: ExchangeReport[] = [];
    const other = await clientOf(bench.restUrl);
    await other.connect((report) => told.push(report));
    for (const request of [positionAfter(0), about('query_order', 's')]) {
      other.send(request);
      await other.answered();
    }
    const facts = new Map(tradesOf(told).map((trade) => [trade.id, trade]));
    expect([...facts.values()]).toEqual(before);
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'order_status', orderStatus: 'filled', cumQty: 10 }),
    );
    await other.close();
  });
});

describe('position and balance by ccxt', () => {
  it('are those of the exchange, to the digit', async () => {
    const qty = [3, 7, 11, 2, 13];
    for (const [at, orderQty] of qty.entries()) {
      const side = at % 3 === 2 ? 'SELL' : 'BUY';
      await bench.ask(
        place(`m${at}`, { side, orderQty }),
        place(`l${at}`, { ...limitAt(PRICE - 30), orderQty: 1 }),
      );
      await bench.moveTo(PRICE - at * 17);
    }
    const told = await bench.ask(positionAfter(0));
    const { balances, positions, trades } = await bench.truth();
    const [held] = positions;
    const position = told.at(-1);
    expect(position).toMatchObject({ type: 'position', signedQty: held?.quantity });
    expect(position?.type === 'position' && Number(position.entryPrice)).toBeCloseTo(
      Number(held?.entryPrice),
      6,
    );
    const balance = told.find((report) => report.type === 'balance');
    expect(balance && formatCash(balance.balance)).toBe(balances['USDT']);
    const all = tradesOf(told);
    expect(
      all.map(({ fee, lastPx, lastQty, tradeId }) => [tradeId, lastQty, lastPx, formatCash(fee)]),
    ).toEqual(
      trades
        .filter(({ symbol }) => symbol === 'BTCUSDT')
        .map(({ fee, lastPx, lastQty, tradeId }) => [tradeId, lastQty, lastPx, fee]),
    );
  });

  it('are kept apart by side in hedge mode, where a stop closes its own', async () => {
    await bench.close();
    opened += 1;
    bench = await CcxtBench.open(work.at(`sim-${opened}`), true);
    await bench.connect();
    await bench.client.answered();
    const ask = async (...requests: readonly ExchangeRequest[]): Promise<readonly ExchangeReport[]> => {
      for (const request of requests) bench.client.send(request);
      await bench.client.answered();
      return bench.told;
    };
    await ask(place('a'), place('b', { side: 'SELL', positionSide: 'SHORT', orderQty: 4 }));
    expect((await ask(positionAfter(0))).at(-1)).toMatchObject({ signedQty: 6, entryPrice: null });
    await ask(place('s', { ...stopAt(PRICE - 100), reduceOnly: true }));
    await bench.moveTo(PRICE - 200);
    await bench.until((report) => report.type === 'trade' && report.clientOrderId === 's');
    expect((await ask(positionAfter(0))).at(-1)).toMatchObject({ signedQty: -4 });
  });
});

describe('the market by ccxt', () => {
  it('is told as it moves, with its book', async () => {
    const updates: MarketUpdate[] = [];
    const books: MarketDepth[] = [];
    let onNews: () => void = () => undefined;
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo())
        await new Promise<void>((resolve) => {
          onNews = resolve;
        });
    };
    const feed = await CcxtMarketFeed.open({
      ...{ ccxtId: 'binanceusdm', exchange: EXCHANGE, instruments: [BTCUSDT], clock: new SystemClock() },
      ...{ logger: SILENT, conflateMs: 0, subscribeMs: 20, firstPauseMs: 1 },
      ...{ restUrl: bench.restUrl, streamUrl: bench.restUrl.replace('http', 'ws') },
    });
    feed.onUpdate((update) => {
      updates.push(update);
      onNews();
    });
    feed.onDepth((depth) => {
      books.push(depth);
      onNews();
    });
    await feed.connect();
    for (const price of [PRICE + 10, PRICE - 10]) {
      await bench.moveTo(price);
      await until(() => updates.at(-1)?.last === price && (books.at(-1)?.bids[0]?.[0] ?? 0) < price);
    }
    expect(updates.at(-1)).toMatchObject({ symbol: 'BTCUSDT', last: PRICE - 10 });
    const { asks = [], bids = [] } = books.at(-1) ?? {};
    expect(bids.map(([price]) => price)).toEqual([...bids.map(([price]) => price)].sort((a, b) => b - a));
    expect(asks[0]?.[0]).toBeGreaterThan(bids[0]?.[0] ?? Infinity);
    await feed.close();
  });
});
