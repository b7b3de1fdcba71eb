import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import type { RefusedRow } from './live-rows.js';
import { LiveStore } from './live-store.js';
import { LiveWriter, type LiveWriterOptions } from './live-writer.js';
import { openForWriting } from './open-live.js';
import { aRow } from './rows.spec-support.js';

type Commit = LiveStore['commit'];

/** A store whose commits end when the test says so. */
class HeldStore {
  readonly commits: { rows: Parameters<Commit>[0]; seen: Parameters<Commit>[1] }[] = [];
  private ends: { resolve: (refused: readonly RefusedRow[]) => void; reject: (error: Error) => void }[] = [];

  commit: Commit = (rows, seen) => {
    this.commits.push({ rows, seen });
    return new Promise((resolve, reject) => {
      this.ends.push({ resolve, reject });
    });
  };

  /** How many rows the commit has, by table. */
  sizes(commit: number): Record<string, number> {
    return Object.fromEntries([...this.commits[commit].rows].map(([name, rows]) => [name, rows.length]));
  }

  async end(error: Error | null = null, refused: readonly RefusedRow[] = []): Promise<void> {
    const { reject, resolve } = this.ends.shift()!;
    if (error === null) resolve(refused);
    else reject(error);
    await setImmediate();
  }
}

/** Written when told to, or when full: no test waits for the clock. */
function writerOf(store: Pick<LiveStore, 'commit'>, options: Partial<LiveWriterOptions> = {}) {
  const failures: unknown[] = [];
  const refusals: RefusedRow[] = [];
  const writer = new LiveWriter(store, {
    everyMs: 3_600_000,
    onFailure: (error) => failures.push(error),
    onRefused: (refused) => refusals.push(refused),
    ...options,
  });
  const written: string[] = [];
  const add = (id: string, ...fills: string[]): Promise<void> =>
    writer.add({ fills: fills.map((tradeId) => aRow('fills', { tradeId })) }, { topic: 't', id }, () =>
      written.push(id),
    );
  return { writer, written, failures, refusals, add };
}

describe('what was added', () => {
  it('is told to be written once its batch is durable, and not before', async () => {
    const store = new HeldStore();
    const { add, writer, written } = writerOf(store);
    await add('1', 'a', 'b');
    await add('2');
    expect(store.commits).toEqual([]);
    const flushed = writer.flush();
    await add('3', 'c');
    expect(store.sizes(0)).toEqual({ fills: 2 });
    expect(store.commits[0].seen.map(({ id }) => id)).toEqual(['1', '2']);
    expect(written).toEqual([]);
    await store.end();
    expect(written).toEqual(['1', '2']);
    await store.end();
    await flushed;
    expect(written).toEqual(['1', '2', '3']);
    expect(store.commits).toHaveLength(2);
  });

  it('is written by the clock', async () => {
    const store = new HeldStore();
    const { add, writer, written } = writerOf(store, { everyMs: 1 });
    const committed = new Promise<void>((resolve) => {
      const { commit } = store;
      store.commit = (rows, seen) => {
        resolve();
        return commit(rows, seen);
      };
    });
    await add('1', 'a');
    await committed;
    await store.end();
    expect(written).toEqual(['1']);
    writer.stop();
  });

  it('is written at once when the batch is full, and one commit at a time', async () => {
    const store = new HeldStore();
    const { add } = writerOf(store, { fullAt: 3 });
    await add('1', 'a', 'b');
    expect(store.commits).toHaveLength(0);
    await add('2', 'c');
    expect(store.commits).toHaveLength(1);
    await add('3', 'd', 'e', 'f', 'g');
    expect(store.commits).toHaveLength(1);
    await store.end();
    expect(store.sizes(1)).toEqual({ fills: 4 });
    await store.end();
  });

  it('is written once, as it was last, where the same row was added several times', async () => {
    const store = await LiveStore.open(folder.at('last.duckdb'));
    const { writer } = writerOf(store);
    for (const fee of ['1', '2', '3']) {
      await writer.add({ fills: [aRow('fills', { fee })] }, null, () => undefined);
    }
    await writer.flush();
    expect((await store.history(9)).rows.fills).toEqual([aRow('fills', { fee: '3' })]);
    await store.close();
  });

  it('is written at once while somebody waits for the end', async () => {
    const store = new HeldStore();
    const { add, writer, written } = writerOf(store);
    await add('1', 'a');
    writer.hurry();
    expect(store.commits).toHaveLength(1);
    await store.end();
    await add('2', 'b');
    expect(store.commits).toHaveLength(2);
    await store.end();
    expect(written).toEqual(['1', '2']);
  });

  it('has to wait while too much does', async () => {
    const store = new HeldStore();
    const { add } = writerOf(store, { fullAt: 1, mostWaiting: 3 });
    await add('1', 'a');
    await add('2', 'b', 'c');
    let added = false;
    const adding = add('3', 'd').then(() => {
      added = true;
    });
    await setImmediate();
    expect(added).toBe(false);
    await store.end();
    await adding;
    await store.end();
  });

  it('is written without the rows that no table can hold, which are told', async () => {
    const store = new HeldStore();
    const { add, refusals, writer, written } = writerOf(store);
    await add('1', 'a', 'b');
    const flushed = writer.flush();
    const refused: RefusedRow = { table: 'fills', row: aRow('fills'), error: new RangeError('too large') };
    await store.end(null, [refused]);
    await flushed;
    expect([refusals, written]).toEqual([[refused], ['1']]);
  });

  it('is not taken any more after the end', async () => {
    const store = new HeldStore();
    const { add, writer, written } = writerOf(store, { fullAt: 1 });
    writer.stop();
    await add('1', 'a');
    await writer.flush();
    expect([store.commits, written]).toEqual([[], []]);
  });
});

describe('a batch that could not be written', () => {
  it('is kept, with what has come since on top, and its failure is told', async () => {
    const store = new HeldStore();
    const { add, failures, writer, written } = writerOf(store);
    const full = new Error('the disk is full');
    await add('1', 'a', 'b');
    const flushed = writer.flush();
    await add('2', 'b', 'c');
    const failed = expect(flushed).rejects.toBe(full);
    await store.end(full);
    await failed;
    expect([writer.failure, failures, written]).toEqual([full, [full], []]);

    const again = writer.flush();
    expect(store.sizes(1)).toEqual({ fills: 3 });
    expect(store.commits[1].seen.map(({ id }) => id)).toEqual(['1', '2']);
    await store.end();
    await again;
    expect([writer.failure, written]).toEqual([null, ['1', '2']]);
  });
});

const folder = new WorkFolder('live-writer');

describe('a process that is killed', () => {
  /** Adds fill after fill, and prints the number of each that was written. */
  const script = `
    import { LiveStore, LiveWriter } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
    const [path, template, from] = process.argv.slice(1);
    const store = await LiveStore.open(path);
    const writer = new LiveWriter(store, { everyMs: 5, fullAt: 40, onFailure: (error) => { throw error; }, onRefused: ({ error }) => { throw error; } });
    for (let n = Number(from); ; n += 1) {
      const fill = { ...JSON.parse(template), sequence: n, tradeId: 't' + n };
      await writer.add({ fills: [fill] }, { topic: 't', id: 'm' + n }, () => console.log(n));
      if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }`;

  it('has lost nothing that it told to be written, and nothing is there by half or twice', async () => {
    const path = folder.at('killed.duckdb');
    const template = JSON.stringify(aRow('fills'));
    let told = 0;
    for (const kills of [3, 40, 120]) {
      const args = ['--input-type=module', '-e', script, path, template, String(told + 1)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const lines = createInterface({ input: child.stdout });
      let heard = 0;
      lines.on('line', (line) => {
        told = Number(line);
        heard += 1;
        if (heard === kills) child.kill('SIGKILL');
      });
      await Promise.all([once(lines, 'close'), once(child, 'exit')]);

      const store = await LiveStore.open(path);
      const { rows, seen } = await store.history(1_000_000);
      await store.close();
      const numbers = rows.fills.map(({ sequence }) => sequence);
      expect(numbers.length).toBeGreaterThanOrEqual(told);
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
      expect(seen.map(({ id }) => id)).toEqual(numbers.map((n) => `m${n}`));
      // What was written and not told comes again: from here on the next process adds what is there already.
      told = Math.max(0, numbers.length - 5);
      await forget(path, told);
    }
  });

  /** The messages that come again are not known any more: only the rows' own keys keep them apart. */
  async function forget(path: string, after: number): Promise<void> {
    const { close, connection } = await openForWriting(path);
    await connection.run(`DELETE FROM seen_messages WHERE number > ${after}`);
    close();
  }
});
