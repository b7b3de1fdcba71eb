import type { OrderTerms, TimeMs } from '@bowline/domain';
import { REMOTE_CAPABILITIES } from '@bowline/exchange-simulator';
import type { ExchangeClient, ExchangeReport, ExchangeRequest, RateLimit, RequestPace } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import { PacedClient, type PacingOptions } from './paced-client.js';

export interface Counted {
  readonly request: ExchangeRequest;
  /** When it was sent, and when it arrived. */
  readonly sentAt: TimeMs;
  readonly at: TimeMs;
}

/** An exchange that counts what arrives, and refuses what is too much: in fixed windows, and in any span as long. */
export class CountingExchange {
  readonly arrived: Counted[] = [];
  readonly refused: string[] = [];
  readonly clock = new ManualClock(START);
  private onUsed: (limit: string, used: number, at: TimeMs) => void = () => undefined;
  private backOff: (until: TimeMs, closing: boolean) => void = () => undefined;
  private onReport: (report: ExchangeReport) => void = () => undefined;
  readonly reports: ExchangeReport[] = [];
  readonly client: PacedClient;
  /** Requests of somebody else who uses the same limits, by when they arrived. */
  private readonly foreign: TimeMs[] = [];

  constructor(
    readonly limits: readonly RateLimit[],
    options: Partial<PacingOptions> = {},
    private readonly latencyOf: (count: number) => number = () => 10,
    private readonly capabilities = { ...REMOTE_CAPABILITIES, recvWindowMs: 5_000 },
  ) {
    this.client = new PacedClient(this.inner(), this.clock, { idPrefix: 'paced/1', ...options });
  }

  connect(): Promise<void> {
    return this.client.connect((report) => this.reports.push(report));
  }

  report(report: ExchangeReport): void {
    this.onReport(report);
  }

  tellBackOff(until: TimeMs, closing: boolean): void {
    this.backOff(until, closing);
  }

  /** Somebody else sends so many requests now, and the exchange says what it has counted. */
  foreignUse(count: number): void {
    const now = this.clock.now();
    for (let i = 0; i < count; i += 1) this.foreign.push(now);
    for (const { intervalMs, name } of this.limits) {
      const since = now - (now % intervalMs);
      const own = this.arrived.filter(({ at }) => at >= since).length;
      this.onUsed(name, own + this.foreign.filter((at) => at >= since).length, now);
    }
  }

  /** What arrived, as text. */
  log(): string[] {
    return this.arrived.map(({ request }) =>
      request.type === 'query_position' ? request.type : `${request.type} ${request.clientOrderId}`,
    );
  }

  private inner(): ExchangeClient {
    const pace: RequestPace = {
      limits: () => this.limits,
      costOf,
      onUsed: (listener) => (this.onUsed = listener),
      onBackOff: (listener) => (this.backOff = listener),
    };
    return {
      ...{ exchange: 'binance-usdm', account: 'odum', capabilities: this.capabilities, pace },
      connect: (onReport) => {
        this.onReport = onReport;
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
      send: (request) => {
        const sentAt = this.clock.now();
        this.clock.callAt(sentAt + this.latencyOf(this.arrived.length), () => this.arrive(request, sentAt));
      },
    };
  }

  private arrive(request: ExchangeRequest, sentAt: TimeMs): void {
    const at = this.clock.now();
    this.arrived.push({ request, sentAt, at });
    for (const { counts, intervalMs, limit, name } of this.limits) {
      const inWindow = this.arrived.filter((each) => each.at > at - intervalMs);
      const foreign = this.foreign.filter((each) => each > at - intervalMs).length;
      const used = inWindow.reduce((sum, each) => sum + costOf(each.request)[counts], foreign);
      if (used > limit) this.refused.push(`${name} ${this.log().at(-1)!}: ${used} of ${limit}`);
      const since = at - (at % intervalMs);
      const counted = this.arrived.filter((each) => each.at >= since);
      const own = counted.reduce((sum, each) => sum + costOf(each.request)[counts], 0);
      this.onUsed(name, own + this.foreign.filter((each) => each >= since).length, at);
    }
  }
}

export const START = 1_700_000_000_000;

export function perMinute(limit: number, counts: RateLimit['counts'] = 'weight'): RateLimit {
  return { name: `${counts}/1m`, counts, intervalMs: 60_000, limit };
}

export function place(name: string, fields: Partial<OrderTerms> = {}, expiresAt: TimeMs | null = null) {
  const leg = name[0] as 'e' | 's';
  const terms: OrderTerms = {
    key: { strategyPositionId: 'A-1', leg, generation: 0 },
    side: leg === 'e' ? 'BUY' : 'SELL',
    positionSide: 'LONG',
    orderType: leg === 'e' ? 'limit' : 'stop_market',
    orderQty: 10,
    limitPrice: leg === 'e' ? 1_000 : null,
    stopPrice: leg === 'e' ? null : 900,
    timeInForce: 'GTC',
    reduceOnly: leg !== 'e',
    ...fields,
  };
  return { type: 'place', ...idOf(name), terms, expiresAt, ocoGroup: null, at: START } as const;
}

export function cancel(name: string) {
  return { type: 'cancel', ...idOf(name), at: START } as const;
}

export function query(name: string) {
  return { type: 'query_order', ...idOf(name), at: START } as const;
}

function idOf(clientOrderId: string) {
  return { clientOrderId, symbol: 'BTCUSDT' };
}

function costOf({ type }: ExchangeRequest) {
  return { weight: 1, orders: type === 'place' ? 1 : 0 };
}
