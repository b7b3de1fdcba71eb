import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdirSync, watch } from 'node:fs';
import type { Readable } from 'node:stream';
import { recordsAfter } from '@bowline/testkit';
import { openEmbeddedJournals } from './index.js';
import { StoreFolders } from './store-folder.spec-support.js';
import { recordOf, spawnWriter, startWriter, WRITER_SHARDS } from './writer.spec-support.js';

const folders = new StoreFolders();
const KILLS = 60;

describe('a process that is killed while it appends', () => {
  it(`leaves every record that was acknowledged, and nothing else, ${KILLS} times`, async () => {
    const folder = folders.next();
    const acknowledged = new Map<string, Acknowledged>();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const writer = await startWriter(folder);
      const lines = linesOf(writer.stdout, (kill * 7919) % 400);
      await lines.enough;
      writer.kill('SIGKILL');
      await once(writer, 'close');
      for (const line of lines.all()) note(acknowledged, line);
      await expectAll(folder, kill * 2, acknowledged);
    }
    expect([...acknowledged.keys()].sort()).toEqual(WRITER_SHARDS);
  }, 180_000);

  it('opens again wherever it was killed while it opened', async () => {
    const folder = folders.next();
    mkdirSync(folder);
    const acknowledged = new Map<string, Acknowledged>();
    for (let change = 1; change <= 40; change += 1) {
      const writer = spawnWriter(folder);
      const lines = linesOf(writer.stdout, Infinity);
      const closed = once(writer, 'close');
      let left = change;
      const watcher = watch(folder, () => {
        left -= 1;
        if (left === 0) writer.kill('SIGKILL');
      });
      await closed;
      watcher.close();
      for (const line of lines.all()) note(acknowledged, line);
      await expectAll(folder, null, acknowledged);
    }
    expect([...acknowledged.keys()].sort()).toEqual(WRITER_SHARDS);
  }, 180_000);
});

/** The highest numbers that were acknowledged of a shard. */
interface Acknowledged {
  record: number;
  snapshot: number;
}

function note(acknowledged: Map<string, Acknowledged>, line: string): void {
  const { number, shard, snapshot } =
    /^(?<shard>[abc]) (?<snapshot>snapshot )?(?<number>\d+)$/.exec(line)?.groups ?? {};
  if (shard === undefined) return;
  const of = acknowledged.get(shard) ?? { record: 0, snapshot: 0 };
  acknowledged.set(shard, of);
  of[snapshot === undefined ? 'record' : 'snapshot'] = Number(number);
}

async function expectAll(
  folder: string,
  epoch: number | null,
  acknowledged: ReadonlyMap<string, Acknowledged>,
): Promise<void> {
  const store = await openEmbeddedJournals(folder, { onWarning: () => undefined });
  if (epoch !== null) expect(store.epoch).toBe(epoch);
  for (const [shard, { record, snapshot }] of acknowledged) {
    const journal = store.journal(shard);
    expect(journal.sequence).toBeGreaterThanOrEqual(record);
    const kept = await recordsAfter(journal, 0);
    const first = kept[0]?.sequence ?? journal.sequence + 1;
    expect(kept).toEqual(
      Array.from({ length: journal.sequence - first + 1 }, (_, at) => ({
        sequence: first + at,
        record: recordOf(shard, first + at),
      })),
    );
    const stored = await journal.loadSnapshot();
    expect(stored?.sequence ?? 0).toBeGreaterThanOrEqual(snapshot);
    expect(stored?.snapshot ?? '').toBe(stored === null ? '' : `state ${recordOf(shard, stored.sequence)}`);
    expect(first).toBeLessThanOrEqual((stored?.sequence ?? 0) + 1);
  }
  await store.close();
}

/** What a process prints, and a promise for the time when it has printed some lines more. */
function linesOf(stdout: Readable, some: number): { enough: Promise<void>; all: () => readonly string[] } {
  let text = '';
  const enough = new Promise<void>((resolve) => {
    stdout.on('close', resolve);
    stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.split('\n').length > some) resolve();
    });
  });
  return { enough, all: () => text.split('\n').slice(0, -1) };
}
