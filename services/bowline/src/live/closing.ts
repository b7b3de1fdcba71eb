import type { Logger } from '@bowline/ports';

export interface Closable {
  close(): Promise<unknown>;
}

/** What was opened, one after the other, and is closed in the reverse order. */
export class Opened implements Closable {
  private readonly things: Closable[] = [];

  add<T extends Closable>(thing: T): T {
    this.things.push(thing);
    return thing;
  }

  close(): Promise<void> {
    return closeAll(this.things.splice(0).reverse());
  }
}

/** Closes all of them in this order, also where one of them fails; the first failure is then thrown. */
export async function closeAll(things: readonly Closable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const thing of things) {
    try {
      await thing.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Closes what a failure has left open. The failure is what counts: that closing fails too is only logged. */
export async function closeAfterFailure(thing: Closable, logger: Logger): Promise<void> {
  try {
    await thing.close();
  } catch (error) {
    logger.error({ error }, 'what was open could not be closed either');
  }
}
