import type { BusMessage } from '@bowline/ports';

/**
 * The fields of a stream's entry: the attributes of CloudEvents 1.0, our extensions `epoch` and `cause`, and the W3C
 * trace context. The last two are absent where a message has none. The topic is the stream's name.
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
] as const;

/** From here on a field without a value is absent. */
export const OPTIONAL_FROM = FIELDS.indexOf('cause');

/** A message as the values of the fields; the empty text for one that it has not. */
export function encodeEntry(message: BusMessage): string[] {
  const { cause, data, epoch, id, key, source, time, topic, traceparent } = message;
  const at = new Date(time).toISOString();
  return ['1.0', id, source, typeOf(topic), key, at, String(epoch), data, cause ?? '', traceparent ?? ''];
}

/** Null where the fields are not those of a message. */
export function decodeEntry(topic: string, fields: readonly string[]): BusMessage | null {
  const by: Partial<Record<string, string>> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) by[fields[at]!] = fields[at + 1]!;
  const { cause = null, data, id, source, specversion, subject: key, traceparent } = by;
  const time = Date.parse(by['time'] ?? '');
  const epoch = Number(by['epoch'] || Number.NaN);
  if (specversion !== '1.0' || id === undefined || source === undefined || key === undefined) return null;
  if (data === undefined || Number.isNaN(time) || !Number.isSafeInteger(epoch)) return null;
  const message = { topic, key, id, source, epoch, time, cause, data };
  return traceparent === undefined ? message : { ...message, traceparent };
}

/** What a topic is about stands before the dot, whose it is behind: `signals.ikenna` is of type `bowline.signals`. */
function typeOf(topic: string): string {
  const dot = topic.indexOf('.');
  return `bowline.${dot === -1 ? topic : topic.slice(0, dot)}`;
}
