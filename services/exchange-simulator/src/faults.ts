import type { TimeMs } from '@bowline/domain';
import type { Fault } from '@bowline/exchange-simulator';
import type { ExchangeRequest } from '@bowline/ports';
import { z } from 'zod';

const name = z.string().min(1).max(256);
const place = {
  exchange: name.optional().describe('Default: every exchange.'),
  account: name.optional().describe('Default: every account.'),
};
const requests = {
  ...place,
  request: z.enum(['place', 'cancel', 'amend', 'query_order', 'query_position']).optional(),
  clientOrderId: name.optional().describe('How it begins.'),
  count: z.int().min(1).max(1_000_000).default(1).describe('How often it happens.'),
};
const lateMs = z.int().min(1).max(3_600_000);

/** What is to go wrong, as `POST /faults` takes it. */
export const faultOrder = z.discriminatedUnion('fault', [
  z.strictObject({ fault: z.literal('request_lost'), ...requests }),
  z.strictObject({ fault: z.literal('reply_lost'), ...requests }),
  z.strictObject({ fault: z.literal('timed_out'), ...requests }),
  z.strictObject({ fault: z.literal('late'), ...requests, lateMs }),
  z.strictObject({ fault: z.literal('duplicate'), ...place, count: requests.count }),
  z.strictObject({
    fault: z.literal('disconnect'),
    ...place,
    forMs: z.int().min(0).max(3_600_000).default(0).describe('For how long nobody is let in again.'),
  }),
]);
export type FaultOrder = z.output<typeof faultOrder>;

/** What is still to come of a fault. */
export type PendingFault = Exclude<FaultOrder, { fault: 'disconnect' }>;
type RequestFault = Exclude<PendingFault, { fault: 'duplicate' }>;

/** What is to go wrong at the exchanges, in the order in which it was asked for. */
export class FaultScript {
  private pending: { readonly order: PendingFault; left: number }[] = [];
  /** Until when an account's lines are refused, by exchange and account. */
  private readonly away = new Map<string, TimeMs>();

  add(order: PendingFault): void {
    this.pending.push({ order, left: order.count });
  }

  disconnect(exchange: string, account: string, until: TimeMs): void {
    this.away.set(JSON.stringify([exchange, account]), until);
  }

  isAway(exchange: string, account: string, now: TimeMs): boolean {
    return now < (this.away.get(JSON.stringify([exchange, account])) ?? Number.NEGATIVE_INFINITY);
  }

  /** What goes wrong with a request. It has happened then. */
  faultOf(exchange: string, account: string, request: ExchangeRequest): Fault | null {
    const order = this.take(
      (each): each is RequestFault =>
        each.fault !== 'duplicate' && isOf(each, exchange, account) && isAbout(each, request),
    );
    if (order === null) return null;
    return order.fault === 'late' ? { lateMs: order.lateMs } : order.fault;
  }

  /** Whether a report is told twice. */
  isDoubled(exchange: string, account: string): boolean {
    return (
      this.take(
        (each): each is PendingFault => each.fault === 'duplicate' && isOf(each, exchange, account),
      ) !== null
    );
  }

  /** What is still to come, `count` being how often. */
  list(): readonly PendingFault[] {
    return this.pending.map(({ left, order }) => ({ ...order, count: left }));
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.pending = [];
    this.away.clear();
  }

  private take<T extends PendingFault>(isWanted: (order: PendingFault) => order is T): T | null {
    for (const [at, pending] of this.pending.entries()) {
      const { order } = pending;
      if (!isWanted(order)) continue;
      pending.left -= 1;
      if (pending.left === 0) this.pending.splice(at, 1);
      return order;
    }
    return null;
  }
}

/** Whether a fault is one of this account. */
export function isOf(
  order: { readonly exchange?: string | undefined; readonly account?: string | undefined },
  exchange: string,
  account: string,
): boolean {
  return (order.exchange ?? exchange) === exchange && (order.account ?? account) === account;
}

function isAbout({ clientOrderId, request }: RequestFault, about: ExchangeRequest): boolean {
  if (request !== undefined && request !== about.type) return false;
  if (clientOrderId === undefined) return true;
  return about.type !== 'query_position' && about.clientOrderId.startsWith(clientOrderId);
}
