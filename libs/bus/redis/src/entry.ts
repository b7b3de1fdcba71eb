import { cloudEventAttributes, readCloudEvent } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';

/**
 * The fields of a stream's entry: the attributes of a message as a CloudEvent, and its body. The last three are absent
 * where a message has none. The topic is the stream's name.
 */
export const FIELDS = [
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'epoch',
  'data',
  'cause',
  'traceparent',
  'signature',
] as const;

/** From here on a field without a value is absent. */
export const OPTIONAL_FROM = FIELDS.indexOf('cause');

/** A message as the values of the fields; the empty text for one that it has not. */
export function encodeEntry(message: BusMessage): string[] {
  const attributes = cloudEventAttributes(message.topic, message);
  return FIELDS.map((name) => (name === 'data' ? message.data : (attributes[name] ?? '')));
}

/** Null where the fields are not those of a message. */
export function decodeEntry(topic: string, fields: readonly string[]): BusMessage | null {
  const by: Partial<Record<string, string>> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) by[fields[at]!] = fields[at + 1]!;
  const read = by['data'] === undefined ? null : readCloudEvent(by, by['data']);
  return read === null ? null : { topic, ...read };
}
