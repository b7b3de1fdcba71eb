import { createInstrument, type Instrument, type TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';
import { ScriptedServer } from '@bowline/testkit';

export { Arrivals, KeptLog, type Call, type Reply } from '@bowline/testkit';

export const KEYS = { apiKey: 'key-of-ikenna', apiSecret: 'secret-of-ikenna' };

export const BTCUSDT: Instrument = createInstrument({
  ...{
    exchange: 'binance-usdm',
    symbol: 'BTCUSDT',
    kind: 'perpetual',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
  },
  ...{ multiplier: '1', inverse: false, tickSize: '0.10', lotSize: '0.001', minNotional: '100' },
});

/** The documented example, shortened to what matters. */
export const EXCHANGE_INFO = {
  timezone: 'UTC',
  rateLimits: [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
    { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: 1200 },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
    { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 61000 },
  ],
  symbols: [
    {
      ...{ symbol: 'BTCUSDT', pair: 'BTCUSDT', contractType: 'PERPETUAL', deliveryDate: 4133404800000 },
      ...{ status: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USDT', marginAsset: 'USDT', pricePrecision: 2 },
      filters: [
        { filterType: 'PRICE_FILTER', minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' },
        { filterType: 'LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '1000' },
        { filterType: 'MARKET_LOT_SIZE', stepSize: '0.001', minQty: '0.001', maxQty: '120' },
        { filterType: 'MAX_NUM_ORDERS', limit: 200 },
        { filterType: 'MAX_NUM_ALGO_ORDERS', limit: 10 },
        { filterType: 'MIN_NOTIONAL', notional: '100' },
        {
          filterType: 'PERCENT_PRICE',
          multiplierDown: '0.9500',
          multiplierUp: '1.0500',
          multiplierDecimal: '4',
        },
      ],
    },
  ],
};

/** Binance as a spec tells it to be. */
export class ScriptedBinance extends ScriptedServer {
  static async open(): Promise<ScriptedBinance> {
    const binance = new ScriptedBinance(KEYS.apiSecret);
    binance.on('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() } }));
    binance.on('GET /fapi/v1/exchangeInfo', () => ({ body: EXCHANGE_INFO }));
    binance.on('GET /fapi/v1/positionSide/dual', () => ({ body: { dualSidePosition: false } }));
    binance.on('POST /fapi/v1/listenKey', () => ({ body: { listenKey: 'listen-1' } }));
    binance.on('PUT /fapi/v1/listenKey', () => ({ body: { listenKey: 'listen-1' } }));
    await binance.listen();
    return binance;
  }
}

/** The machine's time. */
export class RealClock implements Clock {
  now(): TimeMs {
    return Date.now();
  }

  callAt(time: TimeMs, callback: () => void): () => void {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  }
}
