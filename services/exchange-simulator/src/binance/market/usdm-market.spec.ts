import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { USDMClient } from 'binance';
import { Usdm } from '../usdm/usdm.spec-support.js';

// Before the folder goes.
afterAll(() => usdm.close());
const folder = new WorkFolder('usdm-market');
let usdm: Usdm;
let client: USDMClient;

beforeAll(async () => {
  usdm = await Usdm.open(folder.path);
  client = new USDMClient({ baseUrl: usdm.url });
  await usdm.moveTo('45000.5');
});

async function raw(path: string): Promise<{ status: number; weight: number; body: unknown }> {
  const answer = await fetch(`${usdm.url}${path}`);
  return {
    status: answer.status,
    weight: Number(answer.headers.get('x-mbx-used-weight-1m')),
    body: await answer.json(),
  };
}

describe('the market of Binance USD-M, asked by the `binance` SDK', () => {
  it('answers, and tells the time', async () => {
    expect(await client.testConnectivity()).toEqual({});
    const before = Date.now();
    // The exchange's time is the machine's, caught up with as requests come.
    expect(await client.getServerTime()).toBeGreaterThanOrEqual(before);
  });

  it('says what it trades, and on what terms', async () => {
    const { rateLimits, symbols } = await client.getExchangeInfo();
    expect(rateLimits).toEqual([
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2_400 },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1_200 },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
    ]);
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(symbols[0]).toMatchObject({
      ...{ pair: 'BTCUSDT', contractType: 'PERPETUAL', status: 'TRADING', deliveryDate: 4_133_404_800_000 },
      ...{
        baseAsset: 'BTC',
        quoteAsset: 'USDT',
        marginAsset: 'USDT',
        pricePrecision: 1,
        quantityPrecision: 3,
      },
      liquidationFee: '0.012500',
    });
    expect(symbols[0]!.filters).toEqual([
      { filterType: 'PRICE_FILTER', minPrice: '0.1', maxPrice: '100000000.0', tickSize: '0.1' },
      { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000.000', stepSize: '0.001' },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120.000', stepSize: '0.001' },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      { filterType: 'MAX_NUM_ALGO_ORDERS', limit: 200 },
      { filterType: 'MIN_NOTIONAL', notional: '5' },
      {
        filterType: 'PERCENT_PRICE',
        multiplierUp: '1.1500',
        multiplierDown: '0.8500',
        multiplierDecimal: '4',
      },
      { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
    ]);
  });

  it('shows its book', async () => {
    const book = await client.getOrderBook({ symbol: 'BTCUSDT', limit: 5 });
    expect(Object.keys(book)).toEqual(['lastUpdateId', 'E', 'T', 'bids', 'asks']);
    expect(book.bids[0]![0]).toBe('44998.2');
    expect(book.asks[0]![0]).toBe('45002.8');
    expect(book.bids).toHaveLength(4);
    const ticker = await client.getSymbolOrderBookTicker({ symbol: 'BTCUSDT' });
    expect(ticker).toMatchObject({ bidPrice: '44998.2', askPrice: '45002.8', bidQty: book.bids[0]![1] });
  });

  it('shows its trades and candles', async () => {
    const trades = await client.getRecentTrades({ symbol: 'BTCUSDT', limit: 2 });
    const last = trades.at(-1)!;
    expect(last).toMatchObject({ price: '45000.5', isBuyerMaker: false });
    expect(Number(last.quoteQty)).toBeCloseTo(Number(last.qty) * 45_000.5, 6);
    const aggregates = await client.getAggregateTrades({ symbol: 'BTCUSDT', fromId: Number(last.id) });
    expect(aggregates[0]).toMatchObject({ a: last.id, f: last.id, l: last.id, p: '45000.5', q: last.qty });
    const klines = await client.getKlines({ symbol: 'BTCUSDT', interval: '1m', limit: 3 });
    const kline = klines.at(-1)!;
    expect(kline).toHaveLength(12);
    expect(kline.slice(2, 5)).toEqual(['45000.5', '45000.0', '45000.5']);
    expect(Number(kline[6]) - Number(kline[0])).toBe(59_999);
    expect(await client.getKlines({ symbol: 'BTCUSDT', interval: '1h', startTime: 0, endTime: 1 })).toEqual(
      [],
    );
  });

  it('tells prices of one symbol, and of all', async () => {
    expect(await client.getSymbolPriceTicker({ symbol: 'BTCUSDT' })).toMatchObject({ price: '45000.5' });
    expect(await client.getSymbolPriceTicker()).toHaveLength(2);
    expect(await client.get24hrChangeStatistics({ symbol: 'BTCUSDT' })).toMatchObject({
      ...{ symbol: 'BTCUSDT', lastPrice: '45000.5', openPrice: '45000.0', priceChange: '0.5' },
      priceChangePercent: '0.001',
    });
  });

  it('tells the mark price, and when funding comes', async () => {
    const index = await client.getMarkPrice({ symbol: 'BTCUSDT' });
    expect(index).toMatchObject({ symbol: 'BTCUSDT', lastFundingRate: '0.00010000' });
    expect(index.nextFundingTime % (8 * 3_600_000)).toBe(0);
    expect(await client.getFundingRateHistory({ symbol: 'BTCUSDT' })).toEqual([]);
  });

  it.each([
    ['/fapi/v1/depth', -1102],
    ['/fapi/v1/depth?symbol=XXXUSDT', -1121],
    ['/fapi/v1/depth?symbol=BTCUSDT&limit=7', -1130],
    ['/fapi/v1/klines?symbol=BTCUSDT&interval=7m', -1120],
    ['/fapi/v1/klines?symbol=BTCUSDT', -1102],
    ['/fapi/v1/trades?symbol=BTCUSDT&limit=x', -1100],
    ['/fapi/v1/ticker/price?symbol=XXXUSDT', -1121],
  ])('refuses %s with %d', async (path, code) => {
    const { body, status } = await raw(path);
    expect([status, body]).toMatchObject([400, { code }]);
  });

  it('counts what requests weigh', async () => {
    const weights: [string, number][] = [
      ['ping', 1],
      ['depth?symbol=BTCUSDT&limit=50', 2],
      ['depth?symbol=BTCUSDT&limit=100', 5],
      ['depth?symbol=BTCUSDT', 10],
      ['depth?symbol=BTCUSDT&limit=1000', 20],
      ['klines?symbol=BTCUSDT&interval=1m&limit=99', 1],
      ['klines?symbol=BTCUSDT&interval=1m&limit=1000', 5],
      ['klines?symbol=BTCUSDT&interval=1m&limit=1001', 10],
      ['ticker/bookTicker?symbol=BTCUSDT', 2],
      ['ticker/bookTicker', 5],
      ['ticker/24hr', 40],
      ['aggTrades?symbol=BTCUSDT', 20],
    ];
    for (const [path, expected] of weights) {
      // A minute may begin between two requests: then both are made again.
      let cost;
      do {
        const before = (await raw('/fapi/v1/ping')).weight;
        cost = (await raw(`/fapi/v1/${path}`)).weight - before;
      } while (cost < 0);
      expect([path, cost]).toEqual([path, expected]);
    }
  });
});
