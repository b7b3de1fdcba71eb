import { HttpException } from '@nestjs/common';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ANALYTICS_ROUTES, DESK_ROUTES, parseJsonBytes, problem, type ApiRoute } from '@bowline/contracts';
import { templateOf } from './route-table.js';

const JSON_TYPE = 'application/json';
const TEXT_TYPE = 'text/plain';

/** By method and path, as they are described. */
const ROUTES: ReadonlyMap<string, ApiRoute> = new Map(
  [...DESK_ROUTES, ...ANALYTICS_ROUTES].map((route) => [`${route.method} ${route.path}`, route] as const),
);

/** What kinds of body a request may have. */
export function bodyTypesOf(method: string, pattern: string | undefined): readonly string[] {
  return routeOf(method, pattern)?.bodyTypes ?? [JSON_TYPE];
}

/** As much of a request as decides how its body is read. */
interface Requested {
  readonly method: string;
  readonly headers: {
    readonly 'content-type'?: string | undefined;
    readonly 'content-encoding'?: string | undefined;
  };
  readonly routeOptions: { readonly url?: string | undefined };
}

/**
 * JSON is parsed, except for routes whose senders sign it: they get the bytes as they came, and no other text will do for
 * a signature.
 */
export function addBodyParsers(adapter: FastifyAdapter): void {
  const server = adapter.getInstance();
  server.removeAllContentTypeParsers();
  for (const type of [JSON_TYPE, TEXT_TYPE]) {
    server.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (request, body, done) => {
      const read = readBody(type, request, body);
      if (read instanceof HttpException) done(read);
      else done(null, read);
    });
  }
}

function readBody(type: string, { headers, method, routeOptions }: Requested, body: Buffer): unknown {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return unsupported(`the content-encoding is ${JSON.stringify(encoding.slice(0, 80))}; send it as it is`);
  }
  const types = bodyTypesOf(method, routeOptions.url);
  if (!types.includes(type)) return unsupported(wrongType(headers['content-type'], types));
  if (routeOf(method, routeOptions.url)?.signed !== undefined) return body;
  const read = parseJsonBytes(body);
  return read.ok ? read.value : new HttpException(problem('malformed-body', { detail: read.message }), 400);
}

/** Says what was sent, and what would do. */
export function wrongType(given: string | undefined, types: readonly string[]): string {
  const shown = given === undefined ? 'none' : JSON.stringify(given.slice(0, 80));
  return `the content-type is ${shown}; send ${types.join(' or ')}`;
}

function unsupported(detail: string): HttpException {
  return new HttpException(problem('unsupported-media-type', { detail }), 415);
}

function routeOf(method: string, pattern: string | undefined): ApiRoute | undefined {
  return pattern === undefined ? undefined : ROUTES.get(`${method} ${templateOf(pattern)}`);
}
