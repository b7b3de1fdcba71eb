import type { Delivery } from '@bowline/ports';
import { busMessage, ReaderLog } from '@bowline/testkit';
import { expect, it } from '@jest/globals';
import type { RedisBusOptions } from './options.js';
import type { RedisBus } from './redis-bus.js';
import { redisSuite } from './redis-suite.spec-support.js';

/** Redis frees nodes of a hundred entries, so that up to two of them may stay. */
const NODES = 200;

redisSuite('trimming on the Redis bus', (suite) => {
  const sent = Array.from({ length: 500 }, (_, at) => `m${at}`);
  const length = (): Promise<number> => suite.admin().xlen(`${suite.prefix}orders`);

  /** Publishes to group `g`, which handles all of it, and has trimmed since. */
  async function handledAndTrimmed(options: Partial<RedisBusOptions>): Promise<RedisBus> {
    const { bus } = suite.bus(options);
    const subscription = bus.subscribe(new ReaderLog().options());
    await Promise.all(sent.map((id) => bus.publish(busMessage(id))));
    await bus.whenIdle();
    await subscription.close();
    // A new reader's first sign of life comes before anything that it reads.
    const reader = new ReaderLog();
    bus.subscribe(reader.options());
    await bus.publish(busMessage('last'));
    await reader.until(1);
    return bus;
  }

  it('takes away what every group has acknowledged', async () => {
    await handledAndTrimmed({});
    expect(await length()).toBeLessThan(NODES);
  });

  it('takes nothing away that a group which was declared has not read, be it never so late', async () => {
    const bus = await handledAndTrimmed({ groups: () => ['g', 'late'] });
    expect(await length()).toBe(501);

    const late = new ReaderLog();
    bus.subscribe(late.options({ group: 'late' }));
    await bus.whenIdle();
    expect(late.items).toEqual([...sent, 'last']);
  });

  it('takes nothing away from a group that has got lost, and makes it anew', async () => {
    const bus = await handledAndTrimmed({ groups: () => ['g', 'late'], pulseMs: 10 });
    const admin = suite.admin();
    await admin.xgroup('DESTROY', `${suite.prefix}orders`, 'late');
    while (((await admin.xinfo('GROUPS', `${suite.prefix}orders`)) as unknown[]).length < 2);
    expect(await length()).toBe(501);

    const late = new ReaderLog();
    bus.subscribe(late.options({ group: 'late' }));
    await bus.whenIdle();
    expect(late.items).toEqual([...sent, 'last']);
  });

  it('takes nothing away from what a slow group has in hand on', async () => {
    const taken: Delivery[] = [];
    const { bus } = suite.bus({ pulseMs: 10, deadAfterMs: 15_000 });
    bus.subscribe(new ReaderLog().options());
    const slow = new ReaderLog(async (delivery) => {
      taken.push(delivery);
    });
    const subscription = bus.subscribe(slow.options({ group: 'slow', acknowledge: 'later' }));
    await Promise.all(sent.map((id) => bus.publish(busMessage(id))));
    await bus.whenIdle();
    for (const [at, delivery] of taken.entries()) if (at !== 250) delivery.ack();
    await bus.whenIdle();

    // Only what stands before it is acknowledged by everybody.
    while ((await length()) === 500);
    expect(await length()).toBeGreaterThanOrEqual(250);
    await subscription.close();
    const next = new ReaderLog();
    bus.subscribe(next.options({ group: 'slow' }));
    await bus.whenIdle();
    expect(next.items).toEqual(['m250']);
  });

  it('keeps what was acknowledged for as long as was asked for', async () => {
    await handledAndTrimmed({ keepMs: 3_600_000 });
    expect(await length()).toBe(501);
  });
});
