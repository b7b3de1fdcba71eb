import type { AnyRunner } from './shards.js';

/**
 * Resolves once no message is on its way, and no runner handles or writes anything: whatever happens next comes from
 * outside, or by the clock.
 */
export async function whenQuiet(
  bus: { whenIdle(): Promise<void> },
  runners: readonly Pick<AnyRunner, 'handled' | 'whenIdle'>[],
): Promise<void> {
  for (;;) {
    const before = handledBy(runners);
    await bus.whenIdle();
    for (const runner of runners) await runner.whenIdle();
    if (handledBy(runners) === before) return;
  }
}

function handledBy(runners: readonly Pick<AnyRunner, 'handled'>[]): number {
  let sum = 0;
  for (const { handled } of runners) sum += handled;
  return sum;
}
