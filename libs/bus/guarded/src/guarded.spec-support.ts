import { DEAD_LETTERS, decodeJson, deadLettersTopic, type DeadLetterMessage } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import { LocalBus } from '@bowline/testkit';
import { commandKey, type CommandKey } from './signature.js';

export function keyOf(name: string): CommandKey {
  return commandKey(Buffer.from(name.padEnd(32, '.')));
}

/** A bus that retries at once, and whose dead letters are read. */
export function busWithDeadLetters(): {
  readonly bus: LocalBus;
  readonly letters: { readonly message: BusMessage; readonly body: DeadLetterMessage }[];
} {
  const bus = new LocalBus({ onFailure: () => undefined, retry: { firstMs: 0, maxMs: 0 } });
  const letters: { message: BusMessage; body: DeadLetterMessage }[] = [];
  bus.subscribe({
    topic: DEAD_LETTERS,
    group: 'analytics',
    handle: async ({ message }) =>
      void letters.push({ message, body: deadLettersTopic.parse(decodeJson(message.data)) }),
  });
  return { bus, letters };
}
