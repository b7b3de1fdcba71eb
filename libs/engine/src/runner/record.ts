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
  readonly messages: readonly OutgoingMessage[];
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

/** The text of a record: the messages' texts are put into it as they are. */
export function encodeRecord(
  { id, source, epoch, topic }: Envelope,
  at: TimeMs,
  settled: number,
  events: readonly unknown[],
  messages: readonly EncodedMessage[],
): string {
  const head = encodeJson([id, source, epoch, topic, at, settled]);
  let told = '';
  for (const { data, key, topic: name } of messages) {
    told += `${told === '' ? '' : ','}[${encodeJson(name)},${encodeJson(key)},${data}]`;
  }
  return `[${head},${encodeJson(events)},[${told}]]`;
}

type Stored = readonly [
  head: readonly [id: string, source: string, epoch: number, topic: string, at: number, settled: number],
  events: readonly unknown[],
  messages: readonly (readonly [topic: string, key: string, body: unknown])[],
];

export function decodeRecord(text: string): RunnerRecord {
  const [head, events, messages] = decodeJson(text) as Stored;
  const [id, source, epoch, topic, at, settled] = head;
  return {
    envelope: { id, source, epoch, topic },
    at,
    settled,
    events,
    messages: messages.map(([name, key, body]) => ({ topic: name, key, body })),
  };
}
