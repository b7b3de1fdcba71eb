import { cloudEventAttributes, readCloudEvent } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';

/** What Pub/Sub takes: a body, and attributes beside it. */
export interface WireMessage {
  readonly orderingKey: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Buffer;
}

/** Stands in the place of a message's `type`. It has no key, so that it is never held up behind one. */
export const HEARTBEAT = 'bowline.heartbeat';

const MAX_TEXT = 1024;
const MAX_MESSAGE = 9_500_000;

/** A message as Pub/Sub takes it. A `RangeError` where it would refuse it for its size. */
export function encodeMessage(message: BusMessage): WireMessage {
  const attributes: Record<string, string> = { ...cloudEventAttributes(message.topic, message) };
  for (const [name, value] of Object.entries(attributes)) {
    const bytes = Buffer.byteLength(value);
    if (bytes > MAX_TEXT) throw tooLong(message, name === 'subject' ? 'key' : name, bytes, MAX_TEXT);
  }
  const data = Buffer.from(message.data);
  if (data.length > MAX_MESSAGE) throw tooLong(message, 'body', data.length, MAX_MESSAGE);
  // Without an ordering key there is no order. That of the empty key may be shared.
  return { orderingKey: message.key || '-', attributes, data };
}

/** Null where it is no message of ours. */
export function decodeMessage(
  topic: string,
  { attributes, data }: { readonly attributes: Readonly<Record<string, string>>; readonly data: Buffer },
): BusMessage | null {
  const read = readCloudEvent(attributes, data.toString());
  return read === null ? null : { topic, ...read };
}

export function heartbeat(): Omit<WireMessage, 'orderingKey'> {
  return { attributes: { type: HEARTBEAT, time: new Date().toISOString() }, data: Buffer.alloc(0) };
}

function tooLong({ id, topic }: BusMessage, what: string, bytes: number, most: number): RangeError {
  return new RangeError(
    `message ${id.slice(0, 100)} of topic ${topic}: its ${what} is ${bytes} bytes long, Pub/Sub takes ${most}`,
  );
}
