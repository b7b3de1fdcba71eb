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

/** What a writer has said, and was told by Redis. */
export class Writer {
  readonly lines: string[] = [];
  readonly ended: Promise<unknown>;
  private problems = '';
  private half = '';
  private waits: (() => void)[] = [];

  constructor(private readonly child: ChildProcessByStdio<null, Readable, Readable>) {
    child.stdout.on('data', (chunk: Buffer) => this.read(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.problems += chunk.toString()));
    this.ended = once(child, 'close').then(() => this.wake());
  }

  /** Resolves once it has said so many lines. */
  async said(lines: number): Promise<void> {
    while (this.lines.length < lines) {
      if (this.child.exitCode !== null) throw new Error(`the writer has ended: ${this.problems}`);
      await new Promise<void>((resolve) => {
        this.waits.push(resolve);
      });
    }
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private read(text: string): void {
    const lines = (this.half + text).split('\n');
    this.half = lines.pop()!;
    this.lines.push(...lines);
    this.wake();
  }

  private wake(): void {
    const { waits } = this;
    this.waits = [];
    for (const look of waits) look();
  }
}

/**
 * A process that opens the journals of a store and appends to all shards without end, snapshots now and then; after each
 * record that was acknowledged it prints its shard and number.
 */
export function spawnWriter(url: string, name: string): Writer {
  if (!existsSync(BUILT)) throw new Error(`${BUILT} is not built: npm run build`);
  const args = ['--input-type=module', '-e', PROGRAM, BUILT, url, name, ...WRITER_SHARDS];
  return new Writer(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Lines are written synchronously: what the process has printed is read even when it is killed right after. */
const PROGRAM = `
import { writeSync } from 'node:fs';
const [, built, url, name, ...shards] = process.argv;
const recordOf = ${recordOf.toString()};
const { openRedisJournals } = await import(built);
const store = await openRedisJournals({ url, name });
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
      await journal.saveSnapshot(last, 'state ' + recordOf(shard, last), Math.max(0, last - 20));
      writeSync(1, shard + ' snapshot ' + last + '\\n');
    }
    await Promise.all(appends);
  }
}
await Promise.all(shards.map(write));
`;
