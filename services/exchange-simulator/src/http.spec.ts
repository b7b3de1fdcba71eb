import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeJson } from '@bowline/contracts';
import { WorkFolder } from '@bowline/testkit';
import { PROTOCOL } from '@bowline/exchange-simulator';
import type { ExchangeSimulator } from './exchange-simulator.js';
import { clientOf, openSim, post, requests, SIM, Told } from './simulator.spec-support.js';

let simulator: ExchangeSimulator;
let url: string;

beforeAll(async () => {
  simulator = await openSim(work.at('sim'));
  ({ url } = simulator);
});

afterAll(() => simulator.close());

const work = new WorkFolder('exchange-http');

const STREAM = '/v1/exchanges/sim/accounts/ikenna/stream';
const authorization = `Bearer ${SIM.accounts[0]!.token}`;

/** What an HTTP request is answered with, whatever it is about. */
function asked(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; detail: string | undefined }>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => {
        const { detail } = JSON.parse(text) as { detail?: string };
        resolve({ status: response.statusCode ?? 0, detail });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Speaks on a line by hand, and returns what it hears until the line ends. */
function spoken(text: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    let heard = '';
    socket.write(
      `GET ${STREAM} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\nAuthorization: ${authorization}\r\n\r\n`,
    );
    socket.write(text);
    socket.on('data', (part: Buffer) => (heard += part.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(heard));
  });
}

describe('a request by HTTP', () => {
  it.each<[string, string, Record<string, string>, number, string]>([
    [
      'GET',
      '/nothing',
      {},
      404,
      'there is no /nothing: there is /healthz, /readyz, /truth, /faults, /orders, /settings, /deleverage, /funding, /market',
    ],
    ['POST', '/truth', {}, 405, '/truth is there for GET, not for POST'],
    ['GET', STREAM, {}, 426, 'this is a stream: ask for it with Upgrade'],
    ['GET', '/toString', {}, 404, 'there is no /toString'],
    ['GET', '//', {}, 400, '"//" cannot be read'],
    [
      'GET',
      STREAM,
      { connection: 'Upgrade', upgrade: 'bowline-exchange/2', authorization },
      426,
      'this exchange speaks bowline-exchange/1, and was asked for bowline-exchange/2',
    ],
    [
      'GET',
      STREAM,
      { connection: 'Upgrade', upgrade: 'websocket', authorization },
      426,
      'was asked for websocket',
    ],
    [
      'GET',
      STREAM,
      { connection: 'Upgrade', upgrade: PROTOCOL },
      401,
      'the token for account ikenna at sim is wrong',
    ],
    [
      'GET',
      '/v1/nothing',
      { connection: 'Upgrade', upgrade: PROTOCOL },
      404,
      'there is no stream /v1/nothing',
    ],
    [
      'GET',
      '/v1/exchanges/sim/accounts/%ff/stream',
      { connection: 'Upgrade', upgrade: PROTOCOL },
      400,
      '"%ff" cannot be decoded',
    ],
    [
      'GET',
      '/v1/exchanges/sim/market/stream?symbols=BTCUSDT,XRPUSDT',
      { connection: 'Upgrade', upgrade: PROTOCOL },
      404,
      'sim has no market XRPUSDT: it has BTCUSDT, ETHUSDT',
    ],
    [
      'GET',
      '/v1/exchanges/sim/market/stream?bars=many',
      { connection: 'Upgrade', upgrade: PROTOCOL },
      400,
      'bars must be a whole number from 0, got "many"',
    ],
  ])('%s %s with %j is refused with %i', async (method, path, headers, status, detail) => {
    const answer = await asked(path, headers, method);
    expect(answer).toEqual({ status, detail: expect.stringContaining(detail) });
  });

  it.each<[Record<string, unknown>, number, string]>([
    [{ fault: 'earthquake' }, 400, 'fault: Invalid'],
    [{ fault: 'late' }, 400, 'lateMs: Invalid input'],
    [{ fault: 'request_lost', acount: 'ikenna' }, 400, 'Unrecognized key: "acount"'],
    [{ fault: 'request_lost', account: 'nobody' }, 404, 'there is no such account'],
  ])('for the fault %j is refused with %i', async (body, status, detail) => {
    expect(await post(url, '/faults', body)).toEqual({ status, detail: expect.stringContaining(detail) });
  });

  it.each<[Record<string, unknown>, number, string]>([
    [{ exchange: 'okx', symbol: 'BTCUSDT', price: '1' }, 404, 'there is no exchange okx'],
    [{ exchange: 'sim', symbol: 'XRPUSDT', price: '1' }, 404, 'sim has no market XRPUSDT'],
    [{ exchange: 'sim', symbol: 'BTCUSDT', price: '1.001' }, 400, '"1.001" is no multiple of the tick 0.01'],
    [{ exchange: 'sim', symbol: 'BTCUSDT', price: 'dear' }, 400, '"dear" is no multiple of the tick 0.01'],
    [{ exchange: 'sim', symbol: 'BTCUSDT', price: '-1' }, 400, '"-1" is no multiple of the tick 0.01'],
    [{ exchange: 'sim', symbol: 'BTCUSDT', price: 1 }, 400, 'price: Invalid input'],
  ])('for the price %j is refused with %i', async (body, status, detail) => {
    expect(await post(url, '/market', body)).toEqual({ status, detail: expect.stringContaining(detail) });
  });

  it('with a body that is no JSON, or too long, is refused', async () => {
    const sent = async (body: string) => (await fetch(`${url}/faults`, { method: 'POST', body })).status;
    expect(await sent('{')).toBe(400);
    expect(await sent(' '.repeat(70_000))).toBe(413);
  });
});

describe('a word on a line', () => {
  it.each<[string, string]>([
    ['{"type":"greeting"}', 'type: Invalid'],
    ['{"type":"request","number":0,"request":null}', 'number: '],
    [
      JSON.stringify({ type: 'request', number: 1, request: { ...requests.cancel('a'), force: true } }),
      'request: Unrecognized key: "force"',
    ],
    [
      JSON.stringify({ type: 'request', number: 1, request: { ...requests.cancel('a'), at: null } }),
      'request.at: ',
    ],
    ['hello', 'a line is no JSON: "hello"'],
    ['7', 'Invalid input'],
  ])('%s that cannot be understood ends the line, with the reason', async (line, detail) => {
    const heard = (await spoken(`${line}\n`))
      .split('\n')
      .slice(0, -1)
      .map((text) => text.replace(/^[^{]*$/, ''));
    expect(JSON.parse(heard.at(-1)!)).toEqual({ type: 'refused', detail: expect.stringContaining(detail) });
  });

  it('whatever it is leaves the exchange to all others', async () => {
    const told = await Told.connect(clientOf(url, 'ikenna'));
    const place = requests.place('x');
    const changed = fc.record(
      {
        type: fc.constantFrom('request', 'ping', 'refused'),
        number: fc.oneof(fc.integer(), fc.constant(1)),
        request: fc.oneof(
          fc.jsonValue(),
          fc
            .dictionary(fc.constantFrom('type', 'symbol', 'terms', 'at', 'clientOrderId'), fc.jsonValue())
            .map((change) => ({ ...place, ...change })),
          fc.integer().map((at) => ({ ...place, at })),
          fc.integer().map((afterTradeId) => ({ ...requests.queryPosition(), afterTradeId })),
          fc
            .integer()
            .map((orderQty) => ({ ...place, terms: { ...(place as { terms: object }).terms, orderQty } })),
        ),
      },
      { requiredKeys: [] },
    );
    const words = fc.array(fc.oneof(fc.jsonValue(), changed), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(words, async (said) => {
        await spoken(`${said.map(encodeJson).join('\n')}\nthe end\n`);
      }),
      { numRuns: 150 },
    );
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, async (said) => {
        await spoken(Buffer.concat([said, Buffer.from('\nthe end\n')]));
      }),
      { numRuns: 50 },
    );
    const answers = await told.ask(requests.queryPosition());
    expect(answers.at(-1)).toMatchObject({ type: 'position', symbol: 'BTCUSDT' });
    await told.client.close();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
