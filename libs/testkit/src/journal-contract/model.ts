import { expect } from '@jest/globals';
import type { Journal, JournalStore, StoredSnapshot } from '@bowline/ports';
import fc from 'fast-check';
import type { JournalsUnderTest } from '../journal-contract.js';
import { recordsAfter } from './records-after.js';

/** What can be done with journals, in any order. */
type Step =
  | { readonly kind: 'append'; readonly shard: string; readonly records: readonly string[] }
  /** Of the last record less `behind`, forgetting what lies `kept` records before that. */
  | { readonly kind: 'snapshot'; readonly shard: string; readonly behind: number; readonly kept: number }
  | { readonly kind: 'settle' }
  | { readonly kind: 'reopen' };

const shard = fc.constantFrom('a', 'b', 'c');
const record = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.nat(6_000).map((length) => 'x'.repeat(length)) },
);

/** Steps to try. */
export const journalSteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append'),
        shard,
        records: fc.array(record, { maxLength: 9 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('snapshot'), shard, behind: fc.nat(3), kept: fc.nat(3) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen') }) },
  ),
  { maxLength: 25 },
) as fc.Arbitrary<readonly Step[]>;

/** What one shard should hold. */
class Model {
  readonly records: string[] = [];
  snapshot: StoredSnapshot | null = null;
  forgotten = 0;
}

/** Does the steps to journals and to lists in memory, and compares after each time that the journals were opened. */
export async function checkAgainstModel(journals: JournalsUnderTest, steps: readonly Step[]): Promise<void> {
  const models = new Map(['a', 'b', 'c'].map((name) => [name, new Model()]));
  let store = await journals.open();
  let opened = open(store, models);
  let pending: Promise<void>[] = [];
  const settle = async (): Promise<void> => {
    await Promise.all(pending);
    pending = [];
  };
  for (const step of [...steps, { kind: 'reopen' } as const]) {
    if (step.kind === 'append') {
      for (const text of step.records) {
        const { records } = models.get(step.shard)!;
        pending.push(opened.get(step.shard)!.append(records.push(text), text));
      }
    } else if (step.kind === 'snapshot') {
      pending.push(...takeSnapshot(opened.get(step.shard)!, models.get(step.shard)!, step));
    } else {
      await settle();
      if (step.kind === 'settle') continue;
      store = await journals.reopen(store);
      opened = open(store, models);
      for (const [name, model] of models) await compare(opened.get(name)!, model);
    }
  }
  await store.close();
}

function open(store: JournalStore, models: ReadonlyMap<string, Model>): ReadonlyMap<string, Journal> {
  const used = [...models].filter(([, { records, snapshot }]) => records.length > 0 || snapshot !== null);
  expect(store.shards()).toEqual(used.map(([name]) => name));
  return new Map([...models.keys()].map((name) => [name, store.journal(name)]));
}

function takeSnapshot(
  journal: Journal,
  model: Model,
  { behind, kept }: { readonly behind: number; readonly kept: number },
): Promise<void>[] {
  const sequence = Math.max(0, model.records.length - behind);
  if (sequence < (model.snapshot?.sequence ?? 0)) return [];
  const forgetTo = Math.max(0, sequence - kept);
  model.snapshot = { sequence, snapshot: `state after ${sequence}: ${model.records.at(sequence - 1)}` };
  model.forgotten = Math.max(model.forgotten, forgetTo);
  return [journal.saveSnapshot(sequence, model.snapshot.snapshot, forgetTo)];
}

async function compare(journal: Journal, { forgotten, records, snapshot }: Model): Promise<void> {
  expect(journal.sequence).toBe(records.length);
  expect(await journal.loadSnapshot()).toEqual(snapshot);
  // Of what may be forgotten there is nothing, a part up to its end, or all.
  const kept = await recordsAfter(journal, 0);
  const first = records.length - kept.length + 1;
  expect(first).toBeLessThanOrEqual(forgotten + 1);
  const expected = records.slice(first - 1).map((text, at) => ({ sequence: first + at, record: text }));
  expect(kept).toEqual(expected);
  expect(await recordsAfter(journal, forgotten)).toEqual(expected.slice(forgotten + 1 - first));
}
