import { decodeJson } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import { LeaseError, type Journal } from '@bowline/ports';
import { Inbox, type SavedInbox } from './inbox.js';
import { decodeRecord } from './record.js';
import type { Envelope, Role } from './role.js';

/** What a snapshot keeps of a runner. */
export interface SavedRunner {
  readonly state: unknown;
  readonly inbox: SavedInbox;
  readonly settled: number;
  readonly at: TimeMs;
}

/** A record with messages that nobody has answered for yet. */
export interface UntoldRecord {
  readonly sequence: number;
  readonly cause: Envelope;
  readonly at: TimeMs;
  /** The epoch of the start that wrote it; null: it was not noted. */
  readonly told: number | null;
  /** As text (`decodeMessages`). */
  readonly messages: string;
}

/** What the journal says of a shard. */
export interface Recovered<State> {
  readonly state: State;
  readonly inbox: Inbox;
  readonly lastAt: TimeMs;
  readonly settled: number;
  /** Oldest first. */
  readonly untold: readonly UntoldRecord[];
  /** The record up to which the snapshot has everything; 0: there is none. */
  readonly snapshotAt: number;
  /** How many records were folded beside the snapshot. */
  readonly records: number;
}

/** Reads the newest snapshot and folds what came after it. Nothing is decided again. */
export async function recover<State, Input, Event, Effect>(
  journal: Pick<Journal, 'loadSnapshot' | 'readAfter'>,
  role: Role<State, Input, Event, Effect>,
  inboxWindowMs: number,
): Promise<Recovered<State>> {
  const stored = await journal.loadSnapshot();
  const saved = stored === null ? null : (decodeJson(stored.snapshot) as SavedRunner);
  const state = saved === null ? role.create() : role.load(saved.state);
  const inbox = new Inbox(inboxWindowMs, saved?.inbox);
  const snapshotAt = stored?.sequence ?? 0;
  let settled = saved?.settled ?? 0;
  let lastAt = saved?.at ?? 0;
  let records = 0;
  const untold: UntoldRecord[] = [];
  for await (const { record, sequence } of journal.readAfter(Math.min(snapshotAt, settled))) {
    const { at, envelope, events, messages, settled: settledBefore, told } = decodeRecord(record);
    if (sequence > snapshotAt) {
      for (const event of events) role.evolve(state, event as Event);
      inbox.note(envelope, at);
      lastAt = Math.max(lastAt, at);
      records += 1;
    }
    settled = Math.max(settled, settledBefore);
    while (untold.length > 0 && untold[0]!.sequence <= settled) untold.shift();
    if (messages !== '' && sequence > settled) untold.push({ sequence, cause: envelope, at, told, messages });
  }
  return { state, inbox, lastAt, settled, untold, snapshotAt, records };
}

export function staleEpoch(shard: string, epoch: number, known: number): LeaseError {
  return new LeaseError(
    'stale',
    `${shard} has run under epoch ${known} and would now run under ${epoch}, under which nobody would listen to it: ` +
      'run it with the leases that it had, or, where those have lost count, set the epoch there to the one that it had',
  );
}

export function leaseLost(shard: string): LeaseError {
  return new LeaseError(
    'lost',
    `the lease of ${shard} is lost: another process may have it, start this one again`,
  );
}
