import type { Bus, Clock, JournalStore, Lease } from '@bowline/ports';
import type { RunnerObserver } from '../runner/options.js';
import { Runner } from '../runner/runner.js';
import type { Envelope, Role } from '../runner/role.js';

/** What every shard of a process runs on. */
export interface ShardRuntime {
  readonly bus: Bus;
  readonly journals: JournalStore;
  readonly clock: Clock;
  readonly observer: RunnerObserver;
  readonly snapshotEvery?: number;
  /**
   * The lease under which a shard of this process runs. Absent, or null: whoever holds the journals may run it.
   */
  readonly leaseOf?: (shard: string) => Lease | null;
}

/**
 * The epoch of a start. Each one takes a higher one of both, so the higher of the two rises as well: also where a shard
 * had no lease before, and where one of them has lost count.
 */
export function shardEpoch(
  journals: Pick<JournalStore, 'epoch'>,
  lease: Pick<Lease, 'epoch'> | null,
): number {
  return Math.max(journals.epoch, lease?.epoch ?? 0);
}

/** Opens one shard: its state is then what its journal says. */
export function openShard<State, Input, Event, Effect>(
  { bus, clock, journals, leaseOf, observer, snapshotEvery }: ShardRuntime,
  shard: string,
  role: Role<State, Input, Event, Effect>,
  perform: (effect: Effect, cause: Envelope) => void,
): Promise<Runner<State, Input, Event, Effect>> {
  const lease = leaseOf?.(shard) ?? null;
  return Runner.open({
    shard,
    role,
    journal: journals.journal(shard),
    bus,
    clock,
    epoch: shardEpoch(journals, lease),
    lease,
    perform,
    observer,
    ...(snapshotEvery === undefined ? {} : { snapshotEvery }),
  });
}
