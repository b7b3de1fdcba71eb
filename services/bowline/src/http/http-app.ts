// Before any decorator: Nest keeps what they say in it.
import 'reflect-metadata';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { HttpException, Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { InputError, problem } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import { DEFAULT_HOST, DEFAULT_PORT } from './address.js';
import { addBodyParsers } from './body-parsers.js';
import { tokenProblem } from './desk-token.js';
import { ProblemFilter, sendProblem } from './problem-filter.js';
import type { HttpReply } from './reply.js';
import { RouteTable } from './route-table.js';

/** Five hundred signals, and room. */
const MAX_BODY_BYTES = 262_144;
/** For a body to arrive. */
const REQUEST_TIMEOUT_MS = 30_000;

export interface HttpOptions {
  /** Default: this machine only. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port?: number;
  readonly maxBodyBytes?: number;
  /** What commands and lists have to carry; null, the default: nothing. */
  readonly token?: string | null;
  readonly logger: Logger;
}

export interface HttpApp {
  /** Not listening yet: what else has to start may be connected to it. */
  readonly app: INestApplication;
  /**
   * Starts to listen, and returns where: `http://127.0.0.1:8420`.
   *
   * @throws InputError where the address cannot be had
   */
  listen(): Promise<string>;
  /** Lets nobody in any more; what is in hand is answered. */
  stopListening(): void;
  /** Answers what is in hand, and takes no more. */
  close(): Promise<void>;
}

/** What the application is made around; knows its routes. */
@Module({})
class HttpRoot {}

/** The HTTP side of a process, around the modules of its roles: JSON in, JSON or problem+json out. */
export async function createHttpApp(module: DynamicModule, options: HttpOptions): Promise<HttpApp> {
  const {
    host = DEFAULT_HOST,
    logger,
    maxBodyBytes = MAX_BODY_BYTES,
    port = DEFAULT_PORT,
    token = null,
  } = options;
  const routes = new RouteTable();
  const adapter = fastifyAdapter(host, maxBodyBytes, routes, token);
  const root: DynamicModule = {
    module: HttpRoot,
    global: true,
    imports: [module],
    providers: [{ provide: RouteTable, useValue: routes }],
    exports: [RouteTable],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: false,
    // A module that cannot be made is an error to the caller, not the end of the process.
    abortOnError: false,
    bodyParser: false,
  });
  app.useGlobalFilters(new ProblemFilter(routes, maxBodyBytes, logger));
  return {
    app,
    listen: async () => {
      try {
        await app.listen(port, host);
      } catch (error) {
        throw addressProblem(error, host, port);
      }
      return urlOf(app);
    },
    stopListening: () => void app.getHttpServer().close(),
    close: () => app.close(),
  };
}

/**
 * Listens, and lets the address go again: whoever is about to begin something should not begin it in vain.
 *
 * @throws InputError where the address cannot be had
 */
export async function checkAddress({
  host = DEFAULT_HOST,
  port = DEFAULT_PORT,
}: Pick<HttpOptions, 'host' | 'port'>): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw addressProblem(error, host, port);
  }
  server.close();
  await once(server, 'close');
}

function fastifyAdapter(
  host: string,
  maxBodyBytes: number,
  routes: RouteTable,
  token: string | null,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: maxBodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // What the router refuses comes past no filter.
    frameworkErrors: (error: Error, _request: unknown, reply: HttpReply) => {
      sendProblem(reply, problem('invalid', { detail: error.message }));
    },
  });
  const server = adapter.getInstance();
  server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.add(each, url);
  });
  if (isLocal(host)) {
    // Else a web page whose name was made to point here could speak to the desk (DNS rebinding).
    server.addHook('onRequest', (request, _reply, done) => {
      const name = nameOf(request.headers.host ?? host);
      if (isLocal(name)) return done();
      const detail = `this desk answers requests for this machine only (localhost, 127.0.0.1, [::1]), not for ${JSON.stringify(name.slice(0, 80))}`;
      done(new HttpException(problem('misdirected', { detail }), 421));
    });
  }
  if (token !== null) {
    server.addHook('onRequest', (request, _reply, done) => {
      const { headers, method, routeOptions } = request;
      const asked = { method, route: routeOptions.url, authorization: headers.authorization };
      const refused = tokenProblem(token, asked);
      if (refused === null) return done();
      done(new HttpException(refused, refused.status));
    });
  }
  addBodyParsers(adapter);
  return adapter;
}

/** Without the port: `localhost`, `127.0.0.1`, `[::1]`. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

/** Whether only this machine reaches what listens there. */
export function isLocal(name: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(name);
}

function addressProblem(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new InputError([`port ${port} is taken (by another desk?); choose one with --port`]);
    case 'EACCES':
      return new InputError([`port ${port} needs privileges that this user lacks; choose one with --port`]);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new InputError([`this machine has no address ${host}; choose one with --host`]);
    default:
      return error;
  }
}

function urlOf(app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { address: ip, family, port } = address;
  return `http://${family === 'IPv6' ? `[${ip}]` : ip}:${port}`;
}
