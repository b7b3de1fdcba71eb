import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { runBowline, whenPresent, WorkFolder } from '@bowline/testkit';
import { MOCK_CONFIG } from '../live/mock-config.js';
import { findProgram, isAlive } from '../cli/machine.js';
import { UpDesk } from './up-desk.spec-support.js';

afterEach(() => UpDesk.killAll());
const work = new WorkFolder('up-bad-input');
const config = work.file('bowline.yaml', MOCK_CONFIG);
/** No redis-server is looked for where somebody says that one is there. */
const env = { REDIS_URL: 'redis://127.0.0.1:1' };

async function refused(
  args: readonly string[],
  more: Readonly<Record<string, string>> = env,
): Promise<string> {
  const { exitCode, stderr, stdout } = await runBowline(['up', '--dir', work.at('desk'), ...args], {
    env: more,
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  return stderr;
}

describe('bowline up, told what cannot be', () => {
  it.each<[string, readonly string[], string]>([
    ['a configuration that is not there', ['--config', work.at('none.yaml')], 'there is no such file'],
    [
      'an environment within one process',
      ['--config', config, '--env', 'local-dev'],
      'messaging.type local_pubsub does not go beyond one process; use redis or pubsub, or the command start',
    ],
    [
      'exchanges that live within one process',
      ['--config', work.file('mock.yaml', `${MOCK_CONFIG}dependencies: { exchanges: { type: mock } }\n`)],
      'mock exchanges live within one; use local_pubsub, or exchanges of type simulator',
    ],
    [
      'an environment that says too little',
      ['--config', config, '--env', 'production'],
      'environment production speaks over Google Pub/Sub: say which with messaging',
    ],
  ])('refuses %s', async (_what, args, message) => {
    expect(await refused(args)).toContain(message);
  });

  it('says what a machine without a redis-server can do', async () => {
    expect(await refused(['--config', config], { PATH: work.path, REDIS_URL: '' })).toContain(
      'there is no redis-server on this machine: install one',
    );
  });

  it('says before it starts anything that a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { readonly port: number };
    const stderr = await refused(['--config', config, '--port', String(port)]);
    server.close();
    expect(stderr).toContain(`port ${port} is taken`);
    expect(stderr).not.toContain('started');
  });

  it('only shows what it would start, where it is asked to', async () => {
    const { exitCode, stderr, stdout } = await runBowline(
      ['up', '--config', config, '--dir', work.at('dry'), '--dry-run'],
      { env },
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    const names = stdout.split('\n').map((line) => line.split(' ')[0]);
    expect(names).toContain('order-generator/ikenna');
    expect(names).not.toContain('redis-server');
    expect(stdout).toContain('--roles execution-gateway --shards odum.binance-usdm');
  });
});

describe('bowline run, told what cannot be', () => {
  it.each<[string, readonly string[], string]>([
    ['shards of mock exchanges', ['--shards', 'ikenna'], '--shards: mock exchanges live within one process'],
    [
      'a seed of exchanges that have none',
      ['--env', 'local-integration', '--seed', '3', '--resume'],
      '--seed, --resume: of mock exchanges; a desk in real time always goes on where it was',
    ],
    [
      'a shard that is not there',
      ['--env', 'local-integration', '--roles', 'order-generator', '--shards', 'ikena'],
      'order-generator has no shard ikena; did you mean ikenna?',
    ],
  ])('refuses %s', async (_what, args, message) => {
    const run = ['run', '--config', config, '--dir', work.at('run'), '--port', '0', ...args];
    const { exitCode, stderr } = await runBowline(run, { env });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });
});

whenPresent('a supervisor that is killed', 'redis-server', findProgram('redis-server'), () => {
  it('takes its processes along, and the next one begins where they were', async () => {
    const args = ['--config', config, '--dir', work.at('killed'), '--speed', '60'];
    const first = await UpDesk.start(args);
    const pids = first.roles.map((role) => first.pidOf(role));
    first.killSupervisor();
    await first.ended;
    while (pids.some(isAlive)) await sleep(50);
    const second = await UpDesk.start(args);
    expect(isAlive(first.pidOf('redis-server'))).toBe(false);
    expect((await second.stop()).exitCode).toBe(0);
  }, 120_000);
});
