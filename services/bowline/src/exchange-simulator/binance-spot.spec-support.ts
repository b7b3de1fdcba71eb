import { createHmac } from 'node:crypto';
import { cash, createInstrument, decimal } from '@bowline/domain';
import { SystemClock } from '@bowline/engine';
import { BinanceSpotClient } from '@bowline/exchange-binance-spot';
import { holdMarket } from '@bowline/exchange-simulator';
import {
  ExchangeSimulator,
  type AccountTruth,
  type FaultOrder,
  type SimulatedExchange,
  type Truth,
} from '@bowline/exchange-simulator-service';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { KEYS, SILENT } from './binance-usdm.spec-support.js';

export const EXCHANGE = 'binance-spot';

const instrumentOf = (base: string) =>
  createInstrument({
    ...{ exchange: EXCHANGE, symbol: `${base}USDT`, kind: 'spot', base, quote: 'USDT', settle: 'USDT' },
    ...{ multiplier: '1', inverse: false, tickSize: '0.1', lotSize: '0.001', minNotional: '5' },
  });

/** Traded in the tests. */
export const BTCUSDT = instrumentOf('BTC');
/** Nobody but the bench trades it: what is said of it is said after all that was said before. */
const FENCE = instrumentOf('ETH');
/** 45,000.0 in ticks. */
export const PRICE = 450_000;
/** What the account has at the start: 1 BTC, in lots. */
export const HELD = 1_000;

/** An account at a simulated Binance spot, the client that trades it, and all that it was told. */
export class SpotBench {
  /** Without what the bench itself has brought about. */
  readonly told: ExchangeReport[] = [];
  private fences = 0;
  private onReport: (report: ExchangeReport) => void = () => undefined;
  private waiting: (() => void)[] = [];
  private readonly heardFences = new Set<string>();

  private constructor(
    readonly simulator: ExchangeSimulator,
    readonly client: BinanceSpotClient,
  ) {}

  /** Without latency, at a market that stands still until it is moved; not connected. */
  static async open(folder: string, feeBps = '0'): Promise<SpotBench> {
    const exchange: SimulatedExchange = {
      exchange: EXCHANGE,
      instruments: [BTCUSDT, FENCE],
      accounts: [
        {
          ...{ account: 'ikenna', hedgeMode: false, balances: { USDT: cash(1_000_000), BTC: cash(1) } },
          ...{ feeMakerBps: decimal(feeBps), feeTakerBps: decimal(feeBps), token: 'token', api: KEYS },
        },
      ],
      dialect: { kind: 'binance-spot', port: 0 },
    };
    const markets = [BTCUSDT, FENCE].map((instrument) => ({ instrument, startPrice: PRICE }));
    const simulator = await ExchangeSimulator.open(
      {
        ...{ exchanges: [exchange], folder, port: 0, logger: SILENT, manners: { latencyMs: 0 } },
        marketOf: () => ({ kind: 'held', open: (sink, from) => holdMarket({ markets, sink, from }) }),
      },
      () => undefined,
    );
    return new SpotBench(simulator, clientAt(simulator.dialectUrls[EXCHANGE]!));
  }

  get restUrl(): string {
    return this.simulator.dialectUrls[EXCHANGE]!;
  }

  /** Another client of the same account, which knows nothing of what was before. */
  newClient(): BinanceSpotClient {
    return clientAt(this.restUrl);
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
    const time = (await (await fetch(`${this.restUrl}/api/v3/time`)).json()) as {
      readonly serverTime: number;
    };
    const query = new URLSearchParams({ ...params, timestamp: String(time.serverTime) });
    query.append('signature', createHmac('sha256', KEYS.apiSecret).update(query.toString()).digest('hex'));
    const answer = await fetch(`${this.restUrl}/api/v3/order?${query.toString()}`, {
      method,
      headers: { 'X-MBX-APIKEY': KEYS.apiKey },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
  }
}

function clientAt(url: string): BinanceSpotClient {
  const streamUrl = url.replace('http', 'ws');
  return new BinanceSpotClient({
    ...{ account: 'ikenna', keys: KEYS, instruments: [BTCUSDT, FENCE], restUrl: url, userUrl: streamUrl },
    ...{ clock: new SystemClock(), logger: SILENT, firstPauseMs: 1 },
  });
}
