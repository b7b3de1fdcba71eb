import type { BusMessage } from '@bowline/ports';

/**
 * A message as the fields of a stream's entry: the attributes of CloudEvents 1.0 and, where there is one, the W3C trace
 * context; `epoch` and `cause` are extensions. The topic is the stream's name.
 */
export function encodeEntry(message: BusMessage): string[] {
  const { cause, data, epoch, id, key, source, time, topic, traceparent } = message;
  const fields = [
    'specversion',
    '1.0',
    'id',
    id,
    'source',
    source,
    'type',
    typeOf(topic),
    'subject',
    key,
    'time',
    new Date(time).toISOString(),
    'epoch',
    String(epoch),
  ];
  if (cause !== null) fields.push('cause', cause);
  if (traceparent !== undefined) fields.push('traceparent', traceparent);
  fields.push('data', data);
  return fields;
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
