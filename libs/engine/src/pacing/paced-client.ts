import type { TimeMs } from '@bowline/domain';
import type {
  Clock,
  ExchangeClient,
  ExchangeFact,
  ExchangeReport,
  ExchangeRequest,
  RequestPace,
} from '@bowline/ports';
import { RequestBudget, type LimitUse } from './request-budget.js';
import { priorityOf, RequestQueue, type Priority, type Waiting } from './request-queue.js';

export interface PacingOptions {
  /** Begins the ids of what is answered here: no two starts have the same. */
  readonly idPrefix: string;
  /** Share of each limit that only cancels and closing orders may use. */
  readonly reserve?: number;
  /** How much longer one request may travel than another. */
  readonly slackMs?: number;
  /** After this an opening order goes before questions that came later than it. */
  readonly patienceMs?: number;
}

const DEFAULTS = { reserve: 0.2, slackMs: 1_000, patienceMs: 5_000 };

/**
 * Sends no more than the exchange admits: what is too much waits, by priority. An order that waits can still be taken
 * out (by its cancel, or because it expires), and that is answered here: it is rejected as NOT_SENT. The time that a
 * request bears is that of its sending.
 */
export class PacedClient implements ExchangeClient {
  readonly pace: RequestPace;
  private readonly budget: RequestBudget;
  private readonly queue: RequestQueue;
  private readonly reserve: number;
  /** Orders that have waited, by when they were sent, as long as that may matter. */
  private readonly sentAt = new Map<string, TimeMs>();
  private onReport: ((report: ExchangeReport) => void) | null = null;
  private isConnected = false;
  private isClosed = false;
  private openBlockedUntil = -Infinity;
  private allBlockedUntil = -Infinity;
  private wake: { readonly at: TimeMs; readonly takeBack: () => void } | null = null;
  private answers = 0;
  private throttledMs = 0;
  private waitsSince: TimeMs | null = null;

  constructor(
    private readonly client: ExchangeClient,
    private readonly clock: Clock,
    private readonly options: PacingOptions,
  ) {
    if (client.pace === null) throw new Error(`${client.exchange} takes whatever is sent: nothing to pace`);
    this.pace = client.pace;
    this.reserve = options.reserve ?? DEFAULTS.reserve;
    this.budget = new RequestBudget(options.slackMs ?? DEFAULTS.slackMs);
    this.queue = new RequestQueue(options.patienceMs ?? DEFAULTS.patienceMs);
    this.pace.onUsed((limit, used, at) => {
      this.budget.setLimits(this.pace.limits());
      this.budget.believe(limit, used, at);
    });
    this.pace.onBackOff((until, closing) => {
      this.openBlockedUntil = Math.max(this.openBlockedUntil, until);
      if (closing) this.allBlockedUntil = Math.max(this.allBlockedUntil, until);
    });
  }

  get exchange(): string {
    return this.client.exchange;
  }

  get account(): string {
    return this.client.account;
  }

  get capabilities(): ExchangeClient['capabilities'] {
    return this.client.capabilities;
  }

  /**
   * Sends it once the exchange admits it.
   *
   * @param allow asked at that moment, with the request as it goes out; where it answers false, nothing is sent
   */
  send(request: ExchangeRequest, allow: Waiting['allow'] = () => true): void {
    if (this.isClosed) return;
    if (request.type !== 'place' && request.type !== 'query_position') {
      const waiting = this.queue.order(request.clientOrderId);
      if (waiting !== undefined) return this.answerHere(request, waiting);
    }
    const priority = priorityOf(request);
    this.queue.add({ request, priority, since: this.clock.now(), allow });
    this.pump();
  }

  async connect(onReport: (report: ExchangeReport) => void): Promise<void> {
    this.onReport = onReport;
    await this.client.connect((report) => onReport(this.corrected(report)));
    this.isConnected = true;
    this.pump();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.wake?.takeBack();
    await this.client.close();
  }

  /** What waits, by priority. */
  queued(): Readonly<Record<Priority, number>> {
    return this.queue.lengths();
  }

  /** What was used of each limit. */
  uses(): readonly LimitUse[] {
    return this.budget.uses(this.clock.now());
  }

  /** For how long anything has waited so far, in all. */
  throttledSeconds(): number {
    const now = this.clock.now();
    return (this.throttledMs + (this.waitsSince === null ? 0 : now - this.waitsSince)) / 1000;
  }

  /** Sends what may go, and comes back when the next may. */
  private pump(): void {
    const now = this.clock.now();
    if (this.isConnected && !this.isClosed) {
      this.budget.setLimits(this.pace.limits());
      for (const entry of this.queue.takeExpired(now)) this.reject(entry);
      let wakeAt = this.sendWhatMay(now);
      if (!this.queue.isEmpty) wakeAt = Math.min(wakeAt, this.queue.expiresAt);
      this.wakeAt(wakeAt);
    }
    this.measure(now);
  }

  /** Returns when the next may go; Infinity: nothing waits. */
  private sendWhatMay(now: TimeMs): TimeMs {
    for (;;) {
      // What is needed by one that goes first is not taken away from it by those that come after it.
      const kept = new Set<string>();
      let until = Infinity;
      let sent = false;
      for (const entry of this.queue.heads(now)) {
        const costs = this.pace.costOf(entry.request);
        const share = entry.priority === 'cancel' || entry.priority === 'close' ? 1 : 1 - this.reserve;
        const blocked = this.budget.blocked(costs, share, now);
        const backOff = closes(entry.request)
          ? this.allBlockedUntil
          : Math.max(this.openBlockedUntil, this.allBlockedUntil);
        if (blocked !== null) for (const count of blocked.counts) kept.add(count);
        const freeAt = Math.max(blocked?.until ?? now, backOff);
        if (freeAt > now) until = Math.min(until, freeAt);
        else if (!(['weight', 'orders'] as const).some((count) => kept.has(count) && costs[count] > 0)) {
          this.pass(entry, costs, now);
          sent = true;
          break;
        }
      }
      if (!sent) return until;
    }
  }

  private pass(entry: Waiting, costs: ReturnType<RequestPace['costOf']>, now: TimeMs): void {
    this.queue.remove(entry);
    const request = { ...entry.request, at: now };
    if (!entry.allow(request)) return;
    this.budget.take(costs, now);
    if (request.type === 'place' && now > entry.since) this.rememberSent(request.clientOrderId, now);
    this.client.send(request);
  }

  private wakeAt(at: TimeMs): void {
    if (this.wake?.at === at) return;
    this.wake?.takeBack();
    this.wake = null;
    if (at === Infinity) return;
    const takeBack = this.clock.callAt(at, () => {
      this.wake = null;
      this.pump();
    });
    this.wake = { at, takeBack };
  }

  private measure(now: TimeMs): void {
    if (this.waitsSince !== null) this.throttledMs += now - this.waitsSince;
    this.waitsSince = this.queue.isEmpty ? null : now;
  }

  /** What is asked of an order that is not sent yet, the exchange cannot answer. */
  private answerHere(
    request: Exclude<ExchangeRequest, { type: 'place' | 'query_position' }>,
    waiting: Waiting,
  ): void {
    const { clientOrderId, symbol } = request;
    switch (request.type) {
      case 'cancel':
        this.queue.remove(waiting);
        this.reject(waiting);
        return this.pump();
      case 'amend':
        return this.answer({
          type: 'request_refused',
          request: 'amend',
          ...{ symbol, clientOrderId, unknownOrder: false, reason: 'NOT_SENT' },
        });
      case 'query_order':
        // Not there proves nothing yet: it is on its way. It is asked again.
        return this.answer({ type: 'request_unknown', request: 'query_order', symbol, clientOrderId });
    }
  }

  private reject({ request }: Waiting): void {
    if (request.type !== 'place') return;
    const { clientOrderId, symbol, terms } = request;
    const { orderQty } = terms;
    const order = { symbol, clientOrderId, orderQty, cumQty: 0, reason: 'NOT_SENT' } as const;
    this.answer({ type: 'order', execType: 'reject', ...order });
  }

  /** Not within the call that led to it: whoever has called is not done yet. */
  private answer(fact: ExchangeFact): void {
    this.answers += 1;
    const at = this.clock.now();
    const report = { id: `${this.options.idPrefix}/${this.answers}`, at, ...fact };
    this.clock.callAt(at, () => this.onReport?.(report));
  }

  private rememberSent(clientOrderId: string, now: TimeMs): void {
    const { recvWindowMs } = this.capabilities;
    for (const [each, at] of this.sentAt) {
      if (now - at <= 2 * recvWindowMs) break;
      this.sentAt.delete(each);
    }
    this.sentAt.delete(clientOrderId);
    this.sentAt.set(clientOrderId, now);
  }

  /** Who has asked for the order counts from then on; as long as it may still arrive its absence proves nothing. */
  private corrected(report: ExchangeReport): ExchangeReport {
    if (report.type !== 'order_absent') return report;
    const { at, clientOrderId, id, symbol } = report;
    const sentAt = this.sentAt.get(clientOrderId);
    const mayArriveUntil = (sentAt ?? -Infinity) + this.capabilities.recvWindowMs;
    if (Math.min(at, this.clock.now()) > mayArriveUntil) return report;
    return { id, at, type: 'request_unknown', request: 'query_order', symbol, clientOrderId };
  }
}

/** What an exchange takes that is too busy for anything else. */
function closes(request: ExchangeRequest): boolean {
  return request.type === 'cancel' || (request.type === 'place' && request.terms.reduceOnly);
}
