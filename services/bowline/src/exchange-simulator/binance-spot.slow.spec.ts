import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { cash } from '@bowline/domain';
import { SystemClock } from '@bowline/engine';
import { BinanceSpotMarketFeed, checkBinanceSpot } from '@bowline/exchange-binance-spot';
import type { MarketUpdate } from '@bowline/ports';
import { Arrivals, WorkFolder } from '@bowline/testkit';
import { about, KEYS, limitAt, place, positionAfter, SILENT, stopAt } from './binance-usdm.spec-support.js';
import { BTCUSDT, HELD, PRICE, SpotBench } from './binance-spot.spec-support.js';

const work = new WorkFolder('binance-spot');
let opened = 0;
let bench: SpotBench;

beforeEach(async () => {
  opened += 1;
  bench = await SpotBench.open(work.at(`sim-${opened}`), '10');
  await bench.connect();
});

afterEach(() => bench.close());

it('counts as held what can be sold, after a fee in what was bought', async () => {
  // 0.010 BTC less 0.1 %, which is a hundredth of a lot.
  const bought = await bench.ask(place('a', { orderQty: 10 }));
  expect(bought.filter(({ type }) => type === 'trade')).toMatchObject([
    { lastQty: 10, fee: 0n, feeBaseLots: 1 },
  ]);
  const told = await bench.ask(positionAfter(0));
  expect(told.at(-1)).toMatchObject({ type: 'position', signedQty: HELD + 9 });

  const sold = await bench.ask(place('x', { side: 'SELL', orderQty: 9 }));
  const trades = sold.filter((report) => report.type === 'trade');
  expect(trades.reduce((sum, { lastQty }) => sum + lastQty, 0)).toBe(9);
  // Of 0.009 BTC at the price of the trade, in USDT.
  const value = trades.reduce((sum, { lastPx, lastQty }) => sum + BigInt(lastPx) * BigInt(lastQty), 0n);
  expect(trades.reduce((sum, { fee }) => sum + fee, 0n)).toBe((value * cash('0.0001')) / 1_000n);
  const { balances } = await bench.truth();
  const [balance] = (await bench.ask(positionAfter(0))).filter(({ type }) => type === 'balance');
  expect(balance).toMatchObject({ asset: 'USDT', balance: cash(balances['USDT']!) });
});

it('reserves what it sells: a second sell of the same is refused', async () => {
  await bench.ask(place('s', { ...stopAt(PRICE - 1_000), orderQty: HELD }));
  expect(await bench.ask(place('t', { ...limitAt(PRICE + 1_000), side: 'SELL', orderQty: 1 }))).toMatchObject(
    [{ type: 'order', clientOrderId: 't', execType: 'reject', reason: 'INSUFFICIENT_MARGIN' }],
  );
});

it('does not know whether an order was placed whose answer is lost, and finds out', async () => {
  await bench.fault({ fault: 'reply_lost', request: 'place' });
  const told = await bench.ask(place('a', limitAt(PRICE - 100)));
  expect(told.map(({ type }) => type)).toContain('request_unknown');
  expect((await bench.ask(about('query_order', 'a'))).at(-1)).toMatchObject({
    ...{ type: 'order_status', orderStatus: 'new', orderQty: 10 },
  });
});

it('measures the clocks again where they are apart', async () => {
  await bench.fault({ fault: 'clock_skew', skewMs: 60_000 });
  expect(await bench.ask(place('a', limitAt(PRICE - 100)))).toContainEqual(
    expect.objectContaining({ type: 'order', execType: 'accept' }),
  );
});

it('believes the trades where a cancel that was confirmed has filled', async () => {
  await bench.ask(place('a', limitAt(PRICE - 100)));
  await bench.fault({ fault: 'cancel_then_fill', request: 'cancel' });
  await bench.ask(about('cancel', 'a'));
  const told = await bench.ask(about('query_order', 'a'), positionAfter(0));
  const { trades } = await bench.truth();
  const filled = trades.reduce((sum, { lastQty }) => sum + lastQty, 0);
  expect(filled).toBeGreaterThan(0);
  expect(told).toContainEqual(expect.objectContaining({ type: 'order_status', cumQty: filled }));
});

it('counts a trade once that the stream tells twice', async () => {
  await bench.fault({ fault: 'duplicate', count: 100 });
  const told = await bench.ask(place('a'));
  expect(told.filter(({ type }) => type === 'order')).toHaveLength(1);
  const ids = told.flatMap((report) => (report.type === 'trade' ? [report.id] : []));
  expect(new Set(ids).size).toBe(ids.length / 2);
});

it('says that the stream is whole again where it broke, and what was missed is asked for', async () => {
  await bench.ask(place('a', limitAt(PRICE - 100)), place('s', { ...stopAt(PRICE - 300), orderQty: 9 }));
  await bench.fault({ fault: 'disconnect' });
  await bench.moveTo(PRICE - 200);
  await bench.until(({ type }) => type === 'reconnected');
  const told = await bench.ask(about('query_order', 'a'), positionAfter(0));
  expect(told).toContainEqual(expect.objectContaining({ type: 'order_status', orderStatus: 'filled' }));
  expect(told.at(-1)).toMatchObject({ type: 'position', signedQty: HELD + 9 });
  await bench.moveTo(PRICE - 400);
  await bench.settle();
  const trades = bench.told.filter((report) => report.type === 'trade');
  expect(trades.at(-1)).toMatchObject({ clientOrderId: 's', side: 'SELL', cumQty: 9 });
});

it('knows of orders and trades of before, as another client', async () => {
  await bench.ask(place('a'), place('b', limitAt(PRICE - 100)));
  await bench.client.close();
  const told = new Arrivals<unknown>();
  const next = bench.newClient();
  await next.connect((report) => told.push(report));
  next.send(positionAfter(0));
  next.send(about('query_order', 'b'));
  next.send(about('cancel', 'b'));
  await next.answered();
  expect(told.all).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'trade', clientOrderId: 'a', feeBaseLots: 1 }),
      expect.objectContaining({ type: 'order_status', clientOrderId: 'b', orderStatus: 'new' }),
      expect.objectContaining({ type: 'order', clientOrderId: 'b', execType: 'cancel' }),
    ]),
  );
  await next.close();
});

it('reads the market, and looks at the account', async () => {
  const updates = new Arrivals<MarketUpdate>();
  const common = { clock: new SystemClock(), logger: SILENT, restUrl: bench.restUrl };
  const streamUrl = bench.restUrl.replace('http', 'ws');
  const feed = new BinanceSpotMarketFeed({ ...common, streamUrl, instruments: [BTCUSDT], conflateMs: 0 });
  feed.onUpdate((update) => updates.push(update));
  await feed.connect();
  await bench.moveTo(PRICE + 500);
  const [first] = await updates.first(1);
  expect(first).toMatchObject({ exchange: 'binance-spot', symbol: 'BTCUSDT' });
  await feed.close();

  await bench.ask(place('s', stopAt(PRICE - 1_000)));
  const found = await checkBinanceSpot({ ...common, keys: KEYS, instruments: [BTCUSDT] });
  expect(found).toMatchObject({
    positions: { ok: true, value: [{ symbol: 'BTCUSDT', quantity: '1' }] },
    openOrders: { ok: true, value: [{ clientOrderId: 's', conditional: true, orderQty: '0.01' }] },
  });
});
