import { createHash, timingSafeEqual } from 'node:crypto';
import { DESK_ROUTES, InputError, problem, type DeskConfig, type Problem } from '@bowline/contracts';
import { readSecret } from '../desk/read-secret.js';
import { isLocal } from './http-app.js';

/** What has a door of its own, or is for everybody: signals say who sends them, and a document tells no secret. */
const FREE: ReadonlySet<string> = new Set([
  ...DESK_ROUTES.filter(({ signed }) => signed !== undefined).map(
    ({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
  ),
  'GET /v1/openapi.json',
]);

/**
 * The token that commands and lists need.
 *
 * @param host where the desk will listen
 * @returns null: whoever is on this machine may ask and command
 * @throws InputError where there is none and others than this machine could command, or where it cannot be read
 */
export function openToken({ live: { token } }: Pick<DeskConfig, 'live'>, host: string): string | null {
  if (token !== null) return readSecret(token, 'process.token');
  if (isLocal(host)) return null;
  throw new InputError([
    `others than this machine reach ${host}, and could halt, resume and close: set process.token, such as env:BOWLINE_TOKEN`,
  ]);
}

/** A request, as far as it matters who may make it. */
export interface AskedRoute {
  readonly method: string;
  /** As it was declared; undefined: there is no such route. */
  readonly route: string | undefined;
  readonly authorization: string | undefined;
}

/** What is wrong with a request at a desk of this token; null: it may go on. */
export function tokenProblem(token: string, { authorization, method, route }: AskedRoute): Problem | null {
  // Health and metrics are for supervisors and Prometheus, whom the network keeps apart.
  if (route === undefined || !route.startsWith('/v1/') || FREE.has(`${method} ${route}`)) return null;
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) {
    const detail = 'this desk has a token: send it as authorization: Bearer ...';
    return problem('unauthorized', { detail });
  }
  const isRight = timingSafeEqual(digest(given), digest(token));
  return isRight ? null : problem('unauthorized', { detail: 'the token is another one' });
}

/** Of one length, whatever it was made of. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
