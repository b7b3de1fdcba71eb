import { cashOf, createInstrument, decimal } from '@bowline/domain';
import { SystemClock } from '@bowline/engine';
import {
  generateMarket,
  holdMarket,
  RemoteExchangeClient,
  type RemoteExchangeClientOptions,
} from '@bowline/exchange-simulator';
import type { ExchangeClient, ExchangeReport, ExchangeRequest, Logger } from '@bowline/ports';
import { ExchangeSimulator } from './exchange-simulator.js';
import type { FaultOrder } from './faults.js';
import type { ExchangeSimulatorOptions, MarketPlan, SimulatedExchange } from './options.js';
import type { Truth } from './truth.js';

export const PRICE = 10_000;

const silent = (): void => undefined;
export const SILENT: Logger = { info: silent, warn: silent, error: silent };

/** One exchange with the accounts ikenna and odum and the symbols BTCUSDT and ETHUSDT, tick 0.01. */
export const SIM: SimulatedExchange = {
  exchange: 'sim',
  instruments: ['BTC', 'ETH'].map((base) =>
    createInstrument({
      ...{ exchange: 'sim', symbol: `${base}USDT`, kind: 'perpetual', base, quote: 'USDT', settle: 'USDT' },
      ...{ multiplier: '1', inverse: false, tickSize: '0.01', lotSize: '0.001', minNotional: '0' },
    }),
  ),
  accounts: ['ikenna', 'odum'].map((account) => ({
    account,
    hedgeMode: false,
    balances: { USDT: cashOf(decimal('100000')) ?? 0n },
    feeMakerBps: decimal('2'),
    feeTakerBps: decimal('5'),
    token: `${account}'s secret`,
  })),
};

const markets = SIM.instruments.map((instrument) => ({ instrument, startPrice: PRICE }));

export const HELD = {
  kind: 'held',
  open: (sink, from) => holdMarket({ markets, sink, from }),
} satisfies MarketPlan;

export function moving(speed: number, historyMs = 0): MarketPlan {
  return {
    kind: 'moving',
    ...{ from: null, speed, historyMs },
    open: (sink, from) => generateMarket({ markets, sink, from, seed: 7 }),
  };
}

/** Opens the exchange `sim` on any free port, without latency and with a held market unless said otherwise. */
export function openSim(
  folder: string,
  options: Partial<ExchangeSimulatorOptions> = {},
  onStopped: (error: Error) => void = silent,
): Promise<ExchangeSimulator> {
  const defaults = {
    exchanges: [SIM],
    marketOf: () => HELD,
    manners: { latencyMs: 0 },
    port: 0,
    logger: SILENT,
  };
  return ExchangeSimulator.open({ ...defaults, folder, ...options }, onStopped);
}

export function clientOf(
  url: string,
  account: string,
  options: Partial<RemoteExchangeClientOptions> = {},
): RemoteExchangeClient {
  const clock = new SystemClock();
  const token = `${account}'s secret`;
  return new RemoteExchangeClient({
    url,
    exchange: 'sim',
    account,
    token,
    clock,
    logger: SILENT,
    ...options,
  });
}

/** A client with all that it was told, to be waited for. */
export class Told {
  readonly reports: ExchangeReport[] = [];
  private waiting: (() => void)[] = [];

  static async connect(client: RemoteExchangeClient): Promise<Told> {
    const told = new Told(client);
    await client.connect((report) => told.push(report));
    return told;
  }

  private constructor(readonly client: RemoteExchangeClient) {}

  /** Sends, and waits until each has been answered. Returns what was told meanwhile. */
  async ask(...requests: readonly ExchangeRequest[]): Promise<readonly ExchangeReport[]> {
    const from = this.reports.length;
    for (const request of requests) this.client.send(request);
    await this.until(() => this.client.unanswered === 0);
    return this.reports.slice(from);
  }

  /** Waits until something told has made it so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo())
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
  }

  private push(report: ExchangeReport): void {
    this.reports.push(report);
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** Requests for BTCUSDT as they are made now. */
export const requests = {
  place: (clientOrderId: string, limitPrice: number | null = null): ExchangeRequest => ({
    type: 'place',
    clientOrderId,
    symbol: 'BTCUSDT',
    terms: {
      key: { strategyPositionId: 'A-1', leg: 'e', generation: 0 },
      ...{ side: 'BUY', positionSide: 'LONG', orderQty: 10, stopPrice: null, timeInForce: 'GTC' },
      ...{ orderType: limitPrice === null ? 'market' : 'limit', limitPrice, reduceOnly: false },
    },
    expiresAt: null,
    ocoGroup: null,
    at: Date.now(),
  }),
  cancel: (clientOrderId: string): ExchangeRequest => ({
    ...{ type: 'cancel', clientOrderId, symbol: 'BTCUSDT', at: Date.now() },
  }),
  queryOrder: (clientOrderId: string): ExchangeRequest => ({
    ...{ type: 'query_order', clientOrderId, symbol: 'BTCUSDT', at: Date.now() },
  }),
  queryPosition: (afterTradeId = 0): ExchangeRequest => ({
    ...{ type: 'query_position', symbol: 'BTCUSDT', afterTradeId, at: Date.now() },
  }),
} as const;

/** The truth, once nothing is on its way. */
export async function truthOf(url: string): Promise<Truth> {
  return (await fetch(`${url}/truth?settled=true`)).json() as Promise<Truth>;
}

/** Asks for a fault, or moves a price; returns the answer's status and what it says. */
export async function post(
  url: string,
  path: '/faults' | '/market',
  body: FaultOrder | Readonly<Record<string, unknown>>,
): Promise<{ status: number; detail?: string }> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const { detail } = (await answer.json()) as { detail?: string };
  return { status: answer.status, ...(detail !== undefined && { detail }) };
}

/** What a client is told goes by `onTold` first. */
export function overheard(client: RemoteExchangeClient, onTold: () => void): ExchangeClient {
  return {
    exchange: client.exchange,
    account: client.account,
    capabilities: client.capabilities,
    pace: null,
    send: (request) => client.send(request),
    connect: (onReport) =>
      client.connect((report) => {
        onReport(report);
        onTold();
      }),
    close: () => client.close(),
  };
}
