import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  controlAcceptedSchema,
  ordersResponseSchema,
  pairsResponseSchema,
  positionsResponseSchema,
  signalsAcceptedSchema,
  statisticsResponseSchema,
  statusSchema,
  tradesResponseSchema,
} from '@bowline/contracts';
import { WorkFolder } from '@bowline/testkit';
import { runCommand } from '../commands/run-command.spec-support.js';
import { startDesk, until, type StartedDesk } from './started-desk.spec-support.js';

// Each of them starts processes, which takes its time on a machine that has other things to do.
jest.setTimeout(300_000);

const work = new WorkFolder('running-desk');
const ARGS = ['start', '--dir', work.at('desk'), '--port', '0', '--speed', '300'];

let desk: StartedDesk;
let url: string;

beforeAll(async () => {
  desk = startDesk(ARGS);
  url = await desk.url;
  await until(trades, (items) => items.length > 3);
});

afterAll(async () => {
  desk.signal('SIGKILL');
  await desk.ended;
});

describe('a desk that runs, from the command line', () => {
  it('says what it is', async () => {
    const { stdout } = await bowline('status');
    expect(stdout).toContain(`mock desk at ${url}`);
    expect(stdout).toMatch(/^ikenna\.binance-usdm\.BTCUSDT +ACTIVE .* equal /m);
    expect(stdout).toContain('nothing is halted');
    expect(statusSchema.loose().parse(await json('status'))).toMatchObject({
      mode: 'mock',
      speed: 300,
      seed: 7,
      clients: ['christian', 'ikenna', 'odum'],
      halts: [],
      quarantines: [],
    });
  });

  it.each([
    ['positions', positionsResponseSchema, 'Entry'],
    ['oco', pairsResponseSchema, 'Take profit'],
    ['orders', ordersResponseSchema, 'Created'],
    ['trades', tradesResponseSchema, 'Net P&L'],
  ] as const)(
    'lists its %s as a table, and as JSON of the same shape as over HTTP',
    async (name, schema, head) => {
      const { items, more } = (await json(name)) as { items: unknown[]; more: boolean };
      expect(schema.safeParse({ items, next: null }).error).toBeUndefined();
      expect(items.length).toBeGreaterThan(0);
      expect(typeof more).toBe('boolean');
      const { exitCode, stdout } = await bowline(name);
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining(head)]);
    },
  );

  it('takes a signal, once', async () => {
    const send = [
      'signal',
      'send',
      '--strategy',
      'trend-fast',
      '--symbol',
      'ETHUSDT',
      '--signal',
      '1',
      '--id',
      'mine',
    ];
    const accepted = signalsAcceptedSchema.parse(await json(...send));
    expect(accepted.accepted).toEqual([{ id: 'mine', clients: ['christian', 'ikenna', 'odum'] }]);
    await json(...send);
    const decided = await until(
      async () => (await list('signals', 'client=odum')).filter(isMine),
      (all) => all.length > 0,
    );
    expect(decided).toHaveLength(1);
  });

  it('refuses what it cannot take, and goes on', async () => {
    const { exitCode, stderr, stdout } = await bowline(
      'signal',
      'send',
      '--strategy',
      'trend-fast',
      '--symbol',
      'BTCUSD',
      '--signal',
      '1',
    );
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('BTCUSDT');
    expect((await bowline('status')).exitCode).toBe(0);
  });
});

describe('a halt', () => {
  it('stops entries, which is shown; closing goes on; it outlives the process, until it is lifted', async () => {
    const halt = ['halt', '--client', 'ikenna', '--reason', 'lunch', '--by', 'spec'];
    expect(controlAcceptedSchema.parse(await json(...halt))).toMatchObject({
      state: 'HALTED',
      reason: 'lunch',
    });
    expect(await halted()).toEqual([['ikenna', 'HALTED', 'spec', 'lunch']]);

    await json(
      'signal',
      'send',
      '--strategy',
      'scout',
      '--symbol',
      'BTCUSDT',
      '--signal',
      '1',
      '--id',
      'while-halted',
    );
    await until(denials, (codes) => (codes['TRADING_HALTED'] ?? 0) > 0);

    const first = await bowline('close', '--client', 'ikenna');
    expect([first.exitCode, first.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    const closed = await bowline('close', '--client', 'ikenna', '--yes', '--reason', 'flat for lunch');
    expect(closed.exitCode).toBe(0);
    await until(positionsOfIkenna, (items) => items.length === 0);

    desk.signal('SIGINT');
    const { exitCode, stdout } = await desk.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/something is halted/);
    expect(stdout).toMatch(/^ikenna\.okx\.BTCUSDT +HALTED /m);
    expect(stdout).toMatch(/^Denied: .*TRADING_HALTED \d+/m);

    desk = startDesk([...ARGS, '--resume']);
    url = await desk.url;
    expect(await halted()).toEqual([['ikenna', 'HALTED', 'spec', 'lunch']]);
    const before = (await trades()).length;
    await until(trades, (items) => items.length > before);
    expect(await positionsOfIkenna()).toEqual([]);

    await json('resume', '--client', 'ikenna', '--reason', 'lunch is over');
    expect(await halted()).toEqual([]);
    await until(positionsOfIkenna, (items) => items.length > 0);
    const held = (await list('controls', '')) as { reason: string }[];
    expect(held.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['lunch is over', 'flat for lunch', 'lunch']),
    );
  });
});

function bowline(...args: string[]) {
  return runCommand([...args, '--url', url]);
}

async function json(...args: string[]): Promise<unknown> {
  const { exitCode, stderr, stdout } = await bowline(...args, '--json');
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

async function list(name: string, query: string): Promise<unknown[]> {
  const response = await fetch(`${url}/v1/${name}?${query}&limit=1000`);
  return ((await response.json()) as { items: unknown[] }).items;
}

function trades(): Promise<unknown[]> {
  return list('trades', '');
}

async function positionsOfIkenna(): Promise<unknown[]> {
  const all = (await list('positions', 'client=ikenna')) as { status: string }[];
  return all.filter(({ status }) => status !== 'closed');
}

async function denials(): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${url}/v1/statistics`);
  return statisticsResponseSchema.parse(await response.json()).denials;
}

async function halted(): Promise<unknown[]> {
  const { halts } = statusSchema.loose().parse(await json('status'));
  return halts!.map(({ by, client, reason, state }) => [client, state, by, reason]);
}

function isMine(signal: unknown): boolean {
  return (signal as { signalId: string }).signalId === 'mine';
}
