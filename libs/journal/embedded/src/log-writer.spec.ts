import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import type { Batch } from './batch.js';
import { LogWriter } from './log-writer.js';
import type { BatchSink } from './log-writer.js';
import { ShardLog } from './shard-log.js';

/** A disk that takes as long as a test wants. */
class SlowDisk implements BatchSink {
  readonly batches: Batch[] = [];
  private readonly writes = new EventEmitter();
  private settle: { resolve: () => void; reject: (error: Error) => void }[] = [];

  write(batch: Batch): Promise<void> {
    this.batches.push(batch);
    return new Promise((resolve, reject) => {
      this.settle.push({ resolve, reject });
      this.writes.emit('write');
    });
  }

  /** Waits for a write, if none is on its way. */
  async asked(): Promise<void> {
    if (this.settle.length === 0) await once(this.writes, 'write');
  }

  async finish(): Promise<void> {
    await this.asked();
    this.settle.shift()!.resolve();
  }

  async fail(error: Error): Promise<void> {
    await this.asked();
    this.settle.shift()!.reject(error);
  }
}

describe('group commit', () => {
  const a = new ShardLog('a', 0, 0);
  const b = new ShardLog('b', 1, 0);
  let disk: SlowDisk;
  let writer: LogWriter;
  beforeEach(() => {
    disk = new SlowDisk();
    writer = new LogWriter(disk);
  });

  it('writes what all shards append in one turn at once', async () => {
    const appends = [writer.append(a, 1, 'one'), writer.append(b, 1, 'one'), writer.append(a, 2, 'two')];
    await disk.finish();
    await Promise.all(appends);
    expect(disk.batches).toHaveLength(1);
  });

  it('gathers what comes while a write is on its way, and writes it next', async () => {
    const first = writer.append(a, 1, 'one');
    await disk.asked();
    const rest = [2, 3, 4].map((number) => writer.append(a, number, 'later'));
    expect(disk.batches).toHaveLength(1);
    await disk.finish();
    await first;
    await disk.finish();
    await Promise.all(rest);
    expect(disk.batches).toHaveLength(2);
  });

  it('acknowledges nothing before its own write is finished', async () => {
    let acknowledged = 0;
    const first = writer.append(a, 1, 'one').then(() => (acknowledged += 1));
    await disk.asked();
    const second = writer.append(a, 2, 'two').then(() => (acknowledged += 1));
    expect(acknowledged).toBe(0);
    await disk.finish();
    await first;
    await disk.asked();
    expect(acknowledged).toBe(1);
    await disk.finish();
    await second;
  });

  it('splits what is too large for one write', async () => {
    const large = 'x'.repeat(400_000);
    const appends = [1, 2, 3, 4, 5].map((number) => writer.append(a, number, large));
    await disk.finish();
    await disk.finish();
    await Promise.all(appends);
    expect(disk.batches.map(({ length }) => Math.round(length / large.length))).toEqual([3, 2]);
  });

  it('flushes up to what was appended last', async () => {
    await writer.flush();
    const append = writer.append(a, 1, 'one');
    await disk.asked();
    const flushed = [writer.flush()];
    const late = writer.append(a, 2, 'two');
    flushed.push(writer.flush());
    await disk.finish();
    await Promise.all([append, flushed[0]]);
    await disk.finish();
    await Promise.all([late, flushed[1]]);
  });

  it('refuses all that waits, and all that comes, once a write has failed', async () => {
    const appends = [writer.append(a, 1, 'x'.repeat(2_000_000))];
    await disk.asked();
    appends.push(writer.append(a, 2, 'y'.repeat(2_000_000)), writer.append(b, 1, 'small'));
    const outcomes = Promise.allSettled(appends);
    await disk.fail(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
    const failed = { kind: 'failed', message: expect.stringContaining('EIO: i/o error') };
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: failed });
    }
    await expect(writer.append(b, 2, 'after')).rejects.toMatchObject(failed);
    await expect(writer.flush()).rejects.toMatchObject(failed);
    expect(disk.batches).toHaveLength(1);
  });

  it.each(['ENOSPC', 'EDQUOT'])('says so when the disk is full (%s)', async (code) => {
    const append = writer.append(a, 1, 'one');
    const outcome = expect(append).rejects.toMatchObject({ kind: 'full' });
    await disk.fail(Object.assign(new Error('no space left on device'), { code }));
    await outcome;
  });
});
