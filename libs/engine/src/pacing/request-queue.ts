import type { TimeMs } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';

/**
 * Who goes first: what takes risk away (cancels, then orders that protect and close), then questions, whose answers
 * others wait for, then what opens.
 */
export const PRIORITIES = ['cancel', 'close', 'query', 'open'] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface Waiting {
  readonly request: ExchangeRequest;
  readonly priority: Priority;
  readonly since: TimeMs;
  /** Asked at the moment of sending, with the request as it goes out: false where nothing may be sent any more. */
  readonly allow: (request: ExchangeRequest) => boolean;
}

export function priorityOf(request: ExchangeRequest): Priority {
  switch (request.type) {
    case 'cancel':
      return 'cancel';
    case 'amend':
      return 'close';
    case 'place':
      return request.terms.key.leg === 'e' ? 'open' : 'close';
    case 'query_order':
    case 'query_position':
      return 'query';
  }
}

/** Requests that wait to be sent: in order within their priority. */
export class RequestQueue {
  private readonly waiting: Readonly<Record<Priority, Set<Waiting>>> = {
    cancel: new Set(),
    close: new Set(),
    query: new Set(),
    open: new Set(),
  };
  /** Orders that are not sent yet, by clientOrderId. */
  private readonly orders = new Map<string, Waiting>();
  /** What is asked besides. */
  private readonly asked = new Set<string>();
  /** When the first of them may not be sent any more, or earlier. */
  private nextExpiry = Infinity;

  /** @param patienceMs after this an opening order goes before questions that came later than it */
  constructor(private readonly patienceMs: number) {}

  get isEmpty(): boolean {
    return PRIORITIES.every((priority) => this.waiting[priority].size === 0);
  }

  lengths(): Readonly<Record<Priority, number>> {
    const { cancel, close, open, query } = this.waiting;
    return { cancel: cancel.size, close: close.size, query: query.size, open: open.size };
  }

  /** What already waits is not added again: one answer is enough for both. */
  add(entry: Waiting): void {
    if (entry.request.type !== 'place') {
      const name = nameOf(entry.request);
      if (this.asked.has(name)) return;
      this.asked.add(name);
    }
    this.waiting[entry.priority].add(entry);
    if (entry.request.type !== 'place') return;
    this.orders.set(entry.request.clientOrderId, entry);
    this.nextExpiry = Math.min(this.nextExpiry, entry.request.expiresAt ?? Infinity);
  }

  remove(entry: Waiting): void {
    this.waiting[entry.priority].delete(entry);
    if (entry.request.type === 'place') this.orders.delete(entry.request.clientOrderId);
    else this.asked.delete(nameOf(entry.request));
  }

  /** The order, where it is not sent yet. */
  order(clientOrderId: string): Waiting | undefined {
    return this.orders.get(clientOrderId);
  }

  /** The first of each priority, in the order in which they are to go. */
  heads(now: TimeMs): Waiting[] {
    const heads = PRIORITIES.map((priority) => first(this.waiting[priority])).filter(isPresent);
    const [query, open] = heads.slice(-2);
    // Questions may come without end; what opens is not to wait as long.
    if (query?.priority !== 'query' || open?.priority !== 'open') return heads;
    const isPast = open.since <= query.since && now - open.since > this.patienceMs;
    return isPast ? [...heads.slice(0, -2), open, query] : heads;
  }

  /** Takes out the orders that may not be sent any more. */
  takeExpired(now: TimeMs): Waiting[] {
    if (now <= this.nextExpiry) return [];
    const expired = [...this.orders.values()].filter((entry) => expiryOf(entry) < now);
    for (const entry of expired) this.remove(entry);
    this.nextExpiry = Math.min(Infinity, ...[...this.orders.values()].map(expiryOf));
    return expired;
  }

  /** The first moment at which an order may not be sent any more; Infinity: none is in a hurry. */
  get expiresAt(): TimeMs {
    return this.nextExpiry + 1;
  }
}

/** Two of one name ask for the same. */
function nameOf(request: Exclude<ExchangeRequest, { type: 'place' }>): string {
  if (request.type === 'query_position') return `${request.type} ${request.symbol}`;
  return `${request.type} ${request.clientOrderId}`;
}

function expiryOf({ request }: Waiting): TimeMs {
  return request.type === 'place' ? (request.expiresAt ?? Infinity) : Infinity;
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  const [value] = set;
  return value;
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}
