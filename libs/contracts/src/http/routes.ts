import { z } from 'zod';
import { controlBodySchema } from './control-request.js';
import type { ProblemCode } from './problem.js';
import { controlAcceptedSchema, healthSchema, signalsAcceptedSchema, statusSchema } from './responses.js';
import { signalsBodySchema } from './signal-request.js';
import { tradingViewSchema } from './tradingview-request.js';

/** A route of a running desk, as documents describe it. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** One sentence, without the point. */
  readonly summary: string;
  /** What more there is to know: Markdown. */
  readonly notes?: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** What kinds of body it takes. Default: application/json. */
  readonly bodyTypes?: readonly string[];
  /** Its body is read by the one who checks who sent it, as it came. */
  readonly signed?: 'headers' | 'body';
  /** A body that works; for reading. */
  readonly example?: unknown;
  /** Of the answer when it went well. Default: 200, application/json. */
  readonly status?: number;
  readonly contentType?: string;
  readonly response: z.ZodType;
  /** What may be wrong, besides what may be wrong with any request. */
  readonly problems?: readonly ProblemCode[];
}

const SIGNING_PROBLEMS: readonly ProblemCode[] = [
  'not-signed',
  'wrong-signature',
  'stale-signature',
  'wrong-strategy',
];

const BODY_PROBLEMS: readonly ProblemCode[] = [
  'malformed-body',
  'invalid',
  'body-too-large',
  'unsupported-media-type',
  'unacceptable',
  'unconfirmed',
];

/** What goes into a desk, and what tells about the desk itself. */
export const DESK_ROUTES: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/v1/signals',
    summary: 'Takes a signal, or up to 500 at once',
    notes: [
      'The answer comes once the bus has confirmed every signal for every client that follows its strategy in its',
      'symbol. One that is wrong makes the whole request wrong: then nothing of it is published. After a 429, a 503 or a',
      'lost answer send the same again: within an hour, a signal of the same strategy and symbol under the same `id` acts',
      'once. An id that is absent is derived from strategy, symbol, signal, time, prices, volatility and quantity; without',
      "`time` too, the same body sent later is another signal. All times are the desk's, which in mock mode runs faster.",
      '',
      'Fields may be written in snake_case. Prices and quantities are exact: send a text where a JSON number would lose',
      'digits (more than 15).',
      '',
      'Where the configuration names sources (`ingest.sources`), a request is signed as',
      '[Standard Webhooks](https://www.standardwebhooks.com) say: `webhook-id` names the message, `webhook-timestamp` is the',
      'time in seconds, at most five minutes from ours, and `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over',
      '`id.timestamp.body`, by a secret `whsec_...` of the source; several signatures stand behind each other with a blank',
      'between. `webhook-source` may name the source. A signal of a signed request that has neither `id` nor `time` gets its',
      'id from the `webhook-id`, which has to be the same at every attempt.',
    ].join('\n'),
    body: signalsBodySchema,
    example: {
      strategyId: 'trend-fast',
      symbol: 'BTCUSDT',
      signal: 1,
      time: '2025-01-06T00:00:00Z',
      stopLoss: '61000',
    },
    status: 202,
    response: signalsAcceptedSchema,
    signed: 'headers',
    problems: [...BODY_PROBLEMS, ...SIGNING_PROBLEMS, 'too-many-requests', 'saturated'],
  },
  {
    method: 'POST',
    path: '/v1/webhooks/tradingview/{source}',
    summary: "Takes an alert of TradingView's",
    notes: [
      'TradingView cannot sign, so one of the secrets of the source stands in the body: keep it to TradingView, and send',
      'over https. The message of the alert is JSON, as below, or text: `secret=... strategy=trend-fast symbol={{ticker}}',
      'action={{strategy.order.action}} time={{timenow}}`, with blanks, commas, semicolons or line breaks between, and values',
      'that have those in double quotes. What it says becomes a signal, to which all of `POST /v1/signals` applies.',
      '',
      '`BINANCE:BTCUSDT.P` is the symbol BTCUSDT: what stands before the colon goes, and so does `.P`, the mark of a perpetual',
      'contract, unless a symbol is traded under just that name. Which exchanges it goes to is said by the clients, not by',
      'the alert. For a symbol that its exchange spells otherwise (BTC-USDT-SWAP) write its name in place of `{{ticker}}`.',
    ].join('\n'),
    body: tradingViewSchema,
    bodyTypes: ['application/json', 'text/plain'],
    example: {
      secret: 'the secret of the source',
      strategy: 'trend-fast',
      symbol: 'BINANCE:BTCUSDT.P',
      action: 'sell',
      market_position: 'flat',
      time: '2025-01-06T00:00:00Z',
    },
    status: 202,
    response: signalsAcceptedSchema,
    signed: 'body',
    problems: [
      ...BODY_PROBLEMS,
      ...SIGNING_PROBLEMS.filter((code) => code !== 'stale-signature'),
      'too-many-requests',
      'saturated',
    ],
  },
  {
    method: 'POST',
    path: '/v1/control',
    summary: 'Halts, resumes, closes, tries again, reconciles, or adopts',
    notes:
      'Goes to every client that is named and has something in the scope. What the scope names must be there: a halt of a misspelled symbol is refused.',
    body: controlBodySchema,
    example: {
      type: 'trading_state',
      client: 'ikenna',
      scope: { symbol: 'BTCUSDT' },
      state: 'HALTED',
      by: 'odi',
      reason: 'prices look wrong',
    },
    status: 202,
    response: controlAcceptedSchema,
    problems: BODY_PROBLEMS,
  },
  {
    method: 'GET',
    path: '/v1/status',
    summary: 'What this desk is, what is halted, and what is stuck',
    response: statusSchema,
  },
  {
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'This interface as an OpenAPI 3.1 document',
    response: z.looseObject({ openapi: z.string() }),
  },
  {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the process works; 503 where it does not and has to be started again',
    response: healthSchema,
  },
  {
    method: 'GET',
    path: '/readyz',
    summary: 'Whether it does its work now; 503 while it recovers or drains',
    response: healthSchema,
  },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'Its series, for Prometheus',
    contentType: 'text/plain',
    response: z.string(),
  },
];
