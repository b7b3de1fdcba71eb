import { deadLetterBus, signedBus, type CommandKey } from '@bowline/bus-guarded';
import type { Logger } from '@bowline/ports';
import type { OpenBus } from './desk-bus.js';
import { traceOf } from './observe.js';

/**
 * The bus of a desk, guarded: commands are signed where there are keys, what is not signed by whoever may send it reaches
 * nobody, and readers that say so get past a message that always fails.
 */
export function guardedBus(
  open: OpenBus,
  keys: ReadonlyMap<string, readonly CommandKey[]>,
  logger: Logger,
): OpenBus {
  return (onFailure) => {
    const bus = open(onFailure);
    const signed = signedBus(bus, {
      keysOf: (topic) => keys.get(topic) ?? [],
      onRefused: ({ fault, group, message }) => {
        const { id: messageId, key, source, topic } = message;
        const said = { group, fault, topic, key, messageId, source, ...traceOf(message) };
        logger.error(said, 'refused: a command that is not signed by whoever may send it');
      },
    });
    return {
      ...deadLetterBus(signed),
      quiet: (runners) => bus.quiet(runners),
      silentFor: (topic, group) => bus.silentFor(topic, group),
      rest: (topic, group) => bus.rest(topic, group),
    };
  };
}
