import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { ended, RedisServer, startBowline, whenPresent, WorkFolder } from '@bowline/testkit';
import { findProgram } from '../cli/machine.js';
import { resting, SEED_CONFIG, SEED_KEYS, send, shown } from './seed-numbers.spec-support.js';
import { UpDesk } from './up-desk.spec-support.js';

const work = new WorkFolder('paused-gateway');
const GATEWAY = 'execution-gateway/ikenna.binance-usdm';

whenPresent('two gateways of one account at once', 'redis-server', findProgram('redis-server'), (program) => {
  afterEach(() => UpDesk.killAll());
  let redis: RedisServer | null = null;
  afterAll(() => redis?.stop());

  it('the one that was asleep while the other took over never sends, and everything was sent once', async () => {
    redis = await RedisServer.start(program, 'always');
    const env = { ...SEED_KEYS, REDIS_URL: redis.url };
    const config = work.file('bowline.yaml', `${SEED_CONFIG}journal: { type: redis }\n`);
    const dir = work.at('desk');
    const desk = await UpDesk.start(['--config', config, '--dir', dir, '--hold'], env);
    await desk.moveTo('binance-usdm', 'BTCUSDT', '45010');
    await send(desk, { strategyId: 'A', signal: 1, price: 45_000, takeProfit: 48_000, stopLoss: 43_000 });
    await resting(desk, 1);

    const sleeper = desk.pidOf(GATEWAY);
    process.kill(sleeper, 'SIGSTOP');
    // An order that nobody sends, and a fill that nobody hears of.
    await send(desk, { strategyId: 'B', signal: 1, price: 44_900, takeProfit: 49_000, stopLoss: 44_000 });
    await desk.moveTo('binance-usdm', 'BTCUSDT', '44990');
    const second = startBowline(
      [
        ...['run', '--config', config, '--env', 'local-integration', '--roles', 'execution-gateway'],
        ...['--shards', 'ikenna.binance-usdm', '--leases', `${dir}/leases`],
        ...['--dir', work.at('second'), '--port', '0'],
      ],
      { env: { ...env, BOWLINE_EXCHANGE_URL: desk.exchanges } },
    );
    const secondEnded = ended(second);
    // It waits for the lease, and as long again for whatever the one before may still have on its way.
    const [open] = await shown(desk, 'positions', (all) => all.some(({ status }) => status === 'open'));
    expect(open).toMatchObject({ strategyId: 'A', openQuantity: '0.001' });
    // Both legs of A, and the entry of B.
    await resting(desk, 3);
    const before = await ordersOf(desk);

    process.kill(sleeper, 'SIGCONT');
    await desk.until(() => hasEnded(desk));
    await sleep(3_000);
    expect(await ordersOf(desk)).toEqual(before);
    expect(before).toHaveLength(4);
    expect(before.filter(({ accepted, duplicates }) => accepted !== 1 || duplicates !== 0)).toEqual([]);

    // The second one goes on: what fills now is heard, and A's stop goes with its take-profit.
    await desk.moveTo('binance-usdm', 'BTCUSDT', '48010');
    const [trade] = await shown(desk, 'trades', (all) => all.length === 1);
    expect(trade).toMatchObject({ strategyId: 'A', exitPrice: '48000', realizedPnl: '3' });
    second.kill('SIGTERM');
    expect((await secondEnded).exitCode).toBe(0);
    await desk.stop();
  }, 240_000);
});

function hasEnded(desk: UpDesk): boolean {
  return new RegExp(`^${GATEWAY} +\\| ended \\(`, 'm').test(desk.said);
}

async function ordersOf(desk: UpDesk) {
  const { orders } = (await desk.truth()).exchanges['binance-usdm']!.accounts['ikenna']!;
  return Object.entries(orders).map(([id, { accepted, duplicates }]) => ({ id, accepted, duplicates }));
}
