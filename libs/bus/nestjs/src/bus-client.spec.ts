import type { Bus, BusMessage } from '@bowline/ports';
import { BusError } from '@bowline/ports';
import { busMessage, gate } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { BusClient } from './index.js';

const MESSAGE = busMessage('s-1', { topic: 'signals.ikenna' });

/** A bus that takes messages in its own time. */
function busOf(publish: (message: BusMessage) => Promise<void>): Bus {
  return {
    publish,
    subscribe: () => ({ close: () => Promise.resolve() }),
    backlog: () => [],
    close: () => Promise.resolve(),
  };
}

describe("Nest's client of a bus", () => {
  it('succeeds once the bus has confirmed the message, and not before', async () => {
    const confirmed = gate();
    const heard: string[] = [];
    const bus = busOf(({ id }) => {
      heard.push(id);
      return confirmed.opened;
    });
    let isDone = false;
    const done = lastValueFrom(new BusClient(bus).emit(MESSAGE.topic, MESSAGE), { defaultValue: null }).then(
      () => {
        isDone = true;
      },
    );
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect([heard, isDone]).toEqual([['s-1'], false]);
    confirmed.open();
    await done;
  });

  it('publishes though nobody subscribes to the outcome', async () => {
    const heard = new Promise<string>((resolve) => {
      const bus = busOf(({ id }) => {
        resolve(id);
        return Promise.resolve();
      });
      new BusClient(bus).emit(MESSAGE.topic, MESSAGE);
    });
    expect(await heard).toBe('s-1');
  });

  it('fails where the bus refuses', async () => {
    const client = new BusClient(busOf(() => Promise.reject(new BusError('unread', 'nobody reads it'))));
    await expect(lastValueFrom(client.emit(MESSAGE.topic, MESSAGE))).rejects.toMatchObject({
      kind: 'unread',
    });
  });

  it('fails where topic and message differ, and where an answer is wanted', async () => {
    const client = new BusClient(busOf(() => Promise.resolve()));
    await expect(lastValueFrom(client.emit('orders.odum', MESSAGE))).rejects.toThrow(
      'is of topic signals.ikenna, and was emitted as orders.odum',
    );
    await expect(lastValueFrom(client.send(MESSAGE.topic, MESSAGE))).rejects.toThrow('carries no answers');
  });
});
