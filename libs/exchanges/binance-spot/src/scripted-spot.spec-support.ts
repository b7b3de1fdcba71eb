import { createInstrument, type OrderTerms } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { Arrivals, KeptLog, ScriptedServer, SystemClock, type Call } from '@bowline/testkit';
import { BinanceSpotClient, type BinanceSpotClientOptions } from './client.js';

export const KEYS = { apiKey: 'key-of-ikenna', apiSecret: 'secret-of-ikenna' };

export const BTCUSDT = createInstrument({
  ...{
    exchange: 'binance-spot',
    symbol: 'BTCUSDT',
    kind: 'spot',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
  },
  ...{ multiplier: '1', inverse: false, tickSize: '0.01', lotSize: '0.00001', minNotional: '5' },
});

/** The documented example, shortened to what matters. */
export const EXCHANGE_INFO = {
  timezone: 'UTC',
  rateLimits: [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
    { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 200000 },
    { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 61000 },
  ],
  symbols: [
    {
      ...{
        symbol: 'BTCUSDT',
        status: 'TRADING',
        baseAsset: 'BTC',
        quoteAsset: 'USDT',
        baseAssetPrecision: 8,
      },
      ...{
        isSpotTradingAllowed: true,
        isMarginTradingAllowed: true,
        orderTypes: ['LIMIT', 'MARKET', 'STOP_LOSS'],
      },
      filters: [
        {
          filterType: 'PRICE_FILTER',
          minPrice: '0.01000000',
          maxPrice: '1000000.00',
          tickSize: '0.01000000',
        },
        { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
        {
          filterType: 'MARKET_LOT_SIZE',
          minQty: '0.00000000',
          maxQty: '120.00000000',
          stepSize: '0.00000000',
        },
        {
          ...{ filterType: 'PERCENT_PRICE_BY_SIDE', bidMultiplierUp: '5', bidMultiplierDown: '0.2' },
          ...{ askMultiplierUp: '5', askMultiplierDown: '0.2', avgPriceMins: 5 },
        },
        {
          filterType: 'NOTIONAL',
          minNotional: '5.00000000',
          applyMinToMarket: true,
          maxNotional: '9000000.00',
        },
        { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
        { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
      ],
    },
  ],
};

/** Binance spot as a spec tells it to be. Whoever asks to listen is let in, unless the spec answers itself. */
export class ScriptedSpot extends ScriptedServer {
  static async open(): Promise<ScriptedSpot> {
    const spot = new ScriptedSpot(KEYS.apiSecret);
    spot.on('GET /api/v3/time', () => ({ body: { serverTime: Date.now() } }));
    spot.on('GET /api/v3/exchangeInfo', () => ({ body: EXCHANGE_INFO }));
    spot.hears((text, socket) => {
      const { id } = JSON.parse(text) as { readonly id: number };
      socket.send(JSON.stringify({ id, status: 200, result: { subscriptionId: 0 }, rateLimits: [] }));
    });
    await spot.listen();
    return spot;
  }

  /** Says an event of the account's. */
  tell(event: unknown): void {
    this.push({ subscriptionId: 0, event });
  }
}

/** A client that is connected to an exchange as a spec tells it to be. */
export class SpotClientBench {
  readonly reports = new Arrivals<ExchangeReport>();

  private constructor(
    readonly spot: ScriptedSpot,
    readonly client: BinanceSpotClient,
    readonly log: KeptLog,
  ) {}

  static async unconnected(options: Partial<BinanceSpotClientOptions> = {}): Promise<SpotClientBench> {
    const spot = await ScriptedSpot.open();
    const log = new KeptLog();
    const client = new BinanceSpotClient({
      ...{ account: 'ikenna', keys: KEYS, instruments: [BTCUSDT], clock: new SystemClock(), logger: log },
      ...{ restUrl: spot.url, userUrl: spot.streamUrl, firstPauseMs: 1, ...options },
    });
    return new SpotClientBench(spot, client, log);
  }

  static async open(options: Partial<BinanceSpotClientOptions> = {}): Promise<SpotClientBench> {
    const bench = await SpotClientBench.unconnected(options);
    await bench.connect();
    return bench;
  }

  connect(): Promise<void> {
    return this.client.connect((report) => this.reports.push(report));
  }

  /** What is told but the exchange's demands, until there are so many of it. */
  async told(count: number): Promise<readonly ExchangeReport[]> {
    const demands = this.reports.all.filter(({ type }) => type === 'filters').length;
    return (await this.reports.first(demands + count)).filter(({ type }) => type !== 'filters');
  }

  /** What a request was answered with: `count` reports. */
  async ask(request: ExchangeRequest, count = 1): Promise<readonly ExchangeReport[]> {
    const before = this.reports.all.length;
    this.client.send(request);
    return (await this.reports.first(before + count)).slice(before);
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.spot.close();
  }
}

/** A limit buy of 0.003 at 45,000 unless said otherwise, made now. */
export function place(clientOrderId: string, change: Partial<OrderTerms> = {}): ExchangeRequest {
  const terms: OrderTerms = {
    key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
    ...{ side: 'BUY', positionSide: 'LONG', orderType: 'limit', orderQty: 300, limitPrice: 4_500_000 },
    ...{ stopPrice: null, timeInForce: 'GTC', reduceOnly: false, ...change },
  };
  const at = Date.now();
  return { type: 'place', clientOrderId, symbol: 'BTCUSDT', terms, expiresAt: null, ocoGroup: null, at };
}

export const about = (type: 'cancel' | 'query_order', clientOrderId: string): ExchangeRequest => ({
  ...{ type, clientOrderId, symbol: 'BTCUSDT', at: Date.now() },
});

/** An answer of `GET /api/v3/order`, as documented. */
export function orderBody(clientOrderId: string, change: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    ...{
      symbol: 'BTCUSDT',
      orderId: 28,
      orderListId: -1,
      clientOrderId,
      price: '45000.00',
      origQty: '0.00300',
    },
    ...{
      executedQty: '0.00000',
      cummulativeQuoteQty: '0.0',
      status: 'NEW',
      timeInForce: 'GTC',
      type: 'LIMIT',
    },
    ...{
      side: 'BUY',
      stopPrice: '0.0',
      icebergQty: '0.0',
      time: 1_499_827_319_559,
      updateTime: 1_499_827_319_559,
    },
    ...change,
  };
}

/** An element of `GET /api/v3/myTrades`, as documented. */
export function tradeBody(id: number, change: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    ...{
      symbol: 'BTCUSDT',
      id,
      orderId: 28,
      orderListId: -1,
      price: '45000.00',
      qty: '0.00100',
      quoteQty: '45',
    },
    ...{ commission: '0.04500000', commissionAsset: 'USDT', time: 1_499_865_549_590 },
    ...{ isBuyer: true, isMaker: false, isBestMatch: true, ...change },
  };
}

/** An event about an order, as documented. */
export function orderEvent(change: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    ...{ e: 'executionReport', E: 1_499_405_658_658, s: 'BTCUSDT', c: 'a', S: 'BUY', o: 'LIMIT', f: 'GTC' },
    ...{ q: '0.00300', p: '45000.00', P: '0', F: '0', g: -1, C: '', x: 'NEW', X: 'NEW', r: 'NONE', i: 28 },
    ...{
      l: '0',
      z: '0',
      L: '0',
      n: '0',
      N: null,
      T: 1_499_405_658_657,
      t: -1,
      I: 8_641_984,
      w: true,
      m: false,
    },
    ...{ M: false, O: 1_499_405_658_657, Z: '0', Y: '0', Q: '0', V: 'NONE', ...change },
  };
}

/** An event about a fill of 0.001. */
export function fillEvent(t: number, z: string, change: Readonly<Record<string, unknown>> = {}): unknown {
  const traded = { l: '0.00100', L: '45000.00', z, t, n: '0.04500000', N: 'USDT', m: true };
  return orderEvent({ x: 'TRADE', X: 'PARTIALLY_FILLED', ...traded, ...change });
}

export const refusal = (code: number, msg = '', status = 400) => ({ status, body: { code, msg } }) as const;

/** Without what every signed call has. */
export function paramsOf(call: Call | undefined): Readonly<Record<string, string>> {
  const { recvWindow: _window, timestamp: _time, ...params } = call?.params ?? {};
  return params;
}
