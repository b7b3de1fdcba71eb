import type { SubscribeOptions } from '@bowline/ports';
import { busMessage, busReader, gate } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { Dispatcher } from './dispatcher.js';
import type { Envelope } from './dispatcher.js';

describe('handing messages over', () => {
  it('is not overrun by what nobody wants, when what stands before it is done', async () => {
    const slow = gate();
    const { acknowledged, dispatcher } = opened(
      busReader(() => slow.opened, { accepts: ({ id }) => id === 'first' || id === 'last' }),
      1,
    );
    const unwanted = Array.from({ length: 50_000 }, (_, at) => `m${at}`);
    const all = ['first', ...unwanted, 'last'];
    for (const id of all) dispatcher.add(envelope(id, id));
    dispatcher.handOver();
    slow.open();
    await aTurn();

    expect([acknowledged.length, dispatcher.held, dispatcher.inHand]).toEqual([all.length, 0, 0]);
    expect(acknowledged).toEqual(all);
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
    dispatcher.handOver();
    await taken.opened;
    expect(attempts).toEqual([8, 9]);
  });

  it('leaves to another reader what was in hand when the group was lost, and fails then', async () => {
    const slow = gate();
    const { acknowledged, dispatcher, forgotten } = opened(
      busReader(async ({ message }) => {
        await slow.opened;
        if (message.id === 'bad') throw new Error('no');
      }),
    );
    for (const [id, key] of [
      ['bad', 'a'],
      ['waiting', 'a'],
      ['good', 'b'],
    ] as const) {
      dispatcher.add(envelope(id, key));
    }
    dispatcher.handOver();
    expect(dispatcher.drop().map(({ message }) => message.id)).toEqual(['waiting']);
    slow.open();
    await aTurn();

    expect([acknowledged, forgotten, dispatcher.held]).toEqual([['good'], ['bad'], 0]);
  });
});

function opened(
  subscription: SubscribeOptions,
  maxInFlight = 2,
): {
  readonly dispatcher: Dispatcher;
  readonly acknowledged: readonly string[];
  readonly forgotten: readonly string[];
} {
  const acknowledged: string[] = [];
  const forgotten: string[] = [];
  const dispatcher = new Dispatcher({
    subscription,
    maxInFlight,
    retry: { firstMs: 0, maxMs: 0 },
    mayHandOver: () => true,
    acknowledge: ({ message }) => acknowledged.push(message.id),
    forget: ({ message }) => forgotten.push(message.id),
    onFailure: () => undefined,
    onDone: () => undefined,
  });
  return { dispatcher, acknowledged, forgotten };
}

function envelope(id: string, key: string): Envelope {
  return { id, message: busMessage(id, { key }), attempts: 0, acknowledged: false, dropped: false };
}

/** A turn of the event loop: all microtasks have run. */
function aTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
