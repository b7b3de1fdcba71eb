import { createHash } from 'node:crypto';
import { encodeJson } from '@bowline/contracts';
import type { StoredJournals, StoredShard } from '@bowline/journal-embedded';
import type { Fold, Folded, ReplayedJournal } from './shard-roles.js';

export interface ReplayedShard {
  readonly shard: string;
  readonly snapshotAt: number | null;
  /** Folded beside the snapshot. */
  readonly records: number;
  readonly hash: string;
  /** Of all records from the first one on; null: the first ones are not there any more. */
  readonly fullHash: string | null;
  readonly summary: string;
}

/** The state of a shard from its snapshot and what came after, and, where every record is there, from nothing. */
export async function replayShard(
  journals: StoredJournals,
  { first, shard, snapshotAt }: StoredShard,
  fold: Fold,
): Promise<ReplayedShard> {
  const journal: ReplayedJournal = {
    loadSnapshot: () => journals.snapshot(shard),
    readAfter: (sequence) => journals.records(shard, sequence),
  };
  const folded = await fold(journal);
  const full = first === 1 ? await fold({ ...journal, loadSnapshot: () => Promise.resolve(null) }) : null;
  return {
    shard,
    snapshotAt,
    records: folded.records,
    hash: hashOf(folded),
    fullHash: full === null ? null : hashOf(full),
    summary: folded.summary,
  };
}

/** Counters are left out: they count what is not recorded, too. The order of an object's fields does not matter. */
function hashOf({ saved }: Folded): string {
  const { tally: _, ...state } = saved as { readonly tally?: unknown };
  const plain: unknown = JSON.parse(encodeJson(state));
  return createHash('sha256').update(JSON.stringify(plain, sorted)).digest('hex').slice(0, 16);
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
