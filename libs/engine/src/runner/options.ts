import type { Bus, Clock, Journal, Lease } from '@bowline/ports';
import type { DeadLetter, Envelope, Role } from './role.js';

export interface RunnerOptions<State, Input, Event, Effect> {
  /** Names the shard, as its journal does. */
  readonly shard: string;
  readonly role: Role<State, Input, Event, Effect>;
  readonly journal: Journal;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  /** Of the lease under which this process may write: stands in every message. Higher than that of any start before. */
  readonly epoch: number;
  /** Once it is lost, the shard stops. Absent, or null: whoever has the journal may write. */
  readonly lease?: Lease | null;
  /** Carries an effect out. Called once its record is durable, in order, and never twice; not after `stop`. */
  readonly perform: (effect: Effect, cause: Envelope) => void;
  readonly observer: RunnerObserver;
  /** How long an id is remembered. Default one hour. */
  readonly inboxWindowMs?: number;
  /** Records between two snapshots. Default 20,000. */
  readonly snapshotEvery?: number;
  /** Tries of a message that always fails, before it is put aside or stops the shard. Default 5. */
  readonly maxAttempts?: number;
}

/** Told of what shows nowhere in the messages: for metrics and logs. */
export interface RunnerObserver {
  appended(shard: string, milliseconds: number): void;
  duplicate(shard: string): void;
  fenced(shard: string, envelope: Envelope): void;
  parked(letter: DeadLetter, envelope: Envelope): void;
  /** A message that must not be skipped fails; null: it went through after all. */
  quarantined(shard: string, error: Error | null): void;
  /** The journal refuses, or the lease is lost: the shard has stopped. */
  stopped(shard: string, error: Error): void;
  recovered(shard: string, records: number, milliseconds: number): void;
}
