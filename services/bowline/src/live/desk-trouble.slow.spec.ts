import { describe, expect, it } from '@jest/globals';
import {
  accountKey,
  channelKey,
  encodeJson,
  parseConfig,
  ROLES,
  shardName,
  topicOf,
  type ExecutionMessage,
} from '@bowline/contracts';
import { WorkFolder } from '@bowline/testkit';
import { SignalAccess } from '@bowline/signal-ingest';
import { createLogger } from '@bowline/telemetry';
import { MOCK_CONFIG } from './mock-config.js';
import { MockRun, type MockRunOptions } from './mock-run.js';
import { stateFolder } from './state-folder.js';

const work = new WorkFolder('desk-trouble');
const MINUTE_MS = 60_000;

describe('a message that must not be skipped and always fails', () => {
  it('holds up its own channel only: the others trade on, the desk says which one waits, and it ends all the same', async () => {
    const run = await open('poison');
    const { bus, gateways, managers, url } = run.desk;
    const shard = managers!.shards.find(({ layout }) => layout.key === 'ikenna.binance-usdm.BTCUSDT')!;
    const { name } = shard.layout;
    const body: ExecutionMessage = {
      channel: name,
      input: {
        type: 'execution',
        key: { strategyPositionId: 'scout-1', leg: 'e', generation: 0 },
        side: 'BUY',
        // No exchange says so: a trade that cannot be told from another one.
        report: { execType: 'trade', tradeId: null, lastQty: 1, lastPx: 1 },
        fee: 0n,
        feeBaseLots: 0,
        reason: null,
        at: run.clock.now(),
      },
    };
    const topic = topicOf('executions', accountKey(name));
    const message = {
      topic,
      key: channelKey(name),
      id: 'poison',
      source: shardName('execution-gateway', accountKey(name)),
      epoch: gateways!.runners[0]!.epoch,
      time: run.clock.now(),
      cause: null,
    };
    bus.publish({ ...message, data: encodeJson(body) }).catch(() => undefined);
    await pass(run, MINUTE_MS);

    const before = managers!.shards.map(({ runner }) => runner.handled);
    await pass(run, 5 * MINUTE_MS);
    const still = managers!.shards.filter(({ runner }, i) => runner.handled === before[i]);
    expect(still.length).toBeLessThan(managers!.shards.length / 2);
    expect(run.desk.trouble?.message).toContain('tradeId');
    const status = (await (await fetch(`${url!}/v1/status`)).json()) as { quarantines: unknown[] };
    expect(status.quarantines).toMatchObject([
      { shard: shard.runner.shard, key: shard.layout.key, messageId: 'poison' },
    ]);
    expect((await fetch(`${url!}/healthz`)).status).toBe(200);
    await run.close();
  });
});

describe('a desk that cannot be opened', () => {
  it('has let everything go that it had opened: it can be tried again', async () => {
    await (await open('again')).close();
    const other = parseConfig(
      MOCK_CONFIG.replace('accountBalance: 40000', 'accountBalance: 50000'),
      'other.yaml',
    );
    await expect(open('again', { resume: true, config: other })).rejects.toMatchObject({ kind: 'mismatch' });
    await (await open('again', { resume: true })).close();
  });
});

function open(folder: string, options: Partial<MockRunOptions> = {}): Promise<MockRun> {
  const config = parseConfig(MOCK_CONFIG, 'bowline.yaml');
  const logger = createLogger({ level: 'silent', role: 'desk' });
  const state = stateFolder(work.at(folder));
  const rest = {
    access: SignalAccess.open(),
    roles: ROLES,
    seed: null,
    speed: null,
    resume: false,
    http: { port: 0 },
  };
  return MockRun.open({ config, state, logger, ...rest, ...options }, (error) => {
    throw error;
  });
}

function pass(run: MockRun, milliseconds: number): Promise<void> {
  return run.run(milliseconds, new AbortController().signal, () => undefined);
}
