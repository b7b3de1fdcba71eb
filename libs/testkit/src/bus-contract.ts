import type { BusMessage, Delivery, SubscribeOptions } from '@bowline/ports';
import { describe, expect, it } from '@jest/globals';
import {
  type BusHarness,
  busMessage,
  busCollector,
  gate,
  busReader,
  unacknowledged,
  withBus,
} from './bus-contract/harness.js';
import { holdBusLaws } from './bus-contract/laws.js';

export * from './bus-contract/harness.js';
export { holdBusLaws } from './bus-contract/laws.js';
export * from './bus-contract/reader-log.js';

/** What every kind of bus promises, as the port's comments say it. Declares a suite. */
export function busContract(name: string, harness: BusHarness): void {
  const test = (title: string, use: Parameters<typeof withBus>[1]): void => {
    it(title, () => withBus(harness, use));
  };

  describe(`${name}: groups`, () => {
    test('a message reaches every group of its topic, and none of another topic', async (bus, settle) => {
      const first = busCollector({ group: 'first' });
      const second = busCollector({ group: 'second' });
      const stranger = busCollector({ topic: 'signals', group: 'first' });
      for (const { options } of [first, second, stranger]) bus.subscribe(options);

      await bus.publish(busMessage('m1'));
      await bus.publish(busMessage('m2', { topic: 'signals' }));
      await settle();

      expect([first.ids, second.ids, stranger.ids]).toEqual([['m1'], ['m1'], ['m2']]);
    });

    test('all fields arrive as they were published', async (bus, settle) => {
      const seen: BusMessage[] = [];
      bus.subscribe(
        busReader(async ({ message }) => {
          seen.push(message);
        }),
      );
      const sent = [
        busMessage('m1', { data: '{"text":"ä € \\u0000 𝄞"}', cause: 'm0' }),
        busMessage('m2', { data: '', epoch: 0, source: '' }),
        busMessage('m3', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
      ];
      for (const message of sent) await bus.publish(message);
      await settle();

      expect(seen).toEqual(sent);
    });

    test('what proves who has sent it arrives with it', async (bus, settle) => {
      const seen: BusMessage[] = [];
      const topic = 'signals';
      bus.subscribe(busReader(async ({ message }) => void seen.push(message), { topic }));
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const sent = [
        busMessage('m1', { topic, signature: 'v1,AA==' }),
        busMessage('m2', { topic, signature: 'v1,AA==', traceparent }),
      ];
      for (const message of sent) await bus.publish(message);
      await settle();

      expect(seen).toEqual(sent);
    });

    test('neither the publisher nor another reader can change what a reader gets', async (bus, settle) => {
      const seen: string[] = [];
      const scribble = (group: string): SubscribeOptions =>
        busReader(
          async ({ attempt, message }) => {
            seen.push(`${group} ${attempt} ${message.data}`);
            // A frozen message may refuse.
            Reflect.set(message, 'data', `changed by ${group}`);
            if (attempt === 1) throw new Error('once more');
          },
          { group },
        );
      bus.subscribe(scribble('first'));
      bus.subscribe(scribble('second'));
      const message = busMessage('m1', { data: 'as it was' });

      const published = bus.publish(message);
      Reflect.set(message, 'data', 'changed by the publisher');
      await settle();
      await published;

      expect(seen.sort()).toEqual([
        'first 1 as it was',
        'first 2 as it was',
        'second 1 as it was',
        'second 2 as it was',
      ]);
    });

    test('a message that a group does not accept is acknowledged unseen', async (bus, settle) => {
      const { ids, options } = busCollector({ accepts: ({ id }) => id !== 'm2' });
      bus.subscribe(options);
      bus.subscribe(
        busReader(async () => undefined, { group: 'later', acknowledge: 'later', accepts: () => false }),
      );

      const published = ['m1', 'm2', 'm3'].map((id) => bus.publish(busMessage(id)));
      await settle();
      await Promise.all(published);

      expect(ids).toEqual(['m1', 'm3']);
      expect([unacknowledged(bus), unacknowledged(bus, 'later')]).toEqual([0, 0]);
    });

    test('a group reads a topic once', async (bus) => {
      bus.subscribe(busCollector().options);
      expect(() => bus.subscribe(busCollector().options)).toThrow(
        expect.objectContaining({ name: 'BusError', kind: 'taken' }),
      );
    });
  });

  describe(`${name}: order`, () => {
    test('messages of a key come in the order of calls that were not awaited', async (bus, settle) => {
      const { ids, options } = busCollector();
      bus.subscribe(options);
      const sent = Array.from({ length: 100 }, (_, at) => `m${at}`);

      const published = sent.map((id) => bus.publish(busMessage(id)));
      await settle();
      await Promise.all(published);

      expect(ids).toEqual(sent);
    });

    test('a key in hand holds its own messages back, and no others', async (bus, settle) => {
      const other = gate();
      const log: string[] = [];
      bus.subscribe(
        busReader(async ({ message: { id, key } }) => {
          log.push(`${id} begins`);
          if (id === 'a1') await other.opened;
          if (key === 'b') other.open();
          log.push(`${id} ends`);
        }),
      );
      const published = [
        bus.publish(busMessage('a1', { key: 'a' })),
        bus.publish(busMessage('a2', { key: 'a' })),
        bus.publish(busMessage('b1', { key: 'b' })),
      ];
      await settle();
      await Promise.all(published);

      const order = (...ids: string[]): string[] => log.filter((line) => ids.includes(line));
      expect(order('a1 ends', 'b1 ends')).toEqual(['b1 ends', 'a1 ends']);
      expect(order('a1 ends', 'a2 begins')).toEqual(['a1 ends', 'a2 begins']);
    });

    test('random topics, keys, groups and failing handlers: nothing lost, nothing early, one of a key at a time', async () => {
      await holdBusLaws(harness);
    });
  });

  describe(`${name}: acknowledgement`, () => {
    test('a message is open until its handler resolves', async (bus, settle) => {
      const begun = gate();
      const durable = gate();
      bus.subscribe(
        busReader(async () => {
          begun.open();
          await durable.opened;
        }),
      );
      const published = bus.publish(busMessage('m1'));
      await begun.opened;

      expect(bus.backlog()).toEqual([
        { topic: 'orders', group: 'g', messages: 1, oldestMs: expect.any(Number) },
      ]);
      durable.open();
      await settle();
      await published;
      expect(bus.backlog()).toEqual([{ topic: 'orders', group: 'g', messages: 0, oldestMs: 0 }]);
    });

    test('a message comes again until its handler takes it, and its key waits', async (bus, settle) => {
      const log: string[] = [];
      bus.subscribe(
        busReader(async ({ attempt, message }) => {
          log.push(`${message.id} ${attempt}`);
          if (message.id === 'm1' && attempt < 3) throw new Error('not yet');
        }),
      );
      const published = ['m1', 'm2'].map((id) => bus.publish(busMessage(id)));
      await settle();
      await Promise.all(published);

      expect(log).toEqual(['m1 1', 'm1 2', 'm1 3', 'm2 1']);
    });

    test('a key that fails does not hold up the others', async (bus, settle) => {
      let others = 0;
      bus.subscribe(
        busReader(async ({ message }) => {
          if (message.key !== 'bad') others += 1;
          else if (others < 3) throw new Error('not before the others');
        }),
      );
      const published = ['bad', 'b', 'c', 'd'].map((key) => bus.publish(busMessage(`of ${key}`, { key })));
      await settle();
      await Promise.all(published);

      expect(others).toBe(3);
      expect(unacknowledged(bus)).toBe(0);
    });

    test('what is acknowledged later does not hold up its key, and stays open', async (bus, settle) => {
      const taken: Delivery[] = [];
      bus.subscribe(
        busReader(
          async (delivery) => {
            taken.push(delivery);
          },
          { acknowledge: 'later' },
        ),
      );
      const published = ['m1', 'm2', 'm3'].map((id) => bus.publish(busMessage(id)));
      await settle();
      expect(taken.map(({ message }) => message.id)).toEqual(['m1', 'm2', 'm3']);
      expect(unacknowledged(bus)).toBe(3);

      taken[1]!.ack();
      taken[1]!.ack();
      await settle();
      expect(unacknowledged(bus)).toBe(2);

      taken[0]!.ack();
      taken[2]!.ack();
      await settle();
      await Promise.all(published);
      expect(unacknowledged(bus)).toBe(0);
    });

    test('a handler that fails before it acknowledges later gets the message again', async (bus, settle) => {
      const log: string[] = [];
      bus.subscribe(
        busReader(
          async (delivery) => {
            log.push(`${delivery.message.id} ${delivery.attempt}`);
            if (delivery.attempt === 1) throw new Error('not yet');
            delivery.ack();
          },
          { acknowledge: 'later' },
        ),
      );
      const published = ['m1', 'm2'].map((id) => bus.publish(busMessage(id)));
      await settle();
      await Promise.all(published);

      expect(log).toEqual(['m1 1', 'm1 2', 'm2 1', 'm2 2']);
    });

    test('acknowledging is the handler’s promise, where nothing else was agreed', async (bus, settle) => {
      const attempts: number[] = [];
      bus.subscribe(
        busReader(async (delivery) => {
          attempts.push(delivery.attempt);
          delivery.ack();
          if (delivery.attempt === 1) throw new Error('after the call of ack');
        }),
      );
      const published = bus.publish(busMessage('m1'));
      await settle();
      await published;

      expect(attempts).toEqual([1, 2]);
    });
  });

  describe(`${name}: closing`, () => {
    test('a subscription that closes waits for what is in hand, and takes nothing more', async (bus, settle) => {
      const begun = gate();
      const durable = gate();
      const log: string[] = [];
      const subscription = bus.subscribe(
        busReader(async ({ message }) => {
          log.push(message.id);
          begun.open();
          await durable.opened;
          log.push(`${message.id} ends`);
        }),
      );
      const published = ['m1', 'm2'].map((id) => bus.publish(busMessage(id)));
      await begun.opened;

      const closed = subscription.close().then(() => log.push('closed'));
      log.push('closing');
      durable.open();
      await closed;
      await settle();
      expect(log).toEqual(['m1', 'closing', 'm1 ends', 'closed']);

      const next = busCollector();
      bus.subscribe(next.options);
      await settle();
      await Promise.all(published);
      expect(next.ids).toEqual(['m2']);
    });

    test('what is published between two subscriptions of a group waits for the second', async (bus, settle) => {
      const first = busCollector();
      await bus.subscribe(first.options).close();

      const published = ['m1', 'm2'].map((id) => bus.publish(busMessage(id)));
      await settle();
      const second = busCollector();
      bus.subscribe(second.options);
      await settle();
      await Promise.all(published);

      expect([first.ids, second.ids]).toEqual([[], ['m1', 'm2']]);
    });

    test('what a subscription took and did not acknowledge comes to the next one', async (bus, settle) => {
      const lost: Delivery[] = [];
      const subscription = bus.subscribe(
        busReader(
          async (delivery) => {
            lost.push(delivery);
          },
          { acknowledge: 'later' },
        ),
      );
      const published = ['m1', 'm2', 'm3'].map((id) => bus.publish(busMessage(id)));
      await settle();
      lost[1]!.ack();
      await settle();
      await subscription.close();

      const next = busCollector();
      bus.subscribe(next.options);
      await settle();
      expect(next.ids).toEqual(['m1', 'm3']);
      expect(unacknowledged(bus)).toBe(0);
      await Promise.all(published);
    });

    test('a closed bus has finished what was in hand, and refuses the rest', async (bus) => {
      const begun = gate();
      const durable = gate();
      let finished = false;
      bus.subscribe(
        busReader(async () => {
          begun.open();
          await durable.opened;
          finished = true;
        }),
      );
      const published = bus.publish(busMessage('m1'));
      await begun.opened;

      const closed = bus.close();
      durable.open();
      await closed;
      await published;

      const refused = expect.objectContaining({ name: 'BusError', kind: 'closed' });
      expect(finished).toBe(true);
      await expect(bus.publish(busMessage('m2'))).rejects.toEqual(refused);
      expect(() => bus.subscribe(busCollector({ group: 'h' }).options)).toThrow(refused);
    });
  });
}
