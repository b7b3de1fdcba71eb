import { request } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { DESK_ROUTES, statusSchema, type Json } from '@bowline/contracts';
import { VERSION } from '../cli/version.js';
import { createHttpApp } from './http-app.js';
import { get, KeptLog, post, STATUS, testDesk } from './test-desk.spec-support.js';

const desk = await testDesk();
const open = await testDesk({}, { host: '0.0.0.0' });
const small = await testDesk({}, { maxBodyBytes: 100 });

/** What the test desk has of all routes. */
const ROUTES = DESK_ROUTES.map(({ method, path }) => `${method} ${path}`);

describe('a desk over HTTP', () => {
  it('tells what it is', async () => {
    const { body, status } = await get(`${desk.url}/v1/status`);
    expect({ status, body }).toEqual({ status: 200, body: STATUS });
    expect(statusSchema.parse(body)).toEqual(STATUS);
  });

  it('tells whether it lives and works, each with its own checks', async () => {
    desk.health.add('liveness', 'journal', () => ({ ok: true, detail: 'writes' }));
    desk.health.add('readiness', 'recovery', () => ({ ok: false, detail: '2 of 9 shards' }));
    const [alive, ready] = await Promise.all([get(`${desk.url}/healthz`), get(`${desk.url}/readyz`)]);
    const journal = { name: 'journal', ok: true, detail: 'writes' };
    expect([alive.status, alive.body]).toEqual([200, { status: 'ok', checks: [journal] }]);
    expect([ready.status, ready.body]).toEqual([
      503,
      { status: 'failing', checks: [journal, { name: 'recovery', ok: false, detail: '2 of 9 shards' }] },
    ]);
  });

  it('shows its series as Prometheus wants them', async () => {
    const { headers, status } = await get(`${desk.url}/metrics`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  });

  it('describes every route that it has, and no other', async () => {
    const { body } = await get(`${desk.url}/v1/openapi.json`);
    const { info, paths } = body as { info: Json; paths: Readonly<Record<string, Json>> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual([...ROUTES].sort());
    expect(described.sort()).toEqual(await routesOf(desk.url));
    expect(info['version']).toBe(VERSION);
  });
});

/** As the answer to a path that is not there lists them. */
async function routesOf(url: string): Promise<string[]> {
  const { body } = await get(`${url}/nowhere`);
  const [, list = ''] = (body as { detail: string }).detail.split('there are ');
  return list.split(', ').sort();
}

describe('a request that goes nowhere', () => {
  it.each<[string, string, number, string]>([
    ['GET', '/', 404, `there is no GET /; there are ${listed()}`],
    ['GET', '/v1/statu', 404, `there is no GET /v1/statu (did you mean /v1/status?); there are ${listed()}`],
    [
      'POST',
      '/v1/signal',
      404,
      `there is no POST /v1/signal (did you mean /v1/signals?); there are ${listed()}`,
    ],
    ['POST', '/v1/status', 405, '/v1/status is there for GET, HEAD, OPTIONS, not for POST'],
    ['DELETE', '/v1/signals?all', 405, '/v1/signals is there for OPTIONS, POST, not for DELETE'],
    ['GET', '/%ZZ', 400, "'/%ZZ' is not a valid url component"],
  ])('(%s %s) is answered with %i and what there is', async (method, path, status, detail) => {
    const answer = await get(`${desk.url}${path}`, { method });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect([answer.status, answer.body]).toMatchObject([status, { status, detail }]);
  });

  it('tells what a path is there for', async () => {
    const refused = await get(`${desk.url}/v1/status`, { method: 'PUT' });
    const asked = await get(`${desk.url}/v1/status`, { method: 'OPTIONS' });
    const nowhere = await get(`${desk.url}/nowhere`, { method: 'OPTIONS' });
    expect([refused, asked, nowhere].map(({ headers, status }) => [status, headers.get('allow')])).toEqual([
      [405, 'GET, HEAD, OPTIONS'],
      [204, 'GET, HEAD, OPTIONS'],
      [404, null],
    ]);
  });

  it('by HEAD has the answer of GET without its body', async () => {
    const [head, nowhere] = await Promise.all(
      ['/v1/status', '/nowhere'].map((path) => get(`${desk.url}${path}`, { method: 'HEAD' })),
    );
    expect([head.status, head.body, Number(head.headers.get('content-length'))]).toEqual([
      200,
      '',
      JSON.stringify(STATUS).length,
    ]);
    expect([nowhere.status, nowhere.body]).toEqual([404, '']);
  });
});

function listed(): string {
  return [...ROUTES].sort((a, b) => (a.slice(a.indexOf('/')) < b.slice(b.indexOf('/')) ? -1 : 1)).join(', ');
}

describe('a desk on this machine only', () => {
  const port = new URL(desk.url).port;

  it.each<[string, number]>([
    [`127.0.0.1:${port}`, 200],
    [`localhost:${port}`, 200],
    [`LOCALHOST`, 200],
    ['[::1]:1', 200],
    ['127.9.9.9', 200],
    ['desk.example.com', 421],
    ['127.0.0.1.example.com', 421],
    ['localhost.example.com:8420', 421],
  ])('answers a request for the host %s with %i', async (host, status) => {
    expect(await statusFor(`${desk.url}/v1/status`, host)).toBe(status);
  });

  it('is asked whom it is for; one that others reach answers to any name', async () => {
    expect(await statusFor(`http://127.0.0.1:${new URL(open.url).port}/v1/status`, 'desk.example.com')).toBe(
      200,
    );
  });
});

async function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}

@Controller()
class BrokenController {
  @Get('broken')
  broken(): never {
    throw new Error('the password is swordfish');
  }
}

class BrokenModule {}

describe('a server', () => {
  const logger = new KeptLog();
  const module = { module: BrokenModule, controllers: [BrokenController] };

  it('that fails says so without a word about how, and logs it', async () => {
    const http = await createHttpApp(module, { port: 0, logger });
    const url = await http.listen();
    const { body, status } = await get(`${url}/broken`);
    expect({ status, body }).toEqual({
      status: 500,
      body: { type: 'urn:bowline:problem:internal', title: 'The desk failed; the log says why', status: 500 },
    });
    expect(logger.lines).toEqual([{ level: 'error', message: 'a request failed' }]);
    await http.close();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('whose port is taken says so, and how to get another', async () => {
    const port = Number(new URL(desk.url).port);
    const http = await createHttpApp(module, { port, logger });
    await expect(http.listen()).rejects.toMatchObject({
      name: 'InputError',
      problems: [`port ${port} is taken (by another desk?); choose one with --port`],
    });
    await http.close();
  });

  it('that is given no such address says so', async () => {
    const http = await createHttpApp(module, { host: '192.0.2.1', port: 0, logger });
    await expect(http.listen()).rejects.toMatchObject({
      problems: ['this machine has no address 192.0.2.1; choose one with --host'],
    });
    await http.close();
  });

  it('takes bodies up to its limit', async () => {
    const { body, status } = await post(`${small.url}/v1/signals`, { strategy: 'x'.repeat(90) });
    expect([status, body]).toMatchObject([
      413,
      { detail: 'a body of more than 100 bytes is not read; send less at once' },
    ]);
  });
});
