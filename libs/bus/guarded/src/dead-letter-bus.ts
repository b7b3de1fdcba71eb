import type { Bus, Delivery, SubscribeOptions } from '@bowline/ports';
import { deadLetter } from './dead-letter.js';

/**
 * A bus that puts a message aside which its reader cannot take, for subscriptions that say `deadLetter`: the bus has
 * confirmed the dead letter before the message is acknowledged, and the messages behind it go on. A reader that was
 * killed while it had the message in hand has tried it, too.
 */
export function deadLetterBus(bus: Bus): Bus {
  return {
    publish: (message) => bus.publish(message),
    subscribe: ({ deadLetter: terms, ...options }) =>
      bus.subscribe(terms === undefined ? options : puttingAside(bus, options, terms.after)),
    backlog: () => bus.backlog(),
    close: () => bus.close(),
  };
}

function puttingAside(bus: Bus, options: SubscribeOptions, after: number): SubscribeOptions {
  return {
    ...options,
    handle: async (delivery) => {
      try {
        await options.handle(delivery);
      } catch (error) {
        if (delivery.attempt < after) throw error;
        await putAside(bus, delivery, error instanceof Error ? error.message : String(error));
      }
    },
  };
}

/** Publishes a message as a dead letter and acknowledges it, once the bus has confirmed that. */
export async function putAside(bus: Pick<Bus, 'publish'>, delivery: Delivery, reason: string): Promise<void> {
  await bus.publish(deadLetter(delivery, reason));
  delivery.ack();
}
