import { DEAD_LETTERS } from '@bowline/contracts';
import type { BusMessage, Delivery } from '@bowline/ports';
import { busCollector, busContract, busMessage, busReader, LocalBus, unacknowledged } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { busWithDeadLetters, keyOf } from './guarded.spec-support.js';
import { sign, type CommandKey } from './signature.js';
import { signedBus, type RefusedMessage } from './signed-bus.js';

const KEY = keyOf('of ikenna');
const NEXT_KEY = keyOf('of ikenna, next');

busContract('signed local bus', {
  open: async () => {
    const local = new LocalBus({ onFailure: () => undefined, retry: { firstMs: 0, maxMs: 0 } });
    const bus = signedBus(local, {
      keysOf: (topic) => (topic === 'orders' ? [KEY] : []),
      onRefused: ({ message: { id } }) => {
        throw new Error(`${id} was refused`);
      },
    });
    return { bus, settle: () => local.whenIdle(), dispose: () => bus.close() };
  },
});

/** One bus, seen by somebody who has the keys, and by somebody who has not. */
function openBus(keys: readonly CommandKey[] = [KEY]) {
  const { bus: open, letters } = busWithDeadLetters();
  const refused: RefusedMessage[] = [];
  const keysOf = (topic: string) => (topic.startsWith('orders') ? keys : []);
  const bus = signedBus(open, { keysOf, onRefused: (message) => refused.push(message) });
  return { open, bus, letters, refused };
}

describe('a topic with a key', () => {
  it('hands over what is signed, without its signature', async () => {
    const { bus, letters, refused } = openBus();
    const seen: BusMessage[] = [];
    bus.subscribe(busReader(async ({ message }) => void seen.push(message)));
    await bus.publish(busMessage('m1'));

    expect(seen).toEqual([busMessage('m1')]);
    expect([refused, letters]).toEqual([[], []]);
  });

  it.each<[string, BusMessage, string]>([
    ['is not signed', busMessage('m1'), 'unsigned'],
    [
      'is signed with another key',
      { ...busMessage('m1'), signature: sign(busMessage('m1'), keyOf('x')) },
      'wrong signature',
    ],
    [
      'was altered',
      { ...busMessage('m1', { data: '{}' }), signature: sign(busMessage('m1'), KEY) },
      'wrong signature',
    ],
    [
      'was signed for another topic',
      { ...busMessage('m1'), signature: sign(busMessage('m1', { topic: 'orders.odum' }), KEY) },
      'wrong signature',
    ],
  ])('hands nothing over that %s: it is a dead letter, and the next one comes', async (_, forged, fault) => {
    const { bus, letters, open, refused } = openBus();
    const { ids, options } = busCollector();
    bus.subscribe(options);

    await open.publish(forged);
    await bus.publish(busMessage('m2'));

    expect(ids).toEqual(['m2']);
    expect(refused).toEqual([{ message: forged, group: 'g', fault }]);
    const { signature: _signature, ...message } = forged;
    expect(letters.map(({ body }) => body)).toEqual([
      { message: { ...message, traceparent: null }, group: 'g', attempts: 1, reason: fault },
    ]);
    expect(unacknowledged(bus)).toBe(0);
  });

  it('acknowledges what it refuses where the reader acknowledges by itself', async () => {
    const { bus, letters, open } = openBus();
    const taken: Delivery[] = [];
    bus.subscribe(busReader(async (delivery) => void taken.push(delivery), { acknowledge: 'later' }));
    await open.publish(busMessage('m1'));
    const published = bus.publish(busMessage('m2'));
    await open.whenIdle();
    expect([taken.map(({ message }) => message.id), letters.length, unacknowledged(bus)]).toEqual([
      ['m2'],
      1,
      1,
    ]);
    taken[0]!.ack();
    await published;
    expect(unacknowledged(bus)).toBe(0);
  });

  it('refuses again what comes again, under one id, and something else of that name under another', async () => {
    const { bus, letters, open } = openBus();
    bus.subscribe(busCollector().options);
    for (const data of ['{}', '{}', '[]']) await open.publish(busMessage('m1', { data }));
    const [first, again, other] = letters.map(({ message }) => message.id);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('takes two keys while one takes the place of the other', async () => {
    const { bus, open, refused } = openBus([NEXT_KEY, KEY]);
    const { ids, options } = busCollector();
    bus.subscribe(options);
    await open.publish({ ...busMessage('m1'), signature: sign(busMessage('m1'), KEY) });
    await bus.publish(busMessage('m2'));
    expect([ids, refused]).toEqual([['m1', 'm2'], []]);

    const seen: (string | undefined)[] = [];
    open.subscribe(busReader(async ({ message }) => void seen.push(message.signature), { group: 'open' }));
    await bus.publish(busMessage('m3'));
    expect(seen).toEqual([sign(busMessage('m3'), NEXT_KEY)]);
  });

  it('comes again where the dead letter could not be published', async () => {
    const { bus: inner, letters } = busWithDeadLetters();
    let refusals = 0;
    const flaky = {
      ...signedBus(inner, { keysOf: () => [], onRefused: () => undefined }),
      publish: (message: BusMessage) => {
        if (message.topic !== DEAD_LETTERS || refusals === 2) return inner.publish(message);
        refusals += 1;
        return Promise.reject(new Error('the bus is away'));
      },
    };
    const bus = signedBus(flaky, { keysOf: () => [KEY], onRefused: () => undefined });
    const { ids, options } = busCollector();
    bus.subscribe(options);
    await inner.publish(busMessage('m1'));
    expect([ids, refusals, letters.length, unacknowledged(bus)]).toEqual([[], 2, 1, 0]);
  });
});

describe('a topic without a key', () => {
  it('is as it was, signatures of others included', async () => {
    const { bus, letters } = openBus();
    const seen: BusMessage[] = [];
    bus.subscribe(busReader(async ({ message }) => void seen.push(message), { topic: 'positions' }));
    const sent = [
      busMessage('m1', { topic: 'positions' }),
      busMessage('m2', { topic: 'positions', signature: 'of somebody' }),
    ];
    for (const message of sent) await bus.publish(message);
    expect([seen, letters]).toEqual([sent, []]);
  });
});
