import type { Journal, StoredRecord } from '@bowline/ports';

/** The records after a number, read to the end. */
export async function recordsAfter(journal: Journal, sequence: number): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of journal.readAfter(sequence)) records.push(record);
  return records;
}
