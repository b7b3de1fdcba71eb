import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { generateMarket } from '@bowline/exchange-simulator';
import { DefaultLogger, WebsocketClient, type WsKey } from 'binance';
import { pro } from 'ccxt';
import type { MarketPlan, SimulatedExchange } from '../../options.js';
import { PRICE, Usdm } from '../usdm/usdm.spec-support.js';

type Ccxt = InstanceType<typeof pro.binanceusdm>;
type Told = Readonly<Record<string, unknown>>;

const silent = (): void => undefined;
const QUIET = { ...DefaultLogger, trace: silent, info: silent };
let usdm: Usdm;
let ccxt: Ccxt;

/** Prices move by themselves, five times a second. */
const marketOf = ({ instruments }: SimulatedExchange): MarketPlan => ({
  kind: 'moving',
  ...{ from: null, speed: 1, historyMs: 0 },
  open: (sink, from) => {
    const markets = instruments.map((instrument) => ({ instrument, startPrice: PRICE }));
    return generateMarket({ markets, sink, from, seed: 7, tickMs: 200 });
  },
});

// Before the folder goes.
afterAll(async () => {
  await ccxt.close();
  await usdm.close();
});
const folder = new WorkFolder('market-sdk');

beforeAll(async () => {
  usdm = await Usdm.open(folder.path, {}, { marketOf });
  ccxt = new pro.binanceusdm({ newUpdates: true });
  await ccxt.loadHttpProxyAgent();
  const { api } = ccxt.urls as unknown as { api: Record<string, unknown> & { ws: Record<string, string> } };
  Object.assign(api, {
    ...{ fapiPublic: `${usdm.url}/fapi/v1`, fapiPublicV2: `${usdm.url}/fapi/v2` },
    ...{ fapiPublicV3: `${usdm.url}/fapi/v3` },
  });
  api.ws['future'] = `${usdm.streamUrl}/ws`;
  await ccxt.loadMarkets();
});

it('is heard by the WebSocket client of the `binance` SDK, whatever it subscribes to', async () => {
  const client = new WebsocketClient({ wsUrl: usdm.streamUrl, beautify: true }, QUIET);
  const heard = new Map<string, Told>();
  const wanted = [
    'aggTrade',
    'trade',
    'bookTicker',
    'depthUpdate',
    'kline',
    'markPriceUpdate',
    '24hrMiniTicker',
  ];
  const all = new Promise<void>((resolve) => {
    client.on('message', (message) => {
      const { data = message } = message as { data?: unknown };
      const told = data as Told;
      if (typeof told['e'] === 'string') heard.set(told['e'], told);
      if (wanted.every((type) => heard.has(type))) resolve();
    });
  });
  client.on('exception', (exception) => {
    throw new Error('the SDK is not content', { cause: exception });
  });
  const topics = ['aggTrade', 'trade', 'bookTicker', 'depth@100ms', 'kline_1m', 'markPrice@1s', 'miniTicker'];
  const names = topics.map((topic) => `btcusdt@${topic}`);
  const key: WsKey = 'usdm';
  await client.subscribe(names, key);
  await all;
  expect([...heard.keys()].sort()).toEqual([...wanted].sort());
  client.closeAll(true);
});

it('is a market that ccxt knows', () => {
  const market = ccxt.market('BTC/USDT:USDT');
  expect(market).toMatchObject({ id: 'BTCUSDT', type: 'swap', linear: true, active: true, settle: 'USDT' });
  expect(market.precision).toMatchObject({ amount: 0.001, price: 0.1 });
  expect(market.limits).toMatchObject({ amount: { min: 0.001, max: 1_000 }, cost: { min: 5 } });
});

it("gives ccxt the exchange's book, kept from a snapshot and changes", async () => {
  const symbol = 'BTC/USDT:USDT';
  const kept = new Map<unknown, unknown>();
  const levels = ({ asks, bids }: { asks: unknown; bids: unknown }): unknown =>
    JSON.parse(JSON.stringify({ bids, asks }));
  for (let found = 0; found < 3;) {
    const book = await ccxt.watchOrderBook(symbol);
    kept.set(book.nonce, levels(book));
    const asked = await ccxt.fetchOrderBook(symbol);
    if (!kept.has(asked.nonce)) continue;
    found += 1;
    expect(kept.get(asked.nonce)).toEqual(levels(asked));
    expect([asked.bids.length, asked.asks.length]).toEqual([4, 4]);
  }
});

it('gives ccxt trades, tickers and candles', async () => {
  const symbol = 'BTC/USDT:USDT';
  const waiting = Promise.all([
    ccxt.watchTrades(symbol),
    ccxt.watchTicker(symbol),
    ccxt.watchOHLCV(symbol, '1m'),
    ccxt.watchBidsAsks([symbol]),
  ]);
  const [trades, ticker, candles] = await waiting;
  expect(trades[0]).toMatchObject({ symbol, takerOrMaker: undefined });
  expect(['buy', 'sell']).toContain(trades[0]!.side);
  expect(ticker).toMatchObject({ symbol });
  expect(candles[0]).toHaveLength(6);
  const funding = await ccxt.fetchFundingRate(symbol);
  expect(funding).toMatchObject({ symbol, fundingRate: 0.0001 });
  expect(await ccxt.fetchTime()).toBeGreaterThan(0);
});
