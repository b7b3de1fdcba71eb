import { LocalBus } from '@bowline/bus-local';
import { busMessage, gate } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { BusClient } from './index.js';

const MESSAGE = busMessage('s-1', { topic: 'signals.ikenna' });

describe("Nest's client of a bus", () => {
  it('succeeds once the bus has confirmed the message, and not before', async () => {
    const durable = gate();
    const bus = new LocalBus();
    const heard: string[] = [];
    bus.subscribe({
      ...{ topic: MESSAGE.topic, group: 'g' },
      handle: ({ message }) => {
        heard.push(message.id);
        return durable.opened;
      },
    });
    let isDone = false;
    const done = lastValueFrom(new BusClient(bus).emit(MESSAGE.topic, MESSAGE), { defaultValue: null }).then(
      () => {
        isDone = true;
      },
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect([heard, isDone]).toEqual([[MESSAGE.id], false]);
    durable.open();
    await done;
  });

  it('publishes though nobody subscribes to the outcome', async () => {
    const bus = new LocalBus();
    const heard = new Promise<string>((resolve) => {
      bus.subscribe({
        ...{ topic: MESSAGE.topic, group: 'g' },
        handle: async ({ message }) => resolve(message.id),
      });
    });
    new BusClient(bus).emit(MESSAGE.topic, MESSAGE);
    expect(await heard).toBe(MESSAGE.id);
  });

  it('fails where the bus refuses', async () => {
    const client = new BusClient(new LocalBus());
    await expect(lastValueFrom(client.emit(MESSAGE.topic, MESSAGE))).rejects.toMatchObject({
      kind: 'unread',
    });
  });

  it('fails where topic and message differ, and where an answer is wanted', async () => {
    const client = new BusClient(new LocalBus({ unread: () => true }));
    await expect(lastValueFrom(client.emit('orders.odum', MESSAGE))).rejects.toThrow(
      'is of topic signals.ikenna, and was emitted as orders.odum',
    );
    await expect(lastValueFrom(client.send(MESSAGE.topic, MESSAGE))).rejects.toThrow('carries no answers');
  });
});
