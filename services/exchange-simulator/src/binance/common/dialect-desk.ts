import type { TimeMs } from '@bowline/domain';
import { BinanceError, errorBody, isBinanceCode } from './binance-error.js';
import type { Dialect, DialectFaults, RequestTrouble } from './dialect.js';
import type { DialectRequest } from './dialect-request.js';
import type { Call, Route } from './route.js';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: no words at all. */
  readonly body: unknown;
}

/** A request at the exchange's desk: what is to be done with it, and how long it takes. */
export interface Attended {
  /** How much later than others it arrives. */
  readonly lateMs: number;
  /** How much later than others the answer arrives. */
  readonly delayMs: number;
  /** Carries it out, at its time. Null: the line breaks; undefined: no answer ever comes. */
  carryOut(now: TimeMs): Reply | null | undefined;
}

/** Attends to requests: who asks, whether he may, what it costs, and what goes wrong with it. */
export class DialectDesk {
  private readonly routes = new Map<string, Route>();

  constructor(
    private readonly dialect: Dialect,
    private readonly faults: DialectFaults,
  ) {
    for (const route of dialect.routes) this.routes.set(`${route.method} ${route.path}`, route);
  }

  attend(request: DialectRequest): Attended {
    const route = this.routes.get(`${request.method} ${request.path}`) ?? null;
    const trouble = this.troubleOf(request, route);
    return {
      lateMs: trouble?.fault === 'late' ? trouble.lateMs : 0,
      delayMs: trouble?.fault === 'slow' ? trouble.delayMs : 0,
      carryOut: (now) => {
        if (trouble?.fault === 'request_lost') return null;
        if (trouble?.fault === 'error_reply' && !trouble.executed) return errorReply(trouble);
        const reply = this.reply(request, route, trouble, now);
        switch (trouble?.fault) {
          case 'reply_lost':
            return null;
          case 'timed_out':
            return undefined;
          case 'error_reply':
            return errorReply(trouble);
          default:
            return reply;
        }
      },
    };
  }

  private troubleOf(request: DialectRequest, route: Route | null): RequestTrouble | null {
    if (route === null) return null;
    const { credentials } = this.dialect;
    const account = route.security === 'none' ? null : credentials.knownAccountOf(request);
    return this.faults.troubleOf(account, route.kind, this.dialect.clientOrderIdOf(request.params));
  }

  private reply(
    request: DialectRequest,
    route: Route | null,
    trouble: RequestTrouble | null,
    now: TimeMs,
  ): Reply {
    if (this.faults.isInMaintenance(now)) return { status: 503, headers: {}, body: null };
    let headers: Readonly<Record<string, string>> = {};
    try {
      if (route === null) {
        const msg = `Path ${request.path}, Method ${request.method} is invalid`;
        throw new BinanceError(-5000, msg, 404);
      }
      const { credentials, usage } = this.dialect;
      const cost = route.costOf(request.params);
      headers = usage.admit(request.ip, cost.weight, now);
      const call: Call = { params: request.params, at: now, account: '' };
      if (route.security === 'none') return { status: 200, headers, body: route.handle(call) };
      const account =
        route.security === 'key'
          ? credentials.accountOf(request)
          : credentials.signerOf(request, this.dialect.told(now));
      if (cost.ordersInMinute > 0) headers = { ...headers, ...usage.admitOrders(account, cost, now) };
      const isPretended = trouble?.fault === 'cancel_then_fill';
      const pretended = isPretended ? this.dialect.cancelThenFill(account, request.params) : null;
      return { status: 200, headers, body: pretended ?? route.handle({ ...call, account }) };
    } catch (error) {
      if (!(error instanceof BinanceError)) throw error;
      return { status: error.status, headers: { ...headers, ...error.headers }, body: errorBody(error) };
    }
  }
}

function errorReply({
  code,
  retryAfterMs,
  status,
}: Extract<RequestTrouble, { fault: 'error_reply' }>): Reply {
  const headers: Record<string, string> =
    retryAfterMs === null ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
  if (code === null) return { status, headers, body: null };
  const msg = isBinanceCode(code) ? BinanceError.of(code, '', '').msg : 'An error by order.';
  return { status, headers, body: { code, msg } };
}
