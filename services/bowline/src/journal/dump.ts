import { encodeJson } from '@bowline/contracts';
import { decodeMessages, decodeRecord } from '@bowline/engine';
import type { StoredRecord } from '@bowline/ports';

/** A record as one line of JSON. */
export function dumpLine(shard: string, stored: StoredRecord): string {
  const { record, sequence } = stored;
  return `${runnerLine(shard, stored) ?? JSON.stringify({ shard, sequence, record })}\n`;
}

/** Null where it is no record of a runner: an exchange's journal holds others. */
function runnerLine(shard: string, { record, sequence }: StoredRecord): string | null {
  try {
    const { at, envelope, events, messages, settled } = decodeRecord(record);
    const head = encodeJson({
      shard,
      sequence,
      at: new Date(at).toISOString(),
      ...envelope,
      settled,
      events,
    });
    // The bodies are JSON already.
    const told = decodeMessages(messages).map(
      ({ data, key, topic }) => `{"topic":${encodeJson(topic)},"key":${encodeJson(key)},"body":${data}}`,
    );
    return `${head.slice(0, -1)},"messages":[${told.join(',')}]}`;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError)
      return null;
    throw error;
  }
}
