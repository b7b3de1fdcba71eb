import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What can be wrong with a request. */
const TITLES = {
  400: 'The request is not what this route takes',
  401: 'The token is wrong',
  404: 'There is nothing here',
  405: 'The route is there for another method',
  409: 'The exchange is not run so',
  413: 'The body is too large',
  422: 'The exchange does not do it',
  426: 'This is a stream of another version, or not asked for as one',
  503: 'Not now',
} as const;

/** A request that is refused; the detail says what is wrong, and what to do. */
export class Refusal extends Error {
  constructor(
    readonly status: keyof typeof TITLES,
    readonly detail: string,
  ) {
    super(detail);
    this.name = 'Refusal';
  }
}

/** What is told in answer to a request. */
export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Where a request goes. Throws a Refusal where that cannot be read. */
export function targetOf({ url = '' }: IncomingMessage): URL {
  const base = 'http://localhost';
  if (URL.canParse(url, base)) return new URL(url, base);
  throw new Refusal(400, `${JSON.stringify(url.slice(0, 80))} cannot be read`);
}

export function jsonAnswer(value: unknown): HttpAnswer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}

/** As problem+json (RFC 9457). */
export function refusalAnswer({ detail, status }: Refusal): HttpAnswer {
  const body = JSON.stringify({ type: 'about:blank', title: TITLES[status], status, detail });
  return { status, type: 'application/problem+json', body };
}

export function send(response: ServerResponse, { body, status, type }: HttpAnswer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Answers a request for a stream with something else, and hangs up. */
export function hangUp(socket: Duplex, { body, status, type }: HttpAnswer): void {
  const head = [
    `HTTP/1.1 ${status} Refused`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
