import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { JournalStore } from '@bowline/ports';
import { recordsAfter, WorkFolder } from '@bowline/testkit';
import { openEmbeddedJournals } from './index.js';
import type { EmbeddedJournalOptions } from './index.js';

/** What a store gives when it is opened. */
export interface Found {
  /** By shard, the kept records from the first one on. */
  readonly records: Readonly<Record<string, readonly string[]>>;
  readonly snapshots: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/** Folders of stores, below the one of a suite. */
export class StoreFolders {
  private readonly work = new WorkFolder('journal');
  private made = 0;

  /** A new one; with a store or its remains in it where a folder is given to copy. */
  next(from?: string): string {
    this.made += 1;
    const folder = this.work.at(String(this.made));
    if (from !== undefined) cpSync(from, folder, { recursive: true });
    return folder;
  }

  /** What is in the files of a folder but its locks, by name. */
  contents(folder: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      filesOf(folder).map((name) => [name, readFileSync(join(folder, name)).toString('latin1')]),
    );
  }

  /** A store of two shards over three segments with a snapshot; as a killed process leaves it where it is not closed. */
  async filled({ close }: { readonly close: boolean }): Promise<string> {
    const folder = this.next();
    const store = await openEmbeddedJournals(folder, SMALL);
    await appendEach(store, 'a', 2, 2000);
    await appendEach(store, 'b', 3);
    await store.close();
    const again = await openEmbeddedJournals(folder, SMALL);
    const journal = again.journal('a');
    await journal.append(3, 'a 3');
    await journal.saveSnapshot(3, 'state of a after 3', 0);
    await Promise.all([journal.append(4, 'a 4'), again.journal('b').append(4, 'b 4')]);
    // What a killed process leaves is what is there while the store is open and nobody writes.
    const image = this.next(folder);
    await again.close();
    return close ? this.next(folder) : image;
  }
}

/** Opens the store, reads all of it, and closes it. */
export async function contentOf(folder: string, options: EmbeddedJournalOptions = {}): Promise<Found> {
  const warnings: string[] = [];
  const store = await openEmbeddedJournals(folder, {
    ...SMALL,
    ...options,
    onWarning: (message) => warnings.push(message),
  });
  const records: Record<string, readonly string[]> = {};
  const snapshots: Record<string, string> = {};
  try {
    for (const shard of store.shards()) {
      const journal = store.journal(shard);
      records[shard] = (await recordsAfter(journal, 0)).map(({ record }) => record);
      const snapshot = await journal.loadSnapshot();
      if (snapshot !== null) snapshots[shard] = snapshot.snapshot;
    }
  } finally {
    await store.close();
  }
  return { records, snapshots, warnings };
}

export const SMALL: EmbeddedJournalOptions = { segmentBytes: 4096 };

/** Appends `count` records of about `length` characters to a shard, one write after the other. */
export async function appendEach(
  store: JournalStore,
  shard: string,
  count: number,
  length = 10,
): Promise<readonly string[]> {
  const journal = store.journal(shard);
  const records = Array.from({ length: count }, (_, at) => `${shard} ${at + 1} ${'.'.repeat(length)}`);
  for (const record of records) await journal.append(journal.sequence + 1, record);
  return records;
}

/** Changes a file of a store. */
export function change(folder: string, name: string, edit: (bytes: Buffer) => Buffer | void): void {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  writeFileSync(path, edit(bytes) ?? bytes);
}

/** A manifest or a snapshot as another version of this program would have written it. */
export function inFormat(format: number, text: string): string {
  const [line = '', ...below] = text.split('\n');
  const name = line.replace(/ \d+ [0-9a-f]{8}$/, ` ${format}`);
  const body = below.join('\n');
  const sum = format === 1 ? crc32(body) : crc32(body, crc32(`${name}\n`));
  return `${name} ${sum.toString(16).padStart(8, '0')}\n${body}`;
}

/** The files of a store but its locks, in order. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('lock.'))
    .sort();
}

/** The number of bytes up to the last one that is not zero. */
export function usedLength(bytes: Buffer): number {
  let used = bytes.length;
  while (used > 0 && bytes[used - 1] === 0) used -= 1;
  return used;
}
