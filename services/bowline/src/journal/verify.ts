import type { StoredJournals, StoredShard } from '@bowline/journal-embedded';

export interface VerifiedShard extends StoredShard {
  /** Of those that are there. */
  readonly records: number;
  /** Characters of their texts. */
  readonly characters: number;
}

/** Reads everything that there is: opening has checked the files, this checks each record and snapshot by itself. */
export async function verifyShards(journals: StoredJournals, signal: AbortSignal): Promise<VerifiedShard[]> {
  const verified: VerifiedShard[] = [];
  for (const shard of journals.shards) {
    let records = 0;
    let characters = 0;
    for await (const { record } of journals.records(shard.shard, 0)) {
      signal.throwIfAborted();
      records += 1;
      characters += record.length;
    }
    await journals.snapshot(shard.shard);
    verified.push({ ...shard, records, characters });
  }
  return verified;
}
