import type { Bus, BusMessage, Delivery, SubscribeOptions } from '@bowline/ports';
import { putAside } from './dead-letter-bus.js';
import { sign, signatureFault, type CommandKey, type SignatureFault } from './signature.js';

export interface SignedBusOptions {
  /**
   * The keys of a topic. The first one signs what is published there, and whatever is handed over has to be signed with
   * one of them; two, while one takes the other's place. None: nothing is signed or checked. Asked for every message.
   */
  readonly keysOf: (topic: string) => readonly CommandKey[];
  /** Told of every message that was not handed over. */
  readonly onRefused: (refused: RefusedMessage) => void;
}

export interface RefusedMessage {
  readonly message: BusMessage;
  readonly group: string;
  readonly fault: SignatureFault;
}

/**
 * A bus whose messages of some topics are signed. What is unsigned there, or signed by somebody else, reaches no handler:
 * it becomes a dead letter and is acknowledged, so that nobody who can write to a topic can hold it up.
 *
 * `accepts` of a subscription still sees such a message: it chooses, and nothing may be done there.
 */
export function signedBus(bus: Bus, options: SignedBusOptions): Bus {
  const { keysOf } = options;
  return {
    publish: (message) => {
      const [key] = keysOf(message.topic);
      return bus.publish(key === undefined ? message : { ...message, signature: sign(message, key) });
    },
    subscribe: (subscription) => bus.subscribe(checking(bus, subscription, options)),
    backlog: () => bus.backlog(),
    close: () => bus.close(),
  };
}

function checking(
  bus: Bus,
  subscription: SubscribeOptions,
  { keysOf, onRefused }: SignedBusOptions,
): SubscribeOptions {
  return {
    ...subscription,
    handle: async (delivery) => {
      const { group, message } = delivery;
      const keys = keysOf(message.topic);
      if (keys.length === 0) return subscription.handle(delivery);
      const fault = signatureFault(message, keys);
      if (fault === null) return subscription.handle(withoutSignature(delivery));
      onRefused({ message, group, fault });
      await putAside(bus, delivery, fault);
    },
  };
}

/** It has served its purpose: whoever is handed the message sees what was published. */
function withoutSignature(delivery: Delivery): Delivery {
  const { attempt, group } = delivery;
  const { signature: _, ...message } = delivery.message;
  return { message, group, attempt, ack: () => delivery.ack() };
}
