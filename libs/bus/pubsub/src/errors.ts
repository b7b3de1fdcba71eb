import { BusError } from '@bowline/ports';

/** gRPC's status codes, as far as they decide something here. */
export const ALREADY_EXISTS = 6;
export const NOT_FOUND = 5;
export const PERMISSION_DENIED = 7;

const FIX = 'create it with `bowline bus init`';

export function missingTopicError(topic: string, name: string): BusError {
  return new BusError('missing', `topic ${topic} does not exist in Pub/Sub (${name}): ${FIX}`);
}

export function missingGroupError(topic: string, group: string, name: string): BusError {
  return new BusError(
    'missing',
    `group ${group} of topic ${topic} has no subscription in Pub/Sub (${name}), and would lose messages: ${FIX}`,
  );
}

export function unreadError(topic: string, name: string): BusError {
  return new BusError(
    'unread',
    `topic ${topic} has no subscription in Pub/Sub (${name}), so the message would be lost: name its groups and run ` +
      '`bowline bus init`, or declare it unread',
  );
}

export function closedError(topic: string): BusError {
  return new BusError('closed', `the bus is closed: topic ${topic} takes and gives no more messages`);
}

/** It may have reached Pub/Sub, or not: whoever has a journal tells it again. */
export function unansweredError(topic: string): BusError {
  return new BusError(
    'closed',
    `the bus was closed before Pub/Sub had answered for a message of topic ${topic}`,
  );
}

export function takenError(topic: string, group: string): BusError {
  return new BusError(
    'taken',
    `group ${group} reads topic ${topic} already: close that subscription first, or name another group`,
  );
}

export function noReaderError(topic: string, group: string): BusError {
  return new BusError('unread', `this bus does not read topic ${topic} as group ${group}: subscribe first`);
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The gRPC status of what a client of Google's has thrown; null where it has none. */
export function statusOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
}
