import type { TimeMs } from '@bowline/domain';

/** What a message between roles says besides its topic; a bus that leaves the process writes it down with this. */
export interface CloudEventFields {
  readonly key: string;
  readonly id: string;
  readonly source: string;
  readonly epoch: number;
  readonly time: TimeMs;
  readonly cause: string | null;
  readonly traceparent?: string;
  readonly signature?: string;
  readonly data: string;
}

/**
 * The attributes of CloudEvents 1.0, our extensions `epoch`, `cause` and `signature`, and the W3C trace context. The last
 * three are absent where a message has none.
 */
export interface CloudEventAttributes {
  readonly specversion: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The message's key. */
  readonly subject: string;
  readonly time: string;
  readonly epoch: string;
  readonly cause?: string;
  readonly traceparent?: string;
  readonly signature?: string;
}

export function cloudEventAttributes(topic: string, fields: CloudEventFields): CloudEventAttributes {
  const { cause, epoch, id, key, signature, source, time, traceparent } = fields;
  return {
    specversion: '1.0',
    id,
    source,
    type: typeOf(topic),
    subject: key,
    time: new Date(time).toISOString(),
    epoch: String(epoch),
    ...(cause === null ? {} : { cause }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(signature === undefined ? {} : { signature }),
  };
}

/** Null where the attributes are not those of a message. Attributes of others are no harm. */
export function readCloudEvent(
  attributes: Readonly<Partial<Record<string, string>>>,
  data: string,
): CloudEventFields | null {
  const { cause = null, id, signature, source, specversion, subject: key, traceparent } = attributes;
  const time = Date.parse(attributes['time'] ?? '');
  const epoch = Number(attributes['epoch'] || Number.NaN);
  if (specversion !== '1.0' || id === undefined || source === undefined || key === undefined) return null;
  if (Number.isNaN(time) || !Number.isSafeInteger(epoch)) return null;
  return {
    ...{ key, id, source, epoch, time, cause, data },
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(signature === undefined ? {} : { signature }),
  };
}

/** What a topic is about stands before the dot, whose it is behind: `signals.ikenna` is of type `bowline.signals`. */
function typeOf(topic: string): string {
  const dot = topic.indexOf('.');
  return `bowline.${dot === -1 ? topic : topic.slice(0, dot)}`;
}
