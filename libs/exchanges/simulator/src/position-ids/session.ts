import type { TimeMs } from '@bowline/domain';
import type { ExchangeRequest, RateLimit, RequestPace } from '@bowline/ports';

/** An order like one of the last so many milliseconds is a conflict, unless its request id differs. */
const CONFLICT_MS = 15_000;
/** One order in so many milliseconds. */
export const ORDER_MS = 1_000;
/** How long it is to be left alone after that. */
const BACK_OFF_MS = 1_500;

type OrderRequest = Extract<ExchangeRequest, { type: 'place' | 'amend' }>;

/** What the exchange remembers of the requests of one session, and what its client makes of that. */
export class Session {
  readonly pace: RequestPace;
  private lastOrderAt = -Infinity;
  private recent: { readonly key: string; readonly at: TimeMs }[] = [];
  private readonly onBackOff: ((until: TimeMs, closing: boolean) => void)[] = [];

  /** @param orderMs one order in so many milliseconds; 0: as many as are sent */
  constructor(private readonly orderMs: number) {
    const weight: RateLimit = { name: 'weight/1m', counts: 'weight', intervalMs: 60_000, limit: 120 };
    const orders: RateLimit = {
      name: `orders/${orderMs}ms`,
      counts: 'orders',
      intervalMs: orderMs,
      limit: 1,
    };
    const limits = orderMs === 0 ? [weight] : [orders, weight];
    this.pace = {
      limits: () => limits,
      costOf: ({ type }) => ({ weight: 1, orders: type === 'place' || type === 'amend' ? 1 : 0 }),
      // It does not tell what was used.
      onUsed: () => undefined,
      onBackOff: (listener) => this.onBackOff.push(listener),
    };
  }

  /** Counts an order that has arrived: `429` for one too soon, `409` for one that has arrived a moment ago. */
  admit(request: OrderRequest, now: TimeMs): '429' | '409' | null {
    if (now - this.lastOrderAt < this.orderMs) {
      for (const listener of this.onBackOff) listener(now + BACK_OFF_MS, true);
      return '429';
    }
    this.lastOrderAt = now;
    if (request.type === 'amend') return null;
    this.recent = this.recent.filter(({ at }) => now - at < CONFLICT_MS);
    // The client sends the reference as its request id, so that only a repetition of the same request is a conflict.
    const { at: _, ...same } = request;
    const key = JSON.stringify(same);
    if (this.recent.some((each) => each.key === key)) return '409';
    this.recent.push({ key, at: now });
    return null;
  }
}
