import type { Delivery } from '@bowline/ports';
import type { LocalBusFaults } from './faults.js';

export interface LocalBusOptions {
  /** Whether a topic may be without a reader: what is published there is taken and dropped. Absent: none may. */
  readonly unread?: (topic: string) => boolean;
  /** The pause before a message comes again: `firstMs` (1), doubled each time, up to `maxMs` (1000). */
  readonly retry?: { readonly firstMs: number; readonly maxMs: number };
  /** Messages waiting for one group from which on the bus is `saturated()`; 1000. */
  readonly maxBacklog?: number;
  /** Told of every handler that fails. Absent: a warning of the process. */
  readonly onFailure?: (failure: DeliveryFailure) => void;
  /** Milliseconds that never go back, for the age of a backlog; `performance.now`. */
  readonly now?: () => number;
  /** For tests. */
  readonly faults?: LocalBusFaults;
}

export interface DeliveryFailure {
  readonly delivery: Delivery;
  /** What the handler threw. */
  readonly error: unknown;
  /** Null: not before there is another subscription, or, where it was acknowledged or the bus closes, not at all. */
  readonly retryInMs: number | null;
}

/** What is done with a failure where nobody else wants to know. */
export function warnOf({ delivery, error, retryInMs }: DeliveryFailure): void {
  const { attempt, group, message } = delivery;
  const again = retryInMs === null ? 'it is not tried again' : `it comes again in ${retryInMs} ms`;
  process.emitWarning(
    `group ${group} failed on message ${message.id} of topic ${message.topic}, attempt ${attempt}; ${again}: ` +
      (error instanceof Error ? (error.stack ?? error.message) : String(error)),
    'BusWarning',
  );
}
