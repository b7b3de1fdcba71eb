import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { Reply } from './dialect-desk.js';
import type { DialectRequest } from './dialect-request.js';
import { Parameters } from './parameters.js';
import type { Route } from './route.js';
import type { UsageLimits } from './usage.js';

/** Where the line of requests is. */
export const REQUEST_LINE = '/ws-api/v3';

/** What asks for an account's events over the line, as a signed request. */
const SUBSCRIBE = 'userDataStream.subscribe.signature';
const UNSUBSCRIBE = 'userDataStream.unsubscribe';

/** A request on the line. */
const word = z.object({
  id: z.union([z.number(), z.string(), z.null()]).default(null),
  method: z.string().max(256),
  params: z.record(z.string(), z.unknown()).default({}),
});

export interface RequestLineEvents {
  readonly ip: string;
  readonly methods: ReadonlyMap<string, Pick<Route, 'method' | 'path'>>;
  readonly limits: UsageLimits;
  /** Has a request carried out, with what it costs and what goes wrong with it. */
  ask(request: DialectRequest, onReply: (reply: Reply | null) => void): void;
  /** The account of the answer hears of its events here from now on, under this number. */
  subscribe(account: string, subscriptionId: number): void;
  unsubscribe(subscriptionId: number): void;
}

/** The subscription's route, which nothing else leads to. */
export const SUBSCRIPTION = { method: 'POST', path: `${REQUEST_LINE}/${SUBSCRIBE}` } as const;

/** Speaks on a line of requests: `{"id":1,"method":"order.place","params":{...}}`, answered in no certain order. */
export function serveRequests(socket: WebSocket, events: RequestLineEvents): void {
  let lastSubscription = -1;
  const open = new Set<number>();
  socket.on('message', (data) => {
    const read = word.safeParse(jsonOrNull(data));
    if (!read.success) return answer(socket, null, refusal(-1135, 'Invalid JSON Request'), events.limits);
    const { id, method, params } = read.data;
    if (method === UNSUBSCRIBE) {
      const named = params['subscriptionId'];
      for (const each of [...open]) {
        if (named !== undefined && named !== each) continue;
        open.delete(each);
        events.unsubscribe(each);
      }
      return answer(socket, id, { status: 200, headers: {}, body: {} }, events.limits);
    }
    const route = method === SUBSCRIBE ? SUBSCRIPTION : events.methods.get(method);
    if (route === undefined)
      return answer(socket, id, refusal(-1020, 'This operation is not supported.'), events.limits);
    events.ask(requestOf(route, params, events.ip), (reply) => {
      if (reply === null) return socket.terminate();
      if (method !== SUBSCRIBE || reply.status !== 200) return answer(socket, id, reply, events.limits);
      lastSubscription += 1;
      open.add(lastSubscription);
      answer(socket, id, { ...reply, body: { subscriptionId: lastSubscription } }, events.limits);
      events.subscribe((reply.body as { readonly account: string }).account, lastSubscription);
    });
  });
}

/** Signed is what would be the query: the parameters by name, without the signature. */
function requestOf(
  { method, path }: Pick<Route, 'method' | 'path'>,
  params: Readonly<Record<string, unknown>>,
  ip: string,
): DialectRequest {
  const said = Object.entries(params)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]): [string, string] => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean),
    ]);
  const {
    apiKey = null,
    signature = null,
    ...rest
  } = Object.fromEntries(said) as Partial<Record<string, string>>;
  const payload = said
    .filter(([name]) => name !== 'signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const values = new Map(Object.entries(rest as Readonly<Record<string, string>>));
  return { method, path, params: new Parameters(values), payload, signature, apiKey, ip };
}

function refusal(code: number, msg: string): Reply {
  return { status: 400, headers: {}, body: { code, msg } };
}

function answer(
  socket: WebSocket,
  id: string | number | null,
  { body, headers, status }: Reply,
  limits: UsageLimits,
): void {
  const said = body ?? { code: -1000, msg: 'Service Unavailable' };
  const part = status === 200 ? { result: said } : { error: said };
  socket.send(JSON.stringify({ id, status, ...part, rateLimits: usedLimits(headers, limits) }));
}

function usedLimits(headers: Reply['headers'], limits: UsageLimits): readonly unknown[] {
  const row = (name: string, rateLimitType: string, interval: string, intervalNum: number, limit: number) => {
    const count = headers[name];
    return count === undefined ? [] : [{ rateLimitType, interval, intervalNum, limit, count: Number(count) }];
  };
  return [
    ...row('x-mbx-used-weight-1m', 'REQUEST_WEIGHT', 'MINUTE', 1, limits.weightPerMinute),
    ...row('x-mbx-order-count-10s', 'ORDERS', 'SECOND', 10, limits.ordersPer10Seconds),
    ...row('x-mbx-order-count-1d', 'ORDERS', 'DAY', 1, limits.ordersPerDay ?? limits.ordersPerMinute),
  ];
}

function jsonOrNull(data: RawData): unknown {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
