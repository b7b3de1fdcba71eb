import { busCollector, busMessage, busReader, gate, holdBusLaws } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import type { LocalBusFaults } from './faults.js';
import { LocalBus } from './local-bus.js';

describe('faults on the local bus', () => {
  it.each<[string, Omit<LocalBusFaults, 'draw'>]>([
    ['lost acknowledgements', { loseAck: 0.4 }],
    ['duplicates', { duplicate: 0.8 }],
    ['duplicates much later', { duplicate: 0.8, reach: 1000 }],
    ['delays', { delay: 0.7 }],
    ['all of them', { loseAck: 0.2, duplicate: 0.3, delay: 0.3, reach: 10 }],
  ])('lose nothing, keep the order, and let no messages of a key overlap: %s', async (_, faults) => {
    let seed = 0;
    await holdBusLaws({
      open: async () => {
        seed += 1;
        const bus = new LocalBus({
          retry: { firstMs: 0, maxMs: 0 },
          onFailure: () => undefined,
          faults: { ...faults, draw: seeded(seed) },
        });
        return { bus, settle: () => bus.whenIdle(), dispose: () => bus.close() };
      },
    });
  });

  it('let a message come again at once where its acknowledgement is lost', async () => {
    const log = await delivered({ loseAck: 0.5, draw: listed(0.1, 0.2) }, [
      ['a', 'a1'],
      ['a', 'a2'],
    ]);
    expect(log).toEqual(['a1 1', 'a1 2', 'a1 3', 'a2 1']);
  });

  it('let a duplicate come after later messages of its key', async () => {
    // Doubled, and two deliveries later.
    const log = await delivered({ duplicate: 0.5, reach: 2, draw: listed(0.1, 0.9) }, [
      ['a', 'a1'],
      ['a', 'a2'],
      ['a', 'a3'],
      ['a', 'a4'],
    ]);
    expect(log).toEqual(['a1 1', 'a2 1', 'a3 1', 'a1 2', 'a4 1']);
  });

  it('let a duplicate come after the bus was at rest', async () => {
    const bus = new LocalBus({ faults: { duplicate: 0.5, reach: 2, draw: listed(0.1, 0.4) } });
    const log = logOf(bus);
    await bus.publish(busMessage('m1'));
    await bus.whenIdle();
    expect(log).toEqual(['m1 1']);
    await bus.publish(busMessage('m2'));
    await bus.whenIdle();
    expect(log).toEqual(['m1 1', 'm2 1', 'm1 2']);
  });

  it('hold a key back while others go on', async () => {
    // The first key is held back for two deliveries.
    const log = await delivered({ delay: 0.5, reach: 2, draw: listed(0.1, 0.9) }, [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['c', 'c1'],
      ['d', 'd1'],
    ]);
    expect(log).toEqual(['b1 1', 'c1 1', 'd1 1', 'a1 1', 'a2 1']);
  });

  it('let a held key go where nothing else is left to deliver', async () => {
    const log = await delivered({ delay: 0.5, reach: 100, draw: listed(0.1, 0.9) }, [
      ['a', 'a1'],
      ['b', 'b1'],
    ]);
    expect(log).toEqual(['b1 1', 'a1 1']);
  });

  it('hold no key twice before the same message, and double no duplicate', async () => {
    const log = await delivered({ delay: 1, duplicate: 1, reach: 1, draw: () => 0 }, [
      ['a', 'a1'],
      ['b', 'b1'],
    ]);
    expect([...log].sort()).toEqual(['a1 1', 'a1 2', 'b1 1', 'b1 2']);
  });

  it('do not bring a held key to two subscriptions', async () => {
    const bus = new LocalBus({ faults: { delay: 0.5, draw: listed(0.9, 0.1, 0.9) } });
    const durable = gate();
    bus.subscribe(busReader(() => durable.opened, { topic: 'signals' }));
    const first = busCollector();
    const subscription = bus.subscribe(first.options);
    const published = [
      bus.publish(busMessage('in hand', { topic: 'signals' })),
      bus.publish(busMessage('held back')),
    ];
    await Promise.resolve();
    await subscription.close();
    const second = busCollector();
    bus.subscribe(second.options);
    durable.open();
    await bus.whenIdle();
    expect([first.ids, second.ids]).toEqual([[], ['held back']]);
    await Promise.all(published);
  });

  it('are the same for the same draws', async () => {
    const messages = Array.from({ length: 60 }, (_, at): [string, string] => [`k${at % 5}`, `m${at}`]);
    const faults = { loseAck: 0.2, duplicate: 0.3, delay: 0.3, reach: 10 };
    const run = (seed: number): Promise<readonly string[]> =>
      delivered({ ...faults, draw: seeded(seed) }, messages);

    expect(await run(7)).toEqual(await run(7));
    expect(await run(7)).not.toEqual(await run(8));
  });
});

/** What a reader gets of messages, given as key and id. */
async function delivered(
  faults: LocalBusFaults,
  messages: readonly (readonly [string, string])[],
): Promise<readonly string[]> {
  const bus = new LocalBus({ faults });
  const log = logOf(bus);
  await Promise.all(messages.map(([key, id]) => bus.publish(busMessage(id, { key }))));
  await bus.whenIdle();
  return log;
}

function logOf(bus: LocalBus): string[] {
  const log: string[] = [];
  bus.subscribe(
    busReader(async ({ attempt, message }) => {
      log.push(`${message.id} ${attempt}`);
    }),
  );
  return log;
}

/** These draws, then such as let nothing happen. */
function listed(...draws: readonly number[]): () => number {
  const left = [...draws];
  return () => left.shift() ?? 0.999;
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
