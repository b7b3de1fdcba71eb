import { expect, it } from '@jest/globals';
import { whenQuiet } from './quiet.js';

it('waits for what a runner tells at last, also where the bus delivers it in a later turn', async () => {
  let handled = 0;
  let moving = 0;
  let isDelivered = (): void => undefined;
  const bus = {
    publish(): void {
      moving += 1;
      setImmediate(() => {
        handled += 1;
        moving -= 1;
        isDelivered();
      });
    },
    get idle() {
      return moving === 0;
    },
    whenIdle: () =>
      moving === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            isDelivered = resolve;
          }),
  };
  let idle = false;
  const runner = {
    get idle() {
      return idle;
    },
    // Durable, told, and done: as far as it goes there is nothing left.
    whenIdle(): Promise<void> {
      idle = true;
      bus.publish();
      return Promise.resolve();
    },
  };

  await whenQuiet(bus, [runner]);

  expect({ handled, moving }).toEqual({ handled: 1, moving: 0 });
});
