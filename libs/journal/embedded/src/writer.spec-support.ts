import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** The shards that the writer appends to. */
export const WRITER_SHARDS = ['a', 'b', 'c'] as const;

/** What a record says: which it is, so that one that was invented or mixed up is recognized. */
export function recordOf(shard: string, sequence: number): string {
  return `${shard} ${sequence} `.repeat(1 + ((sequence * 7919) % 60));
}

const BUILT = join(import.meta.dirname, '..', 'dist', 'index.js');

type Writer = ChildProcessByStdio<null, Readable, Readable>;

/**
 * A process that opens the journals of a folder, says `open`, and appends to all shards without end, snapshots now and
 * then; after each record that was acknowledged it prints its shard and number.
 */
export function spawnWriter(folder: string): Writer {
  if (!existsSync(BUILT)) throw new Error(`${BUILT} is not built: npm run build`);
  const args = ['--input-type=module', '-e', PROGRAM, BUILT, folder, ...WRITER_SHARDS];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The same, once it has opened the journals. */
export async function startWriter(folder: string): Promise<Writer> {
  const writer = spawnWriter(folder);
  let problems = '';
  writer.stderr.on('data', (text: Buffer) => (problems += text.toString()));
  await Promise.race([
    once(writer.stdout, 'readable'),
    once(writer, 'close').then(() => {
      throw new Error(`the writer has ended: ${problems}`);
    }),
  ]);
  return writer;
}

/** Lines are written synchronously: what the process has printed is read even when it is killed right after. */
const PROGRAM = `
import { writeSync } from 'node:fs';
const [, built, folder, ...shards] = process.argv;
const recordOf = ${recordOf.toString()};
const { openEmbeddedJournals } = await import(built);
const store = await openEmbeddedJournals(folder, { segmentBytes: 65_536, onWarning: () => undefined });
writeSync(1, 'open\\n');
async function write(shard, at) {
  const journal = store.journal(shard);
  for (;;) {
    const sequence = journal.sequence + 1;
    const appends = [];
    for (let number = sequence; number <= sequence + at; number += 1) {
      appends.push(journal.append(number, recordOf(shard, number)).then(() => writeSync(1, shard + ' ' + number + '\\n')));
    }
    if (sequence % 50 < 3) {
      const last = journal.sequence;
      await journal.saveSnapshot(last, 'state ' + recordOf(shard, last), last - 20);
      writeSync(1, shard + ' snapshot ' + last + '\\n');
    }
    await Promise.all(appends);
  }
}
await Promise.all(shards.map(write));
`;
