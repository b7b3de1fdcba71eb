import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatCash } from '@bowline/domain';
import { SystemClock } from '@bowline/engine';
import { BinanceUsdmMarketFeed, checkBinanceUsdm } from '@bowline/exchange-binance-usdm';
import type { ExchangeReport, MarketUpdate } from '@bowline/ports';
import { WorkFolder } from '@bowline/testkit';
import {
  about,
  BinanceBench,
  BTCUSDT,
  EXCHANGE,
  KEYS,
  limitAt,
  place,
  positionAfter,
  PRICE,
  SILENT,
  stopAt,
} from './binance-usdm.spec-support.js';

const work = new WorkFolder('binance-usdm');
let opened = 0;
let bench: BinanceBench;

beforeEach(async () => {
  opened += 1;
  bench = await BinanceBench.open(work.at(`sim-${opened}`));
  await bench.connect();
});

afterEach(() => bench.close());

const tradesOf = (reports: readonly ExchangeReport[]) => reports.filter((report) => report.type === 'trade');

describe('a request', () => {
  it.each<[string, Parameters<BinanceBench['fault']>[0]]>([
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
    expect((await bench.truth()).orders).toMatchObject({ a: expect.anything() });
  });

  it('that never arrived is unknown, and absent', async () => {
    await bench.fault({ fault: 'request_lost', request: 'place' });
    expect(await bench.ask(place('a'))).toMatchObject([{ type: 'request_unknown', request: 'place' }]);
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([{ type: 'order_absent' }]);
  });

  it('that is too much is refused for certain, and says how long to wait', async () => {
    const waits: boolean[] = [];
    bench.client.pace.onBackOff((_until, closing) => waits.push(closing));
    await bench.fault({
      fault: 'error_reply',
      request: 'place',
      status: 429,
      code: -1003,
      retryAfterMs: 2_000,
    });
    expect(await bench.ask(place('a'))).toMatchObject([
      { type: 'order', execType: 'reject', reason: 'NOT_SENT' },
    ]);
    expect(waits).toEqual([true]);
    expect(await bench.ask(about('query_order', 'a'))).toMatchObject([{ type: 'order_absent' }]);
  });

  it('is placed all the same where the clock of the exchange has leapt', async () => {
    await bench.fault({ fault: 'clock_skew', skewMs: 60_000 });
    expect(await bench.ask(place('a', limitAt(PRICE - 100)))).toMatchObject([{ execType: 'accept' }]);
    expect(Object.keys((await bench.truth()).orders)).toEqual(['a']);
  });

  it('to cancel which is acknowledged and then fills has its fill told', async () => {
    await bench.ask(place('a', limitAt(PRICE - 100)));
    await bench.fault({ fault: 'cancel_then_fill', request: 'cancel' });
    const told = await bench.ask(about('cancel', 'a'), about('query_order', 'a'));
    const { trades } = await bench.truth();
    const filled = trades.reduce((sum, { lastQty }) => sum + lastQty, 0);
    const facts = new Map(tradesOf(told).map((trade) => [trade.id, trade.lastQty]));
    expect([...facts.values()].reduce((sum, lots) => sum + lots, 0)).toBe(filled);
  });
});

describe('the stream', () => {
  it('may say everything twice: a fact has one id', async () => {
    await bench.fault({ fault: 'duplicate', count: 100 });
    const told = await bench.ask(place('a'));
    expect(told.filter(({ type }) => type === 'order')).toHaveLength(1);
    const trades = tradesOf(told);
    expect(new Set(trades.map(({ id }) => id)).size).toBe(trades.length / 2);
  });

  it.each<[string, Parameters<BinanceBench['fault']>[0]]>([
    ['breaks', { fault: 'disconnect' }],
    ['needs another key', { fault: 'listen_key_expired' }],
  ])('says that it is whole again when it %s, and what was missed is asked for', async (_what, fault) => {
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

  it('may be out of order: all is known in the end', async () => {
    await bench.fault({ fault: 'reorder', count: 2 });
    await bench.ask(place('a'), place('b', limitAt(PRICE - 50)), place('s', stopAt(PRICE - 80)));
    await bench.moveTo(PRICE - 100);
    const told = await bench.ask(positionAfter(0), about('query_order', 's'));
    const { trades } = await bench.truth();
    const ids = new Set(tradesOf(told).map(({ tradeId }) => tradeId));
    expect(ids).toEqual(new Set(trades.map(({ tradeId }) => tradeId)));
  });
});

describe('a client that is started again', () => {
  it('knows whose trades were made before it', async () => {
    await bench.ask(place('a'), place('s', stopAt(PRICE - 100)));
    await bench.moveTo(PRICE - 200);
    const before = tradesOf((await bench.settle(), bench.told));
    await bench.client.close();
    bench.client = bench.newClient();
    await bench.connect();
    expect(tradesOf(await bench.ask(positionAfter(0)))).toEqual(before);
    expect(tradesOf(await bench.ask(positionAfter(Number(before[0]?.tradeId))))).toEqual(before.slice(1));
    expect((await bench.ask(about('query_order', 's'))).at(-1)).toMatchObject({
      orderStatus: 'filled',
      cumQty: 10,
    });
  });
});

describe('position and balance', () => {
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
    expect(
      tradesOf(told).map(({ fee, lastPx, lastQty, tradeId }) => [tradeId, lastQty, lastPx, formatCash(fee)]),
    ).toEqual(trades.map(({ fee, lastPx, lastQty, tradeId }) => [tradeId, lastQty, lastPx, fee]));
  });

  it('are kept apart by side in hedge mode, where a stop closes its own', async () => {
    await bench.close();
    opened += 1;
    bench = await BinanceBench.open(work.at(`sim-${opened}`), true);
    await bench.connect();
    await bench.ask(place('a'), place('b', { side: 'SELL', positionSide: 'SHORT', orderQty: 4 }));
    expect((await bench.ask(positionAfter(0))).at(-1)).toMatchObject({ signedQty: 6, entryPrice: null });
    await bench.ask(place('s', { ...stopAt(PRICE - 100), reduceOnly: true }));
    await bench.moveTo(PRICE - 200);
    await bench.settle();
    expect((await bench.ask(positionAfter(0))).at(-1)).toMatchObject({ signedQty: -4 });
  });
});

describe('a check of the account', () => {
  it('finds what is there', async () => {
    await bench.ask(place('a'), place('b', limitAt(PRICE - 100)), place('s', stopAt(PRICE - 300)));
    const found = await checkBinanceUsdm({
      ...{ keys: KEYS, clock: new SystemClock(), logger: SILENT, hedgeMode: false },
      ...{ restUrl: bench.restUrl, spotUrl: null },
    });
    expect(found).toMatchObject({
      account: { ok: true },
      positionMode: { ok: true, value: 'one-way' },
      positions: { ok: true, value: [{ symbol: 'BTCUSDT', quantity: '0.01' }] },
      openOrders: { ok: true, value: [{ clientOrderId: 'b' }, { clientOrderId: 's', conditional: true }] },
      warnings: [],
    });
  });
});

describe('the market', () => {
  it('is told as it moves', async () => {
    const updates: MarketUpdate[] = [];
    let onUpdate: () => void = () => undefined;
    const feed = new BinanceUsdmMarketFeed({
      ...{ exchange: EXCHANGE, instruments: [BTCUSDT], clock: new SystemClock(), logger: SILENT },
      ...{ restUrl: bench.restUrl, streamUrl: bench.streamUrl, conflateMs: 0 },
    });
    feed.onUpdate((update) => {
      updates.push(update);
      onUpdate();
    });
    await feed.connect();
    for (const price of [PRICE + 10, PRICE - 10]) {
      await bench.moveTo(price);
      while (updates.at(-1)?.last !== price)
        await new Promise<void>((resolve) => {
          onUpdate = resolve;
        });
    }
    expect(updates.at(-1)).toMatchObject({ symbol: 'BTCUSDT', last: PRICE - 10 });
    await feed.close();
  });
});
