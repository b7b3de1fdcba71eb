import { BusError } from '@bowline/ports';

export function unreadError(topic: string): BusError {
  return new BusError(
    'unread',
    `nobody reads topic ${topic}, so the message would be lost: subscribe before publishing, or declare it unread`,
  );
}

export function closedError(topic: string): BusError {
  return new BusError('closed', `the bus is closed: topic ${topic} takes and gives no more messages`);
}

export function takenError(topic: string, group: string): BusError {
  return new BusError(
    'taken',
    `group ${group} reads topic ${topic} already: close that subscription first, or name another group`,
  );
}

export function noGroupError(topic: string, group: string): BusError {
  return new BusError('unread', `there is no group ${group} on topic ${topic}: subscribe first`);
}
