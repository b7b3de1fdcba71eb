import { SIGNAL_LIFE_MIN } from '@bowline/contracts';

/** What ingest takes at most. */
export interface IngestLimits {
  /** Signals of one source a second, in the long run. */
  readonly signalsPerSecond: number;
  /** Signals of one source at once. */
  readonly burst: number;
  /** Signals that wait for one client, from which on no more are taken. */
  readonly maxBacklog: number;
  /** How long a request waits for the bus. */
  readonly confirmWithinMs: number;
  /** How far a signal's time, by the desk's clock, may lie ahead. */
  readonly maxAheadMs: number;
  /** How long a signal that does not say so may enter. */
  readonly defaultLifeMs: number;
  /** The longest that one may ask for: shorter than the time for which its receiver knows its id. */
  readonly maxLifeMs: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export const INGEST_LIMITS: IngestLimits = {
  signalsPerSecond: 500,
  burst: 2000,
  maxBacklog: 1000,
  confirmWithinMs: 10 * SECOND_MS,
  maxAheadMs: 5 * MINUTE_MS,
  defaultLifeMs: SIGNAL_LIFE_MIN.default * MINUTE_MS,
  maxLifeMs: SIGNAL_LIFE_MIN.most * MINUTE_MS,
};
