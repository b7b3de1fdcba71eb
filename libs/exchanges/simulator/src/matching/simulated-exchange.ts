import type { TimeMs } from '@bowline/domain';
import type { MarketEvent, OrderRequest } from './commands.js';
import { EventQueue } from './event-queue.js';
import type { ExecutionReport } from './execution-report.js';
import type { Latency } from './latency.js';
import type { MatchingEngine } from './matching-engine.js';

/** A report as its account gets to see it. */
export interface DeliveredReport {
  /** When it reaches the account; `report.time` is when it happened. */
  readonly at: TimeMs;
  readonly report: ExecutionReport;
}

type Pending =
  | { readonly kind: 'arrival'; readonly command: OrderRequest | MarketEvent }
  | { readonly kind: 'delivery'; readonly report: ExecutionReport };

/**
 * A matching engine at a distance: requests and reports take their time, and everything happens in the order of
 * (time, sequence). It has no clock of its own: time passes when `advanceTo` says so. Requests may overtake each
 * other as latency has it; reports of one account do not, they travel one stream.
 */
export class SimulatedExchange {
  private readonly pending = new EventQueue<Pending>();
  private readonly lastDelivery = new Map<string, TimeMs>();
  private now: TimeMs = Number.NEGATIVE_INFINITY;

  constructor(
    /** For queries: they see the exchange as it stands, without latency. */
    readonly engine: MatchingEngine,
    private readonly latency: Latency,
  ) {}

  /** Sends a request at `at`; it arrives a latency later. Throws a RangeError where `at` has passed. */
  submit(at: TimeMs, request: OrderRequest): void {
    this.refusePast(at);
    const travel = nonNegative(this.latency.request(request.account, at));
    this.pending.schedule(at + travel, { kind: 'arrival', command: request });
  }

  /** Something happens in the market at `at`, to be seen there at once. Throws a RangeError where `at` has passed. */
  feed(at: TimeMs, event: MarketEvent): void {
    this.refusePast(at);
    this.pending.schedule(at, { kind: 'arrival', command: event });
  }

  /** Lets time pass up to and including `time`, and returns the reports that have reached their accounts meanwhile. */
  advanceTo(time: TimeMs): readonly DeliveredReport[] {
    this.refusePast(time);
    const delivered: DeliveredReport[] = [];
    for (let next = this.pending.takeUntil(time); next !== undefined; next = this.pending.takeUntil(time)) {
      if (next.item.kind === 'delivery') delivered.push({ at: next.time, report: next.item.report });
      else this.arrive(next.time, next.item.command);
    }
    this.now = time;
    return delivered;
  }

  /** When the next arrival or delivery is due; null when nothing is under way. */
  nextTime(): TimeMs | null {
    return this.pending.nextTime();
  }

  private arrive(time: TimeMs, command: OrderRequest | MarketEvent): void {
    for (const report of this.engine.handle(time, command)) {
      const travel = nonNegative(this.latency.report(report.account, time));
      const at = Math.max(time + travel, this.lastDelivery.get(report.account) ?? time);
      this.lastDelivery.set(report.account, at);
      this.pending.schedule(at, { kind: 'delivery', report });
    }
  }

  private refusePast(at: TimeMs): void {
    if (!(at >= this.now)) throw new RangeError(`time ${at} has passed: the exchange stands at ${this.now}`);
  }
}

function nonNegative(latencyMs: number): number {
  if (!(latencyMs >= 0)) throw new RangeError(`latency must be 0 ms or more, got ${latencyMs}`);
  return latencyMs;
}
