import type { TimeMs } from '@bowline/domain';
import type { Fault } from '@bowline/exchange-simulator';
import type { ExchangeRequest } from '@bowline/ports';
import { z } from 'zod';
import type { RequestTrouble } from './binance/common/dialect.js';
import type { RequestKind } from './binance/common/route.js';

const name = z.string().min(1).max(256);
const exchange = name.optional().describe('Default: every exchange.');
const place = { exchange, account: name.optional().describe('Default: every account.') };
const count = z.int().min(1).max(1_000_000).default(1).describe('How often it happens.');
const request = z.enum(['place', 'cancel', 'amend', 'query_order', 'query_position', 'other']).optional();
const requests = { ...place, request, clientOrderId: name.optional().describe('How it begins.'), count };
const ms = z.int().min(1).max(3_600_000);
const forMs = z.int().min(0).max(3_600_000).default(0).describe('For how long nobody is let in again.');

/** What is to go wrong, as `POST /faults` takes it. */
export const faultOrder = z.discriminatedUnion('fault', [
  z.strictObject({ fault: z.literal('request_lost'), ...requests }),
  z.strictObject({ fault: z.literal('reply_lost'), ...requests }),
  z.strictObject({ fault: z.literal('timed_out'), ...requests }),
  z.strictObject({ fault: z.literal('late'), ...requests, lateMs: ms }),
  z.strictObject({ fault: z.literal('duplicate'), ...place, count }),
  z.strictObject({ fault: z.literal('disconnect'), ...place, forMs }),
  // What follows is said in an exchange's own dialect only.
  z.strictObject({ fault: z.literal('slow'), ...requests, delayMs: ms.describe('The answer takes longer.') }),
  z.strictObject({
    fault: z.literal('error_reply'),
    ...requests,
    status: z.int().min(400).max(599).describe('HTTP.'),
    code: z.int().max(-1).nullable().default(null).describe("The exchange's. Null: an answer without words."),
    executed: z.boolean().default(false).describe('It is carried out all the same.'),
    retryAfterMs: ms.nullable().default(null),
  }),
  z.strictObject({ fault: z.literal('cancel_then_fill'), ...requests }),
  z.strictObject({ fault: z.literal('reorder'), ...place, count }),
  z.strictObject({ fault: z.literal('listen_key_expired'), ...place }),
  z.strictObject({ fault: z.literal('maintenance'), exchange, forMs: ms }),
  z.strictObject({
    fault: z.literal('clock_skew'),
    exchange,
    skewMs: z.int().min(-86_400_000).max(86_400_000),
  }),
]);
export type FaultOrder = z.output<typeof faultOrder>;

/** Faults that happen at once, or last for a time. */
type AtOnce = 'disconnect' | 'maintenance' | 'clock_skew' | 'listen_key_expired';
/** What is still to come of a fault. */
export type PendingFault = Exclude<FaultOrder, { fault: AtOnce }>;
type RequestFault = Exclude<PendingFault, { fault: 'duplicate' | 'reorder' }>;

/** Of a request in our own protocol. */
const OWN_FAULTS: readonly PendingFault['fault'][] = ['request_lost', 'reply_lost', 'timed_out', 'late'];

/** What is to go wrong at the exchanges, in the order in which it was asked for. */
export class FaultScript {
  private pending: { readonly order: PendingFault; left: number }[] = [];
  /** Until when an account's lines are refused, by exchange and account. */
  private readonly away = new Map<string, TimeMs>();
  /** Until when an exchange answers nothing but 503. */
  private readonly maintenance = new Map<string, TimeMs>();
  /** How far the time that an exchange tells is off. */
  private readonly skews = new Map<string, number>();

  add(order: PendingFault): void {
    this.pending.push({ order, left: order.count });
  }

  disconnect(exchange: string, account: string, until: TimeMs): void {
    this.away.set(JSON.stringify([exchange, account]), until);
  }

  isAway(exchange: string, account: string, now: TimeMs): boolean {
    return now < (this.away.get(JSON.stringify([exchange, account])) ?? Number.NEGATIVE_INFINITY);
  }

  close(exchange: string, until: TimeMs): void {
    this.maintenance.set(exchange, until);
  }

  isInMaintenance(exchange: string, now: TimeMs): boolean {
    return now < (this.maintenance.get(exchange) ?? Number.NEGATIVE_INFINITY);
  }

  skew(exchange: string, skewMs: number): void {
    this.skews.set(exchange, skewMs);
  }

  skewMs(exchange: string): number {
    return this.skews.get(exchange) ?? 0;
  }

  /** What goes wrong with a request in our own protocol. It has happened then. */
  faultOf(exchange: string, account: string, asked: ExchangeRequest): Fault | null {
    const clientOrderId = asked.type === 'query_position' ? null : asked.clientOrderId;
    const order = this.takeRequest(exchange, account, asked.type, clientOrderId, OWN_FAULTS);
    if (order === null) return null;
    return order.fault === 'late' ? { lateMs: order.lateMs } : (order.fault as Exclude<Fault, object>);
  }

  /** What goes wrong with a request in the exchange's own dialect. It has happened then. */
  troubleOf(
    exchange: string,
    account: string | null,
    kind: RequestKind,
    clientOrderId: string | null,
  ): RequestTrouble | null {
    return this.takeRequest(exchange, account, kind, clientOrderId, null);
  }

  /** Whether a report is told twice. */
  isDoubled(exchange: string, account: string): boolean {
    return this.takes('duplicate', exchange, account);
  }

  /** Whether the next event comes behind the one after it. */
  isHeldBack(exchange: string, account: string): boolean {
    return this.takes('reorder', exchange, account);
  }

  /** What is still to come, `count` being how often. */
  list(): readonly PendingFault[] {
    return this.pending.map(({ left, order }) => ({ ...order, count: left }));
  }

  /** Nothing goes wrong any more. */
  clear(): void {
    this.pending = [];
    for (const lasting of [this.away, this.maintenance, this.skews]) lasting.clear();
  }

  private takes(fault: 'duplicate' | 'reorder', exchange: string, account: string): boolean {
    const isIt = (each: PendingFault): each is PendingFault =>
      each.fault === fault && isOf(each, exchange, account);
    return this.take(isIt) !== null;
  }

  /** @param account null: nobody's. @param among null: any */
  private takeRequest(
    exchange: string,
    account: string | null,
    kind: RequestKind,
    clientOrderId: string | null,
    among: readonly PendingFault['fault'][] | null,
  ): RequestFault | null {
    return this.take((each): each is RequestFault => {
      if (each.fault === 'duplicate' || each.fault === 'reorder') return false;
      if (among !== null && !among.includes(each.fault)) return false;
      if (each.fault === 'cancel_then_fill' && kind !== 'cancel') return false;
      const isTheirs = account === null ? each.account === undefined : isOf(each, exchange, account);
      if (!isTheirs || (each.exchange ?? exchange) !== exchange) return false;
      if (each.request !== undefined && each.request !== kind) return false;
      return each.clientOrderId === undefined || clientOrderId?.startsWith(each.clientOrderId) === true;
    });
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
