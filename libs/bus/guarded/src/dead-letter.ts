import { createHash } from 'node:crypto';
import { DEAD_LETTERS, encodeJson, traceWithin, type DeadLetterMessage } from '@bowline/contracts';
import type { BusMessage, Delivery } from '@bowline/ports';
import { signedText } from './signature.js';

/**
 * A message that a group could not take, as it is told to whoever reads dead letters. The same message of the same group
 * has the same id, and another one another, though it calls itself the same.
 */
export function deadLetter(
  { attempt: attempts, group, message }: Pick<Delivery, 'message' | 'group' | 'attempt'>,
  reason: string,
): BusMessage {
  const { cause, data, epoch, key, source, time, topic, traceparent } = message;
  const digest = createHash('sha256').update(signedText(message)).digest('hex').slice(0, 32);
  const id = `dead-letter/${group}/${digest}`;
  const body: DeadLetterMessage = {
    message: {
      topic,
      key,
      id: message.id,
      source,
      epoch,
      time,
      cause,
      traceparent: traceparent ?? null,
      data,
    },
    group,
    attempts,
    reason,
  };
  return {
    topic: DEAD_LETTERS,
    key: group,
    id,
    source: group,
    epoch: 0,
    time,
    cause: message.id,
    data: encodeJson(body),
    ...(traceparent === undefined ? {} : { traceparent: traceWithin(traceparent, id) }),
  };
}
