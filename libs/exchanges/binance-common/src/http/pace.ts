import type { IncomingHttpHeaders } from 'node:http';
import type { TimeMs } from '@bowline/domain';
import type { Clock, ExchangeRequest, RateLimit, RequestPace } from '@bowline/ports';
import type { BinanceProduct, Costs } from '../product.js';
import type { ErrorMeaning } from './errors.js';

const COUNTER = /^x-mbx-(used-weight|order-count)-(\d+)([smhd])$/;
/** How long it waits where the exchange does not say. */
const USUAL_PAUSE_MS = 1_000;
const ORDERS_PAUSE_MS = 10_000;

/** What the exchange says of its limits, heard from its answers. */
export class BinancePace implements RequestPace {
  private known: readonly RateLimit[] = [];
  private readonly usedListeners: ((limit: string, used: number, at: TimeMs) => void)[] = [];
  private readonly backOffListeners: ((until: TimeMs, closing: boolean) => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly costs: BinanceProduct['costs'],
  ) {}

  limits(): readonly RateLimit[] {
    return this.known;
  }

  costOf({ type }: ExchangeRequest): Costs {
    return this.costs[type];
  }

  onUsed(listener: (limit: string, used: number, at: TimeMs) => void): void {
    this.usedListeners.push(listener);
  }

  onBackOff(listener: (until: TimeMs, closing: boolean) => void): void {
    this.backOffListeners.push(listener);
  }

  learn(limits: readonly RateLimit[]): void {
    this.known = limits;
  }

  /** Hears an answer. @param meaning null: a success */
  hear(headers: IncomingHttpHeaders, meaning: ErrorMeaning | null, code: number | null): void {
    const now = this.clock.now();
    for (const [name, value] of Object.entries(headers)) {
      const [, counts, count, letter] = COUNTER.exec(name) ?? [];
      const used = Number(value);
      if (counts === undefined || !Number.isSafeInteger(used)) continue;
      const limit = `${counts === 'used-weight' ? 'weight' : 'orders'}/${count}${letter}`;
      for (const listener of this.usedListeners) listener(limit, used, now);
    }
    if (meaning !== 'rate' && meaning !== 'overload') return;
    const told = Number(headers['retry-after'] ?? Number.NaN) * 1_000;
    const usual = code === -1015 ? ORDERS_PAUSE_MS : USUAL_PAUSE_MS;
    const until = now + (told >= 0 ? told : usual);
    // A system under load still takes what only reduces.
    for (const listener of this.backOffListeners) listener(until, meaning === 'rate');
  }
}
