import { createHmac } from 'node:crypto';
import { cash, createInstrument, decimal, type OrderTerms } from '@bowline/domain';
import { SystemClock } from '@bowline/engine';
import { BinanceUsdmClient, type BinanceUsdmClientOptions } from '@bowline/exchange-binance-usdm';
import { holdMarket } from '@bowline/exchange-simulator';
import {
  ExchangeSimulator,
  type AccountTruth,
  type FaultOrder,
  type SimulatedExchange,
  type Truth,
  type UsageLimits,
} from '@bowline/exchange-simulator-service';
import type { ExchangeReport, ExchangeRequest, Logger } from '@bowline/ports';

export const EXCHANGE = 'binance-usdm';
export const KEYS = { apiKey: 'key-of-ikenna', apiSecret: 'secret-of-ikenna' };
/** 45,000.0 in ticks. */
export const PRICE = 450_000;

const silent = (): void => undefined;
export const SILENT: Logger = { info: silent, warn: silent, error: silent };

export const BTCUSDT = createInstrument({
  ...{ exchange: EXCHANGE, symbol: 'BTCUSDT', kind: 'perpetual', base: 'BTC', quote: 'USDT', settle: 'USDT' },
  ...{ multiplier: '1', inverse: false, tickSize: '0.1', lotSize: '0.001', minNotional: '5' },
});

/** An account at a simulated Binance USD-M, the client that trades it, and all that it was told. */
export class BinanceBench {
  /** Without what the bench itself has brought about. */
  readonly told: ExchangeReport[] = [];
  client: BinanceUsdmClient;
  private leverage = 10;
  private onReport: (report: ExchangeReport) => void = silent;
  private onLeverage: (detail: string) => void = silent;
  private waiting: (() => void)[] = [];

  private constructor(
    readonly simulator: ExchangeSimulator,
    private readonly hedgeMode: boolean,
  ) {
    this.client = this.newClient();
  }

  /** Without latency, at a market that stands still until it is moved; not connected. */
  static async open(
    folder: string,
    hedgeMode = false,
    limits: Partial<UsageLimits> = {},
  ): Promise<BinanceBench> {
    const exchange: SimulatedExchange = {
      exchange: EXCHANGE,
      instruments: [BTCUSDT],
      accounts: [
        {
          ...{ account: 'ikenna', hedgeMode, balances: { USDT: cash(1_000_000) } },
          ...{ feeMakerBps: decimal('2'), feeTakerBps: decimal('5'), token: 'token', api: KEYS },
        },
      ],
      dialect: { kind: 'binance-usdm', port: 0, limits },
    };
    const simulator = await ExchangeSimulator.open(
      {
        ...{ exchanges: [exchange], folder, port: 0, logger: SILENT, manners: { latencyMs: 0 } },
        marketOf: () => ({
          kind: 'held',
          open: (sink, from) =>
            holdMarket({ markets: [{ instrument: BTCUSDT, startPrice: PRICE }], sink, from }),
        }),
      },
      silent,
    );
    return new BinanceBench(simulator, hedgeMode);
  }

  get restUrl(): string {
    return this.simulator.dialectUrls[EXCHANGE]!;
  }

  get streamUrl(): string {
    return this.restUrl.replace('http', 'ws');
  }

  /** Another client of the same account, which knows nothing of what was before. */
  newClient(options: Partial<BinanceUsdmClientOptions> = {}): BinanceUsdmClient {
    return new BinanceUsdmClient({
      ...{ account: 'ikenna', keys: KEYS, instruments: [BTCUSDT], hedgeMode: this.hedgeMode },
      ...{ restUrl: this.restUrl, streamUrl: this.streamUrl, clock: new SystemClock(), logger: SILENT },
      ...{ firstPauseMs: 1, ...options },
    });
  }

  connect(onReport: (report: ExchangeReport) => void = silent): Promise<void> {
    this.onReport = onReport;
    return this.client.connect((report) => this.hear(report));
  }

  /** Sends at once, and returns what was told until nothing is on its way. */
  async ask(...requests: readonly ExchangeRequest[]): Promise<readonly ExchangeReport[]> {
    const before = this.told.length;
    for (const request of requests) this.client.send(request);
    await this.settle();
    return this.told.slice(before);
  }

  /** Waits until something was told that is so. */
  async until(isSo: (report: ExchangeReport) => boolean): Promise<void> {
    while (!this.told.some(isSo))
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
  }

  async settle(): Promise<void> {
    await this.client.answered();
    await this.truth();
    // The stream tells of this as well: whoever has heard it has heard all that was said before.
    this.leverage = this.leverage === 10 ? 11 : 10;
    const heard = new Promise<void>((resolve) => {
      this.onLeverage = (detail) => {
        if (detail.includes(` ${this.leverage} `)) resolve();
      };
    });
    await this.setLeverage();
    await heard;
  }

  /** @param price in ticks */
  async moveTo(price: number): Promise<void> {
    await this.order('/market', { exchange: EXCHANGE, symbol: 'BTCUSDT', price: (price / 10).toFixed(1) });
  }

  async fault(
    fault: Readonly<Record<string, unknown>> & { readonly fault: FaultOrder['fault'] },
  ): Promise<void> {
    await this.order('/faults', fault);
  }

  /** What is so, once nothing is on its way at the exchange. */
  async truth(): Promise<AccountTruth> {
    const answer = await fetch(`${this.simulator.url}/truth?settled=true`);
    return ((await answer.json()) as Truth).exchanges[EXCHANGE]!.accounts['ikenna']!;
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.simulator.close();
  }

  private hear(report: ExchangeReport): void {
    if (report.type === 'account_changed' && report.what === 'leverage')
      return this.onLeverage(report.detail);
    this.told.push(report);
    this.onReport(report);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private async order(path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    const answer = await fetch(`${this.simulator.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
  }

  private async setLeverage(): Promise<void> {
    const time = ((await (await fetch(`${this.restUrl}/fapi/v1/time`)).json()) as { serverTime: number })
      .serverTime;
    const params = { symbol: 'BTCUSDT', leverage: `${this.leverage}`, timestamp: `${time}` };
    const query = new URLSearchParams(params);
    query.append('signature', createHmac('sha256', KEYS.apiSecret).update(query.toString()).digest('hex'));
    const headers = { 'X-MBX-APIKEY': KEYS.apiKey };
    const answer = await fetch(`${this.restUrl}/fapi/v1/leverage?${query.toString()}`, {
      method: 'POST',
      headers,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
  }
}

/** A market buy of 10 lots unless said otherwise, made now. */
export function place(clientOrderId: string, change: Partial<OrderTerms> = {}): ExchangeRequest {
  const terms: OrderTerms = {
    key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
    ...{ side: 'BUY', positionSide: 'LONG', orderType: 'market', orderQty: 10, limitPrice: null },
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

export const limitAt = (limitPrice: number): Partial<OrderTerms> => ({ orderType: 'limit', limitPrice });

export const stopAt = (stopPrice: number): Partial<OrderTerms> => ({
  key: { strategyPositionId: 'A-1', leg: 's', generation: 0 },
  ...{ side: 'SELL', orderType: 'stop_market', stopPrice },
});

export const about = (type: 'cancel' | 'query_order', clientOrderId: string): ExchangeRequest => ({
  ...{ type, clientOrderId, symbol: 'BTCUSDT', at: Date.now() },
});

export const positionAfter = (afterTradeId: number): ExchangeRequest => ({
  ...{ type: 'query_position', symbol: 'BTCUSDT', afterTradeId, at: Date.now() },
});
