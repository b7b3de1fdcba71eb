import { BusError } from '@bowline/ports';

export function unreadError(topic: string): BusError {
  return new BusError(
    'unread',
    `topic ${topic} has no group in Redis, so the message would be lost: name its readers in \`groups\`, subscribe ` +
      'before publishing, or declare it unread',
  );
}

export function closedError(topic: string): BusError {
  return new BusError('closed', `the bus is closed: topic ${topic} takes and gives no more messages`);
}

/** It may have reached Redis, or not: whoever has a journal tells it again. */
export function unansweredError(topic: string): BusError {
  return new BusError(
    'closed',
    `the bus was closed before Redis had answered for a message of topic ${topic}`,
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
