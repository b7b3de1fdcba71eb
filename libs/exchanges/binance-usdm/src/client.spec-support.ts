import type { OrderTerms } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { BinanceUsdmClient, type BinanceUsdmClientOptions } from './client.js';
import {
  Arrivals,
  BTCUSDT,
  KEYS,
  KeptLog,
  RealClock,
  ScriptedBinance,
  type Call,
} from './scripted-binance.spec-support.js';

/** A client that is connected to an exchange as a spec tells it to be. */
export class ClientBench {
  readonly reports = new Arrivals<ExchangeReport>();

  private constructor(
    readonly binance: ScriptedBinance,
    readonly client: BinanceUsdmClient,
    readonly log: KeptLog,
  ) {}

  static async open(options: Partial<BinanceUsdmClientOptions> = {}): Promise<ClientBench> {
    const bench = await ClientBench.unconnected(options);
    await bench.connect();
    return bench;
  }

  static async unconnected(options: Partial<BinanceUsdmClientOptions> = {}): Promise<ClientBench> {
    const binance = await ScriptedBinance.open();
    const log = new KeptLog();
    const client = new BinanceUsdmClient({
      ...{ account: 'ikenna', keys: KEYS, instruments: [BTCUSDT], hedgeMode: false },
      ...{ restUrl: binance.url, streamUrl: binance.streamUrl, clock: new RealClock(), logger: log },
      ...{ firstPauseMs: 1, ...options },
    });
    return new ClientBench(binance, client, log);
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
    await this.binance.close();
  }
}

export function place(clientOrderId: string, change: Partial<OrderTerms> = {}): ExchangeRequest {
  const terms: OrderTerms = {
    key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
    ...{ side: 'BUY', positionSide: 'LONG', orderType: 'limit', orderQty: 3, limitPrice: 450_000 },
    ...{ stopPrice: null, timeInForce: 'GTC', reduceOnly: false, ...change },
  };
  return {
    type: 'place',
    clientOrderId,
    symbol: 'BTCUSDT',
    terms,
    expiresAt: null,
    ocoGroup: null,
    at: Date.now(),
  };
}

export const STOP: Partial<OrderTerms> = {
  key: { strategyPositionId: 'A-1', leg: 's', generation: 0 },
  ...{ side: 'SELL', orderType: 'stop_market', limitPrice: null, stopPrice: 430_000, reduceOnly: true },
};

export const about = (type: 'cancel' | 'query_order', clientOrderId: string): ExchangeRequest => ({
  ...{ type, clientOrderId, symbol: 'BTCUSDT', at: Date.now() },
});

/** An answer of `/fapi/v1/order`, as documented. */
export function orderBody(clientOrderId: string, change: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    ...{
      orderId: 22542179,
      symbol: 'BTCUSDT',
      status: 'NEW',
      clientOrderId,
      price: '45000.0',
      avgPrice: '0.00',
    },
    ...{ origQty: '0.003', executedQty: '0', cumQty: '0', cumQuote: '0', timeInForce: 'GTC', type: 'LIMIT' },
    ...{ reduceOnly: false, closePosition: false, side: 'BUY', positionSide: 'BOTH', stopPrice: '0' },
    ...{ workingType: 'CONTRACT_PRICE', origType: 'LIMIT', updateTime: 1566818724722, ...change },
  };
}

/** An answer of `/fapi/v1/algoOrder`, as documented. */
export function algoBody(clientAlgoId: string, change: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    ...{
      algoId: 2146760,
      clientAlgoId,
      algoType: 'CONDITIONAL',
      orderType: 'STOP_MARKET',
      symbol: 'BTCUSDT',
    },
    ...{ side: 'SELL', positionSide: 'BOTH', timeInForce: 'GTC', quantity: '0.003', algoStatus: 'NEW' },
    ...{
      triggerPrice: '43000.0',
      price: '0',
      createTime: 1750485492076,
      updateTime: 1750485492076,
      ...change,
    },
  };
}

/** An element of `/fapi/v1/userTrades`, as documented. */
export function tradeBody(id: number, change: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    ...{ id, orderId: 22542179, symbol: 'BTCUSDT', side: 'BUY', positionSide: 'BOTH', price: '45000.0' },
    ...{
      qty: '0.001',
      quoteQty: '45',
      commission: '0.018',
      commissionAsset: 'USDT',
      maker: false,
      buyer: true,
    },
    ...{ realizedPnl: '0', time: 1569514978020, ...change },
  };
}

/** An event about an order, as documented. */
export function orderEvent(o: Readonly<Record<string, unknown>>): unknown {
  return {
    ...{ e: 'ORDER_TRADE_UPDATE', E: 1569514978021, T: 1569514978020 },
    o: {
      ...{ s: 'BTCUSDT', c: 'a', S: 'BUY', o: 'LIMIT', f: 'GTC', q: '0.003', p: '45000.0', ap: '0', sp: '0' },
      ...{
        x: 'NEW',
        X: 'NEW',
        i: 22542179,
        l: '0',
        z: '0',
        L: '0',
        T: 1569514978020,
        t: 0,
        m: false,
        R: false,
      },
      ...{ ps: 'BOTH', cp: false, V: 'EXPIRE_TAKER', er: '0', ...o },
    },
  };
}

/** An event about a fill of 0.001. */
export function fillEvent(t: number, z: string, o: Readonly<Record<string, unknown>> = {}): unknown {
  const traded = { l: '0.001', L: '45000.0', z, t, n: '0.018', N: 'USDT' };
  return orderEvent({ x: 'TRADE', X: 'PARTIALLY_FILLED', ...traded, ...o });
}

export function algoEvent(o: Readonly<Record<string, unknown>>): unknown {
  return {
    ...{ e: 'ALGO_UPDATE', T: 1750515742297, E: 1750515742303 },
    o: {
      ...{
        caid: 's',
        aid: 2146760,
        at: 'CONDITIONAL',
        o: 'STOP_MARKET',
        s: 'BTCUSDT',
        S: 'SELL',
        ps: 'BOTH',
      },
      ...{ f: 'GTC', q: '0.003', X: 'NEW', ai: '', ap: '0', aq: '0', tp: '43000.0', p: '0', ...o },
    },
  };
}

export const NOT_THERE = { status: 400, body: { code: -2013, msg: 'Order does not exist.' } } as const;
export const NOT_OPEN = { status: 400, body: { code: -2011, msg: 'Unknown order sent.' } } as const;

/** Without what every signed call has. */
export function paramsOf(call: Call | undefined): Readonly<Record<string, string>> {
  const { recvWindow: _window, timestamp: _time, ...params } = call?.params ?? {};
  return params;
}
