import type { RunnerObserver } from '@bowline/engine';

/** What has gone wrong inside, in order. */
export interface Incident {
  readonly shard: string;
  readonly what: 'fenced' | 'parked' | 'quarantined' | 'stopped' | 'duplicate';
  readonly error: string | null;
}

/** Keeps what happens to the runners. */
export function incidentsInto(incidents: Incident[]): RunnerObserver {
  const note = (shard: string, what: Incident['what'], error: Error | null = null) =>
    incidents.push({ shard, what, error: error === null ? null : (error.stack ?? error.message) });
  return {
    appended: () => undefined,
    recovered: () => undefined,
    duplicate: (shard) => note(shard, 'duplicate'),
    fenced: (shard) => note(shard, 'fenced'),
    parked: ({ error, shard }) => note(shard, 'parked', new Error(error)),
    quarantined: (shard, error) => note(shard, 'quarantined', error),
    stopped: (shard, error) => note(shard, 'stopped', error),
  };
}
