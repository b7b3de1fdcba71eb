import type { AnyRunner } from './shards.js';

/**
 * Resolves once no message is on its way, and no runner handles or writes anything: whatever happens next comes from
 * outside, or by the clock.
 */
export async function whenQuiet(
  bus: { readonly idle: boolean; whenIdle(): Promise<void> },
  runners: readonly Pick<AnyRunner, 'idle' | 'whenIdle'>[],
): Promise<void> {
  for (;;) {
    const busy = runners.find(({ idle }) => !idle);
    // All of it in one look: what a runner tells is on the bus before the runner is idle, and the other way round.
    if (busy === undefined && bus.idle) return;
    await (busy ?? bus).whenIdle();
  }
}
