import { afterEach, describe, expect, it } from '@jest/globals';
import { parseConfig } from '@bowline/contracts';
import { WorkFolder } from '@bowline/testkit';
import { openToken } from './desk-token.js';
import { testDesk } from './test-desk.spec-support.js';

const TOKEN = 'a-token-of-some-length';
const desk = await testDesk({}, { token: TOKEN });
const HALT = { type: 'trading_state', state: 'HALTED', all: true, by: 'spec', reason: 'to see' };

async function ask(method: string, path: string, authorization?: string, body?: unknown): Promise<Response> {
  return fetch(`${desk.url}${path}`, {
    method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

afterEach(() => desk.reset());

describe('a desk that has a token', () => {
  it.each<[string, string | undefined, string]>([
    ['none', undefined, 'this desk has a token: send it as authorization: Bearer ...'],
    ['another one', 'Bearer another', 'the token is another one'],
    ['a longer one', `Bearer ${TOKEN}x`, 'the token is another one'],
    ['it by another scheme', `Basic ${TOKEN}`, 'this desk has a token: send it as authorization: Bearer ...'],
    [
      'it and more',
      `Bearer ${TOKEN} ${TOKEN}`,
      'this desk has a token: send it as authorization: Bearer ...',
    ],
  ])('commands nothing and tells nothing to whoever has %s', async (_what, authorization, detail) => {
    const answers = await Promise.all([
      ask('POST', '/v1/control', authorization, HALT),
      ask('GET', '/v1/status', authorization),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ type: expect.stringContaining('unauthorized'), detail });
    }
    expect((await ask('HEAD', '/v1/status', authorization)).status).toBe(401);
    expect(desk.published()).toEqual([]);
  });

  it.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN}`])('does what it is told with %j', async (authorization) => {
    expect((await ask('POST', '/v1/control', authorization, HALT)).status).toBe(202);
    expect(desk.published().map(({ message }) => message.topic)).toEqual(['control.ikenna', 'control.odum']);
    expect((await ask('GET', '/v1/status', authorization)).status).toBe(200);
  });

  it.each([
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['GET', '/metrics'],
    ['GET', '/v1/openapi.json'],
  ])('answers %s %s to everybody', async (method, path) => {
    expect((await ask(method, path)).status).toBe(200);
  });

  it('takes signals by their own signatures, and says of a wrong path that it is wrong', async () => {
    const signal = { strategy: 'trend-fast', symbol: 'BTCUSDT', signal: 1 };
    expect((await ask('POST', '/v1/signals', undefined, signal)).status).toBe(202);
    expect((await ask('GET', '/v1/nothing')).status).toBe(404);
  });
});

describe('the token of a configuration', () => {
  const work = new WorkFolder('desk-token');
  const configOf = (more: string) =>
    parseConfig(`clients: { a: { exchanges: { sim: {} } } }\n${more}`, 'desk.yaml');

  it('is read where it is kept', () => {
    const file = work.file('token', `${TOKEN}\n`);
    expect(openToken(configOf(`process: { token: "file:${file}" }`), '0.0.0.0')).toBe(TOKEN);
  });

  it('may be absent on a machine of its own', () => {
    expect(openToken(configOf(''), '127.0.0.1')).toBeNull();
  });

  it.each([
    [
      '',
      '0.0.0.0',
      'others than this machine reach 0.0.0.0, and could halt, resume and close: set process.token',
    ],
    [
      'process: { token: env:NO_SUCH_TOKEN }',
      '127.0.0.1',
      'process.token: the environment variable NO_SUCH_TOKEN',
    ],
  ])('(%j at %s) is refused', (more, host, problem) => {
    expect(() => openToken(configOf(more), host)).toThrow(problem);
  });
});
