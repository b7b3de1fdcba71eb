/** A signal of one's own. */
export interface Following {
  readonly signal: AbortSignal;
  /** Aborts it, and nothing else. */
  readonly end: () => void;
  /** Follows no more: to be called once nobody waits for it. */
  readonly letGo: () => void;
}

/**
 * A signal that is aborted with another one, or with a `TimeoutError` after so many milliseconds (null: never). Not by
 * `AbortSignal.any` over `AbortSignal.timeout`: the timeout is then held by nobody, and once it was collected it does not
 * come.
 */
export function following(other: AbortSignal, afterMs: number | null): Following {
  const own = new AbortController();
  const follow = (): void => own.abort(other.reason);
  other.addEventListener('abort', follow);
  if (other.aborted) follow();
  const timer =
    afterMs === null
      ? null
      : setTimeout(() => own.abort(new DOMException(`${afterMs} ms are over`, 'TimeoutError')), afterMs);
  return {
    signal: own.signal,
    end: () => own.abort(),
    letGo: () => {
      other.removeEventListener('abort', follow);
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Resolves once it is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
