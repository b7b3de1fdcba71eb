import { decodeJson, encodeJson } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import type { Envelope, OutgoingMessage } from './role.js';

/** One handled input as the journal keeps it: who sent it, what was decided, what is to be told. */
export interface RunnerRecord {
  readonly envelope: Envelope;
  readonly at: TimeMs;
  /** Everything told by records up to this one has reached its groups. */
  readonly settled: number;
  readonly events: readonly unknown[];
  /** Of the start that wrote it: stands in the ids of its messages. Null in records of versions that did not know it. */
  readonly told: number | null;
  /** As text, since a restart needs the last ones only (`decodeMessages`); empty: none. */
  readonly messages: string;
}

/** A message beside its text, which is made once for the journal and the bus. */
export interface EncodedMessage {
  readonly topic: string;
  readonly key: string;
  readonly data: string;
}

export function encodeMessages(messages: readonly OutgoingMessage[]): EncodedMessage[] {
  return messages.map(({ topic, key, body }) => ({ topic, key, data: encodeJson(body) }));
}

/** The text of a record, in lines of JSON: its head, its events, and for each message where it goes, and its body. */
export function encodeRecord(
  { id, source, epoch, time, topic, traceparent }: Envelope,
  at: TimeMs,
  settled: number,
  events: readonly unknown[],
  messages: readonly EncodedMessage[],
  told: number,
): string {
  const head = [id, source, epoch, topic, at, settled, time ?? null, traceparent ?? null, told];
  let text = `${encodeJson(head)}\n${encodeJson(events)}`;
  for (const { data, key, topic: name } of messages) text += `\n${encodeJson([name, key])}\n${data}`;
  return text;
}

type Head = readonly [
  id: string,
  source: string,
  epoch: number,
  topic: string,
  at: number,
  settled: number,
  // What follows is absent in records of versions that did not know it.
  time?: number | null,
  traceparent?: string | null,
  told?: number,
];

export function decodeRecord(text: string): RunnerRecord {
  const headEnd = text.indexOf('\n');
  const eventsEnd = text.indexOf('\n', headEnd + 1);
  const [id, source, epoch, topic, at, settled, time = null, traceparent = null, told = null] = decodeJson(
    text.slice(0, headEnd),
  ) as Head;
  const events = eventsEnd < 0 ? text.slice(headEnd + 1) : text.slice(headEnd + 1, eventsEnd);
  return {
    envelope: {
      ...{ id, source, epoch, topic },
      ...(time === null ? {} : { time }),
      ...(traceparent === null ? {} : { traceparent }),
    },
    at,
    settled,
    told,
    events: decodeJson(events) as readonly unknown[],
    messages: eventsEnd < 0 ? '' : text.slice(eventsEnd + 1),
  };
}

/** The messages of a record, with their bodies as they were encoded. */
export function decodeMessages(text: string): EncodedMessage[] {
  if (text === '') return [];
  const lines = text.split('\n');
  const messages: EncodedMessage[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    const [topic, key] = decodeJson(lines[at]!) as readonly [topic: string, key: string];
    messages.push({ topic, key, data: lines[at + 1]! });
  }
  return messages;
}
