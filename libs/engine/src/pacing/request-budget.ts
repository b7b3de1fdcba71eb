import type { TimeMs } from '@bowline/domain';
import type { RateLimit } from '@bowline/ports';

/** What a request takes of the limits that count weight, and of those that count orders. */
export type RequestCosts = Readonly<Record<RateLimit['counts'], number>>;

/** What was used of a limit, as metrics show it. */
export interface LimitUse {
  readonly limit: string;
  /** Share of the limit, 0 to 1 and above. */
  readonly used: number;
}

/** What stands in the way of a request. */
export interface Blocked {
  /** When it may go, as far as is known now. */
  readonly until: TimeMs;
  /** What the limits that are used up count. */
  readonly counts: ReadonlySet<RateLimit['counts']>;
}

/**
 * What an exchange still admits of requests, over all of its limits at once. Each window slides: in no span as long as a
 * limit's interval is more sent than the limit, so that it does not matter when the exchange's own count begins anew.
 * Time comes from the caller and never goes back.
 */
export class RequestBudget {
  private windows = new Map<string, LimitWindow>();
  private limits: readonly RateLimit[] = [];

  /**
   * @param slackMs how much longer one request may travel than another: two that are sent an interval apart may arrive
   *   this much closer
   */
  constructor(private readonly slackMs: number) {}

  /** Takes the limits as the exchange tells them; what was used of those that stay counts on. */
  setLimits(limits: readonly RateLimit[]): void {
    if (limits === this.limits) return;
    this.limits = limits;
    this.windows = new Map(
      limits.map((limit) => {
        const known = this.windows.get(limit.name);
        if (known === undefined) return [limit.name, new LimitWindow(limit, this.slackMs)];
        known.limit = limit;
        return [limit.name, known];
      }),
    );
  }

  /**
   * Null: a request of these costs may go now.
   *
   * @param share of each limit that it may use up, above 0 to 1
   */
  blocked(costs: RequestCosts, share: number, now: TimeMs): Blocked | null {
    let until = -Infinity;
    const counts = new Set<RateLimit['counts']>();
    for (const window of this.windows.values()) {
      const freeAt = window.freeAt(costs[window.limit.counts], share, now);
      if (freeAt <= now) continue;
      until = Math.max(until, freeAt);
      counts.add(window.limit.counts);
    }
    return counts.size === 0 ? null : { until, counts };
  }

  /** A request of these costs goes. */
  take(costs: RequestCosts, now: TimeMs): void {
    for (const window of this.windows.values()) window.add(costs[window.limit.counts], now);
  }

  /**
   * The exchange has counted `used` of a limit in the interval of its own that `at` is in. Believed where it is more
   * than what was sent from here: somebody else uses the same limit.
   */
  believe(limit: string, used: number, at: TimeMs): void {
    this.windows.get(limit)?.believe(used, at);
  }

  uses(now: TimeMs): LimitUse[] {
    return [...this.windows.values()].map((window) => ({
      limit: window.limit.name,
      used: window.usedAt(now) / window.limit.limit,
    }));
  }
}

/** What was sent within one limit's interval. */
class LimitWindow {
  /** Oldest first; those of one instant are one. */
  private sent: { readonly at: TimeMs; cost: number }[] = [];
  private used = 0;

  constructor(
    public limit: RateLimit,
    private readonly slackMs: number,
  ) {}

  usedAt(now: TimeMs): number {
    const { sent } = this;
    let over = 0;
    while (over < sent.length && sent[over]!.at + this.heldMs <= now) {
      this.used -= sent[over]!.cost;
      over += 1;
    }
    if (over > 0) sent.splice(0, over);
    return this.used;
  }

  freeAt(cost: number, share: number, now: TimeMs): TimeMs {
    if (cost === 0) return now;
    // What is larger than its share waits until nothing else is used, or it would wait for ever.
    const room = Math.max(Math.floor(this.limit.limit * share), cost) - cost;
    let used = this.usedAt(now);
    if (used <= room) return now;
    for (const entry of this.sent) {
      used -= entry.cost;
      if (used <= room) return entry.at + this.heldMs;
    }
    throw new Error(`${this.limit.name}: ${used} are used by nobody`);
  }

  add(cost: number, now: TimeMs): void {
    if (cost === 0) return;
    const last = this.sent.at(-1);
    this.used += cost;
    if (last !== undefined && last.at >= now) last.cost += cost;
    else this.sent.push({ at: now, cost });
  }

  believe(used: number, at: TimeMs): void {
    const since = at - (at % this.limit.intervalMs) - this.slackMs;
    let own = 0;
    for (const entry of this.sent) if (entry.at >= since) own += entry.cost;
    if (used > own) this.add(used - own, at);
  }

  private get heldMs(): number {
    return this.limit.intervalMs + this.slackMs;
  }
}
