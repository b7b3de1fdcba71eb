import type { TimeMs } from '@bowline/domain';

/** Who sends signals, and what is known of a request of theirs beside its body. */
export interface Sender {
  /** Whose signals are counted together. */
  readonly source: string;
  /** Whose signals it may send; null: everybody's. */
  readonly strategies: readonly string[] | null;
  /**
   * The sender's name of the request, the same at every attempt to deliver it: stands for the time in the id of a signal
   * that has neither. Null: it has none.
   */
  readonly requestId: string | null;
  /** Null: it is sent now. */
  readonly recorded: Recorded | null;
  /** W3C trace context of the request, as it came: what is not valid counts as absent. */
  readonly traceparent?: string | undefined;
}

/**
 * What was written down, and may be read again long after: how long it may enter counts from its own time, so that
 * nothing acts again once its receiver has forgotten its id.
 */
export interface Recorded {
  /** When it was written, for a signal that has no time of its own; null: then it needs one. */
  readonly at: TimeMs | null;
}

/** Whoever sends, unsigned. */
export function anybody(source: string): Sender {
  return { source, strategies: null, requestId: null, recorded: null };
}
