import { expect, it } from '@jest/globals';
import { recordsAfter } from '@bowline/testkit';
import { journalSuite } from './journal-suite.spec-support.js';
import type { JournalSuite } from './journal-suite.spec-support.js';
import { recordOf, spawnWriter, WRITER_SHARDS } from './writer.spec-support.js';

/** The highest numbers that were acknowledged of a shard. */
interface Acknowledged {
  record: number;
  snapshot: number;
}

journalSuite('journals in Redis, under load', (suite) => {
  it('have every record that was acknowledged, and nothing else, when their process is killed, 25 times', async () => {
    const acknowledged = new Map<string, Acknowledged>();
    for (let kill = 1; kill <= 25; kill += 1) {
      const writer = spawnWriter(suite.server.url, suite.name);
      await writer.said(1 + ((kill * 7919) % 400));
      await writer.kill();
      note(acknowledged, writer.lines);
      await expectAll(suite, kill * 2, acknowledged);
    }
    expect([...acknowledged.keys()].sort()).toEqual(WRITER_SHARDS);
  }, 180_000);

  it('go on with every record that was acknowledged when the server is killed, 12 times', async () => {
    const writer = spawnWriter(suite.server.url, suite.name);
    for (let kill = 1; kill <= 12; kill += 1) {
      await writer.said(writer.lines.length + 1 + ((kill * 7919) % 400));
      await suite.server.kill();
      await suite.server.resume();
    }
    await writer.said(writer.lines.length + 100);
    await writer.kill();
    const acknowledged = new Map<string, Acknowledged>();
    note(acknowledged, writer.lines);
    expect([...acknowledged.keys()].sort()).toEqual(WRITER_SHARDS);
    await expectAll(suite, 2, acknowledged);
  }, 180_000);
});

function note(acknowledged: Map<string, Acknowledged>, lines: readonly string[]): void {
  for (const line of lines) {
    const { number, shard, snapshot } =
      /^(?<shard>[abc]) (?<snapshot>snapshot )?(?<number>\d+)$/.exec(line)?.groups ?? {};
    if (shard === undefined) continue;
    const of = acknowledged.get(shard) ?? { record: 0, snapshot: 0 };
    acknowledged.set(shard, of);
    of[snapshot === undefined ? 'record' : 'snapshot'] = Number(number);
  }
}

async function expectAll(
  suite: JournalSuite,
  epoch: number,
  acknowledged: ReadonlyMap<string, Acknowledged>,
): Promise<void> {
  const store = await suite.open();
  expect(store.epoch).toBe(epoch);
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
