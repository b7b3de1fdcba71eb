import { createHmac } from 'node:crypto';
import { cash, createInstrument, decimal } from '@bowline/domain';
import { SystemClock } from '@bowline/engine';
import { CcxtClient, type CcxtClientOptions } from '@bowline/exchange-ccxt';
import { holdMarket } from '@bowline/exchange-simulator';
import {
  ExchangeSimulator,
  type AccountTruth,
  type FaultOrder,
  type SimulatedExchange,
  type Truth,
} from '@bowline/exchange-simulator-service';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { EXCHANGE, KEYS, SILENT } from './binance-usdm.spec-support.js';

const instrumentOf = (base: string) =>
  createInstrument({
    ...{ exchange: EXCHANGE, symbol: `${base}USDT`, kind: 'perpetual', base, quote: 'USDT', settle: 'USDT' },
    ...{ multiplier: '1', inverse: false, tickSize: '0.1', lotSize: '0.001', minNotional: '5' },
  });

/** Traded in the tests. */
export const BTCUSDT = instrumentOf('BTC');
/** Nobody but the bench trades it: what is said of it is said after all that was said before. */
const FENCE = instrumentOf('ETH');
/** 45,000.0 in ticks. */
export const PRICE = 450_000;

/** An account at a simulated Binance USD-M, ccxt's client that trades it, and all that it was told. */
export class CcxtBench {
  /** Without what the bench itself has brought about. */
  readonly told: ExchangeReport[] = [];
  private fences = 0;
  private onReport: (report: ExchangeReport) => void = () => undefined;
  private waiting: (() => void)[] = [];
  private readonly heardFences = new Set<string>();

  private constructor(
    readonly simulator: ExchangeSimulator,
    readonly client: CcxtClient,
  ) {}

  /** Without latency, at a market that stands still until it is moved; not connected. */
  static async open(folder: string, hedgeMode = false): Promise<CcxtBench> {
    const exchange: SimulatedExchange = {
      exchange: EXCHANGE,
      instruments: [BTCUSDT, FENCE],
      accounts: [
        {
          ...{ account: 'ikenna', hedgeMode, balances: { USDT: cash(1_000_000) } },
          ...{ feeMakerBps: decimal('2'), feeTakerBps: decimal('5'), token: 'token', api: KEYS },
        },
      ],
      dialect: { kind: 'binance-usdm', port: 0 },
    };
    const markets = [BTCUSDT, FENCE].map((instrument) => ({ instrument, startPrice: PRICE }));
    const simulator = await ExchangeSimulator.open(
      {
        ...{ exchanges: [exchange], folder, port: 0, logger: SILENT, manners: { latencyMs: 0 } },
        marketOf: () => ({ kind: 'held', open: (sink, from) => holdMarket({ markets, sink, from }) }),
      },
      () => undefined,
    );
    const client = await clientOf(simulator.dialectUrls[EXCHANGE]!, { hedgeMode });
    return new CcxtBench(simulator, client);
  }

  get restUrl(): string {
    return this.simulator.dialectUrls[EXCHANGE]!;
  }

  connect(onReport: (report: ExchangeReport) => void = () => undefined): Promise<void> {
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
  until(isSo: (report: ExchangeReport) => boolean): Promise<void> {
    return this.wait(() => this.told.some(isSo));
  }

  async settle(): Promise<void> {
    await this.client.answered();
    await this.truth();
    this.fences += 1;
    const newClientOrderId = `fence-${this.fences}`;
    const order = { symbol: FENCE.symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' };
    await this.signed('POST', { ...order, quantity: '1', price: '40000', newClientOrderId });
    await this.signed('DELETE', { symbol: FENCE.symbol, origClientOrderId: newClientOrderId });
    await this.wait(() => this.heardFences.has(newClientOrderId));
  }

  /** @param price in ticks */
  async moveTo(price: number): Promise<void> {
    await this.order('/market', {
      exchange: EXCHANGE,
      symbol: BTCUSDT.symbol,
      price: (price / 10).toFixed(1),
    });
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

  private async wait(isSo: () => boolean): Promise<void> {
    while (!isSo())
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
  }

  private hear(report: ExchangeReport): void {
    if ('symbol' in report && report.symbol === FENCE.symbol) {
      if (report.type === 'order' && report.execType === 'cancel') this.heardFences.add(report.clientOrderId);
    } else {
      this.told.push(report);
      this.onReport(report);
    }
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

  private async signed(method: 'POST' | 'DELETE', params: Readonly<Record<string, string>>): Promise<void> {
    const time = (await (await fetch(`${this.restUrl}/fapi/v1/time`)).json()) as {
      readonly serverTime: number;
    };
    const query = new URLSearchParams({ ...params, timestamp: String(time.serverTime) });
    query.append('signature', createHmac('sha256', KEYS.apiSecret).update(query.toString()).digest('hex'));
    const answer = await fetch(`${this.restUrl}/fapi/v1/order?${query.toString()}`, {
      method,
      headers: { 'X-MBX-APIKEY': KEYS.apiKey },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
  }
}

/** Another client of the same account, which knows nothing of what was before. */
export function clientOf(restUrl: string, options: Partial<CcxtClientOptions> = {}): Promise<CcxtClient> {
  return CcxtClient.open({
    ...{ ccxtId: 'binanceusdm', exchange: EXCHANGE, account: 'ikenna', keys: KEYS },
    ...{ instruments: [BTCUSDT, FENCE], hedgeMode: false, restUrl, streamUrl: restUrl.replace('http', 'ws') },
    ...{ clock: new SystemClock(), logger: SILENT, firstPauseMs: 1, subscribeMs: 20, ...options },
  });
}
