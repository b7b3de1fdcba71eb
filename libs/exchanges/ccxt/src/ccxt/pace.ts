import type { TimeMs } from '@bowline/domain';
import type { Clock, ExchangeRequest, RateLimit, RequestPace } from '@bowline/ports';
import type { CcxtExchange } from './shape.js';
import type { Traffic } from './wire.js';

type Costs = Readonly<Record<RateLimit['counts'], number>>;

const LEAKY_BUCKET_MS = 1_000;
const USUAL_WINDOW_MS = 60_000;
/** How long it waits where the exchange does not say. */
const USUAL_PAUSE_MS = 1_000;

/** Requests that one of ours is made of, before any was seen. */
const CALLS: Readonly<Record<ExchangeRequest['type'], number>> = {
  place: 1,
  amend: 2,
  cancel: 2,
  query_order: 3,
  query_position: 5,
};

/**
 * An exchange's limits as ccxt has them: one counter of weights, refilled by one every `rateLimit` milliseconds. What a
 * request weighs is what the heaviest of its kind has weighed so far.
 */
export class CcxtPace implements RequestPace {
  private readonly all: readonly RateLimit[];
  private readonly weights = new Map<ExchangeRequest['type'], number>();
  private readonly backOffListeners: ((until: TimeMs, closing: boolean) => void)[] = [];

  constructor(
    { rateLimit, rollingWindowSize = USUAL_WINDOW_MS }: Pick<CcxtExchange, 'rateLimit' | 'rollingWindowSize'>,
    private readonly clock: Clock,
  ) {
    const intervalMs = rollingWindowSize === 0 ? LEAKY_BUCKET_MS : rollingWindowSize;
    const limit = Math.floor(intervalMs / rateLimit);
    const name = `weight/${intervalMs / 1_000}s`;
    this.all = limit < 1 ? [] : [{ name, counts: 'weight', intervalMs, limit }];
  }

  limits(): readonly RateLimit[] {
    return this.all;
  }

  costOf({ type }: ExchangeRequest): Costs {
    return { weight: this.weights.get(type) ?? CALLS[type], orders: type === 'place' ? 1 : 0 };
  }

  /** The exchanges' own counts are in headers that ccxt does not read. */
  onUsed(): void {}

  onBackOff(listener: (until: TimeMs, closing: boolean) => void): void {
    this.backOffListeners.push(listener);
  }

  /** What a request of ours has weighed. */
  learn(type: ExchangeRequest['type'], weight: number): void {
    this.weights.set(type, Math.max(weight, this.weights.get(type) ?? 0));
  }

  /** The exchange has refused a request because there were too many. */
  refused({ retryAfterMs }: Traffic): void {
    const until = this.clock.now() + (retryAfterMs ?? USUAL_PAUSE_MS);
    for (const listener of this.backOffListeners) listener(until, true);
  }
}
