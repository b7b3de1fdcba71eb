import { compareCodePoints, type TimeMs } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import type { Sent } from './mock-client.js';
import type { Fault } from './options.js';

/** A request that has arrived, or the moment when its client gives up on the answer. */
export interface Arrival extends Sent {
  readonly fault: Fault | null;
  readonly gaveUp: boolean;
}

const KINDS = [
  'place',
  'amend',
  'cancel',
  'query_order',
  'query_position',
] as const satisfies readonly ExchangeRequest['type'][];

/**
 * The order in which what arrives at one instant acts: by account, clientOrderId and kind. Whoever happened to send
 * first, on whatever machine, must not matter.
 */
export function compareArrivals(a: Arrival, b: Arrival): number {
  return (
    compareCodePoints(a.client.account, b.client.account) ||
    compareCodePoints(idOf(a.request), idOf(b.request)) ||
    KINDS.indexOf(a.request.type) - KINDS.indexOf(b.request.type) ||
    Number(a.gaveUp) - Number(b.gaveUp) ||
    a.request.at - b.request.at ||
    compareCodePoints(JSON.stringify(a.request), JSON.stringify(b.request))
  );
}

/** Names a request on its way, for draws. */
export function messageOf({ client, request }: Sent): string {
  return `${client.account} ${request.type} ${idOf(request)} ${request.symbol} ${request.at}`;
}

/** Whether the request is too old to be carried out at `now`. */
export function isStale({ at }: ExchangeRequest, now: TimeMs, recvWindowMs: number): boolean {
  return now - at > recvWindowMs;
}

export function idOf(request: ExchangeRequest): string {
  return request.type === 'query_position' ? '' : request.clientOrderId;
}
