export interface RedisJournalOptions {
  /** `redis://user:password@host:6379`, `rediss://` over TLS. A single server or what stands for one; no cluster. */
  readonly url: string;
  /** Names the store: one process, one store, as one process has one folder. Its keys are `bowline:journal:{NAME}:...`. */
  readonly name: string;
  /**
   * The epoch of the lease under which the store is opened; one that is lower than a former opening's is refused. Absent:
   * that of the last opening and one more.
   */
  readonly epoch?: number;
  /** The store has to be there already: a server that knows nothing of it is an error rather than a new store. */
  readonly mustExist?: boolean;
  /** After so long without an answer from Redis a connection is given up for a new one; 5,000. */
  readonly timeoutMs?: number;
  /** After so long without any answer, over however many connections, the store fails for good; 30,000. */
  readonly giveUpAfterMs?: number;
  /** Hears where the server is not set up to keep what it confirms; `process.emitWarning` where nobody listens. */
  readonly onWarning?: (message: string) => void;
}

export type Settings = Required<Omit<RedisJournalOptions, 'epoch'>> & { readonly epoch: number | null };

export function settingsOf(options: RedisJournalOptions): Settings {
  const { epoch = null, name } = options;
  if (name === '') throw new RangeError('name is empty: a store of journals needs a name');
  if (epoch !== null && !(Number.isSafeInteger(epoch) && epoch >= 1)) {
    throw new RangeError(`epoch is ${epoch}: it must be a whole number from 1 on`);
  }
  return {
    mustExist: false,
    timeoutMs: 5000,
    giveUpAfterMs: 30_000,
    onWarning: (message) => process.emitWarning(message),
    ...options,
    epoch,
  };
}
