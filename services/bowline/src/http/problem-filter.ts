import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { didYouMean, problem, type Problem, type ProblemCode } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import { bodyTypesOf, wrongType } from './body-parsers.js';
import type { HttpReply, HttpRequest } from './reply.js';
import { RefusalLog } from './refusal-log.js';
import type { RouteTable } from './route-table.js';

/** Answers whatever is thrown with application/problem+json. What nobody foresaw is logged, and not shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly refusals: RefusalLog;

  constructor(
    private readonly routes: RouteTable,
    private readonly maxBodyBytes: number,
    private readonly logger: Logger,
  ) {
    this.refusals = new RefusalLog(logger);
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const reply = http.getResponse<HttpReply>();
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const told = error instanceof HttpException ? error.getResponse() : null;
    if (isProblem(told)) {
      const { detail, title } = told;
      if (status === UNAUTHORIZED) this.refusals.note(request.ip, pathOf(request), detail ?? title);
      sendProblem(reply, told);
    } else if (status === 404) this.notFound(request, reply);
    else sendProblem(reply, this.problemOf(status, error, request));
  }

  private notFound({ method, url }: HttpRequest, reply: HttpReply): void {
    const path = pathOf({ url });
    const allowed = this.routes.allowed(path);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    if (allowed.length > 0 && method === 'OPTIONS') {
      reply.status(204).send();
      return;
    }
    const shown = path.length > 80 ? `${path.slice(0, 80)}...` : path;
    if (allowed.length > 0) {
      const detail = `${shown} is there for ${allowed.join(', ')}, not for ${method}`;
      sendProblem(reply, problem('method-not-allowed', { detail }));
      return;
    }
    const near = didYouMean(path, this.routes.paths());
    const hint = near === null ? '' : ` (did you mean ${near}?)`;
    const detail = `there is no ${method} ${shown}${hint}; there are ${this.routes.list().join(', ')}`;
    sendProblem(reply, problem('not-found', { detail }));
  }

  /** Of what Fastify refuses before a controller sees it, and of what fails. */
  private problemOf(
    status: number,
    error: unknown,
    { headers, method, routeOptions, url }: HttpRequest,
  ): Problem {
    if (status === 413) {
      const detail = `a body of more than ${this.maxBodyBytes} bytes is not read; send less at once`;
      return problem('body-too-large', { detail });
    }
    if (status === 415) {
      const given = headers['content-type'];
      const types = bodyTypesOf(method, routeOptions.url);
      const detail = wrongType(typeof given === 'string' ? given : undefined, types);
      return problem('unsupported-media-type', { detail });
    }
    if (status >= 400 && status < 500 && error instanceof HttpException) {
      return { ...problem(CODES[status] ?? 'invalid', { detail: error.message }), status };
    }
    this.logger.error({ error, method, url }, 'a request failed');
    return problem('internal', {});
  }
}

const UNAUTHORIZED = 401;
const CODES: Readonly<Record<number, ProblemCode>> = { 400: 'malformed-body', 421: 'misdirected' };

/** Answers with a problem. */
export function sendProblem(reply: HttpReply, body: Problem): void {
  if (body.retryAfterS !== undefined) reply.header('retry-after', String(body.retryAfterS));
  // RFC 9110 wants to be told how it would be done right.
  if (body.status === UNAUTHORIZED) reply.header('www-authenticate', 'Webhook-Signature');
  // As bytes: to a text Fastify adds a charset, which this type does not have.
  reply
    .status(body.status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify(body)));
}

function pathOf({ url }: Pick<HttpRequest, 'url'>): string {
  return url.split('?', 1)[0] ?? '';
}

function isProblem(told: string | object | null): told is Problem {
  return typeof told === 'object' && told !== null && 'type' in told && 'title' in told && 'status' in told;
}
