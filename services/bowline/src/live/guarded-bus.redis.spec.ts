import { commandKey, sign } from '@bowline/bus-guarded';
import { DEAD_LETTERS, decodeJson, deadLettersTopic, traceOf, traceIdOf } from '@bowline/contracts';
import type { BusMessage, Logger } from '@bowline/ports';
import { busMessage, findProgram, gate, RedisServer, whenPresent } from '@bowline/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { redisBus, type DeskBus } from './desk-bus.js';
import { guardedBus } from './guarded-bus.js';

const TOPIC = 'orders.ikenna.okx';
const GATEWAY = 'execution-gateway/ikenna.okx';
const KEY = commandKey(Buffer.from('the key of ikenna at okx'.padEnd(32, '.')));

whenPresent('signed commands over Redis', 'redis-server', findProgram('redis-server'), (program) => {
  let server: RedisServer;
  const buses: DeskBus[] = [];
  const logged: { fields: Readonly<Record<string, unknown>>; message: string }[] = [];
  beforeAll(async () => {
    server = await RedisServer.start(program);
  });
  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.close();
    logged.length = 0;
  });
  afterAll(() => server.stop());

  const keep = (fields: Readonly<Record<string, unknown>>, message: string) =>
    void logged.push({ fields, message });
  const logger: Logger = { info: () => undefined, warn: () => undefined, error: keep };

  /** What a process has: its own connection, and the keys or not. */
  function processOf(hasKey: boolean): DeskBus {
    const groups = (topic: string): string[] => {
      if (topic === TOPIC) return [GATEWAY];
      return topic === DEAD_LETTERS ? ['analytics'] : ['signal-ingest'];
    };
    const open = redisBus({ url: server.url, maxBacklog: 1000, groups, epoch: () => 0, logger });
    const bus = guardedBus(open, new Map(hasKey ? [[TOPIC, [KEY]]] : []), logger)(() => undefined);
    buses.push(bus);
    return bus;
  }

  function deadLettersOf(bus: DeskBus, count: number) {
    const letters: ReturnType<typeof deadLettersTopic.parse>[] = [];
    const all = gate();
    bus.subscribe({
      topic: DEAD_LETTERS,
      group: 'analytics',
      handle: async ({ message }) => {
        letters.push(deadLettersTopic.parse(decodeJson(message.data)));
        if (letters.length === count) all.open();
      },
    });
    return { letters, all: all.opened };
  }

  describe('a gateway with the key of its account', () => {
    it('gets what its oco-manager signs, and nothing that others write to its topic', async () => {
      const seen: BusMessage[] = [];
      const last = gate();
      const gateway = processOf(true);
      gateway.subscribe({
        topic: TOPIC,
        group: GATEWAY,
        handle: async ({ message }) => {
          seen.push(message);
          if (message.id === 'last') last.open();
        },
      });
      const [manager, stranger] = [processOf(true), processOf(false)];
      const { all, letters } = deadLettersOf(stranger, 3);
      const order = busMessage('first', { topic: TOPIC, cause: 'intent', traceparent: traceOf('signal-1') });
      const signature = sign(order, KEY);

      await manager.publish(order);
      await stranger.publish({ ...order, id: 'forged' });
      await stranger.publish({ ...order, id: 'forged', signature });
      await stranger.publish({ ...order, data: '{"altered":true}', signature });
      await manager.publish({ ...order, id: 'last' });
      await Promise.all([all, last.opened]);

      expect(seen).toEqual([order, { ...order, id: 'last' }]);
      expect(letters.map(({ group, message, reason }) => [group, message.id, reason])).toEqual([
        [GATEWAY, 'forged', 'unsigned'],
        [GATEWAY, 'forged', 'wrong signature'],
        [GATEWAY, 'first', 'wrong signature'],
      ]);
      expect(logged.map(({ fields }) => [fields['fault'], fields['trace']])).toEqual(
        ['unsigned', 'wrong signature', 'wrong signature'].map((fault) => [
          fault,
          traceIdOf(order.traceparent!),
        ]),
      );
    });
  });

  describe('a reader that may go on without a message', () => {
    it('puts one aside that fails again and again, and gets the next one', async () => {
      const attempts: number[] = [];
      const next = gate();
      const ingest = processOf(false);
      const { all, letters } = deadLettersOf(processOf(false), 1);
      ingest.subscribe({
        topic: 'strategy-signals',
        group: 'signal-ingest',
        deadLetter: { after: 3 },
        handle: async ({ attempt, message: { id } }) => {
          if (id === 'next') return next.open();
          attempts.push(attempt);
          throw new Error('the bus cannot confirm it');
        },
      });
      await ingest.publish(busMessage('poison', { topic: 'strategy-signals' }));
      await ingest.publish(busMessage('next', { topic: 'strategy-signals' }));
      await Promise.all([all, next.opened]);
      expect(attempts).toEqual([1, 2, 3]);
      expect(letters).toMatchObject([
        { group: 'signal-ingest', attempts: 3, reason: 'the bus cannot confirm it' },
      ]);
    });
  });
});
