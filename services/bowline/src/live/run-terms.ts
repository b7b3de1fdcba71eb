import { InputError, shardName } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import type { DeskLayout } from '@bowline/engine';
import type { JournalStore } from '@bowline/ports';
import type { MockRunOptions } from './mock-run.js';
import { readRun, type RunTerms, type StateFolder } from './state-folder.js';

/** When the virtual clock begins. */
const BEGIN: TimeMs = Date.UTC(2025, 0, 6);
const DEFAULT_SEED = 7;

/** Of the run that begins, or goes on. Throws an InputError where there is none to go on with, or not on these terms. */
export async function termsOf({
  resume,
  seed,
  state,
}: Pick<MockRunOptions, 'resume' | 'seed' | 'state'>): Promise<RunTerms> {
  if (!resume) return { seed: seed ?? DEFAULT_SEED, startTime: BEGIN };
  const terms = await readRun(state.folder);
  if (seed === null || seed === terms.seed) return terms;
  throw new InputError([
    `--seed ${seed}: the run in ${state.folder} has seed ${terms.seed}; leave --seed out, or start without --resume, which begins anew`,
  ]);
}

/**
 * What was traded before and is not configured any more would go on at the exchanges without anybody to look after it.
 *
 * @param otherwise what can be done but to put it back
 * @throws InputError
 */
export function refuseUnknown(
  journals: JournalStore,
  { accounts, channels, clients }: DeskLayout,
  { folder }: StateFolder,
  otherwise: string,
): void {
  const known = new Set([
    ...clients.map(({ clientId }) => shardName('order-generator', clientId)),
    ...channels.map(({ key }) => shardName('oco-manager', key)),
    ...accounts.map(({ key }) => shardName('execution-gateway', key)),
  ]);
  const unknown = journals.shards().filter((shard) => !known.has(shard));
  if (unknown.length === 0) return;
  const names = [...new Set(unknown.map((shard) => shard.slice(shard.indexOf('/') + 1)))];
  // A client that is gone says it for its accounts, and an account for its channels.
  const widest = names.filter((name) => !names.some((other) => name.startsWith(`${other}.`)));
  throw new InputError([
    `the run in ${folder} has ${widest.sort().join(', ')}, and the configuration has not: put that back${otherwise}`,
  ]);
}
