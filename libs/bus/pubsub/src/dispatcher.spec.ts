import type { SubscribeOptions } from '@bowline/ports';
import { busMessage, busReader, gate } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { Dispatcher } from './dispatcher.js';
import type { Envelope } from './dispatcher.js';
import type { DeliveryFailure } from './options.js';

describe('handing messages over', () => {
  it('is not overrun by what nobody wants, when what stands before it is done', async () => {
    const slow = gate();
    const { acknowledged, dispatcher } = opened(
      busReader(() => slow.opened, { accepts: ({ id }) => id === 'first' || id === 'last' }),
      1,
    );
    const unwanted = Array.from({ length: 20_000 }, (_, at) => `m${at}`);
    const all = ['first', ...unwanted, 'last'];
    for (const id of all) dispatcher.add(envelope(id, id));
    slow.open();
    await aTurn();

    expect(acknowledged).toEqual(all);
    expect(dispatcher.held).toBe(0);
  });

  it('goes by what is known of earlier attempts', async () => {
    const attempts: number[] = [];
    const taken = gate();
    const { dispatcher } = opened(
      busReader(async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 9) throw new Error('not yet');
        taken.open();
      }),
    );
    dispatcher.add({ ...envelope('m1', 'k'), attempts: 7 });
    await taken.opened;
    expect(attempts).toEqual([8, 9]);
  });

  it('does not repeat what was acknowledged before its handler failed', async () => {
    const { acknowledged, dispatcher, failures } = opened(
      busReader(
        async ({ ack }) => {
          ack();
          throw new Error('afterwards');
        },
        { acknowledge: 'later' },
      ),
    );
    dispatcher.add(envelope('m1', 'k'));
    dispatcher.add(envelope('m2', 'k'));
    await aTurn();
    expect(acknowledged).toEqual(['m1', 'm2']);
    expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([null, null]);
  });

  it('waits longer before each retry, up to a bound', async () => {
    const { dispatcher, failures, failed } = opened(
      busReader(() => Promise.reject(new Error('no'))),
      1,
      {
        firstMs: 1,
        maxMs: 4,
      },
    );
    dispatcher.add(envelope('m1', 'k'));
    await failed(5);
    await dispatcher.close();
    expect(failures.slice(0, 5).map(({ retryInMs }) => retryInMs)).toEqual([1, 2, 4, 4, 4]);
  });

  it('begins with nothing more once it closes, and says when what is in hand is done', async () => {
    const slow = gate();
    const begun: string[] = [];
    const { acknowledged, dispatcher } = opened(
      busReader(async ({ message }) => {
        begun.push(message.id);
        await slow.opened;
      }),
    );
    for (const [id, key] of [
      ['m1', 'a'],
      ['m2', 'a'],
      ['m3', 'b'],
    ] as const) {
      dispatcher.add(envelope(id, key));
    }
    const closed = dispatcher.close();
    dispatcher.add(envelope('m4', 'c'));
    slow.open();
    await closed;
    expect([begun, acknowledged, dispatcher.held]).toEqual([['m1', 'm3'], ['m1', 'm3'], 2]);
  });
});

function opened(
  subscription: SubscribeOptions,
  maxInFlight = 10,
  retry = { firstMs: 0, maxMs: 0 },
): {
  readonly dispatcher: Dispatcher<Envelope>;
  readonly acknowledged: readonly string[];
  readonly failures: readonly DeliveryFailure[];
  readonly failed: (count: number) => Promise<void>;
} {
  const acknowledged: string[] = [];
  const failures: DeliveryFailure[] = [];
  let look: () => void = () => undefined;
  const dispatcher = new Dispatcher({
    subscription,
    maxInFlight,
    retry,
    acknowledge: ({ message }) => acknowledged.push(message.id),
    onFailure: (failure) => {
      failures.push(failure);
      look();
    },
  });
  const failed = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (failures.length >= count) resolve();
      };
      look();
    });
  return { dispatcher, acknowledged, failures, failed };
}

function envelope(id: string, key: string): Envelope {
  return { message: busMessage(id, { key }), attempts: 0, acknowledged: false };
}

function aTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
