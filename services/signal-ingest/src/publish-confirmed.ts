import type { Bus, BusMessage, Logger } from '@bowline/ports';

/**
 * Publishes the messages in their order, and waits for the bus to answer for all of them. False where it refuses one,
 * or takes longer than `withinMs`, so that whoever waits hears something: the messages may have gone out all the same.
 */
export async function publishConfirmed(
  messages: readonly BusMessage[],
  bus: Pick<Bus, 'publish'>,
  withinMs: number,
  logger: Logger,
): Promise<boolean> {
  const published = Promise.all(messages.map((message) => bus.publish(message))).then(
    () => true,
    (error: unknown) => {
      logger.error({ error }, 'the bus refuses a message');
      return false;
    },
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  try {
    return await Promise.race([published, late]);
  } finally {
    clearTimeout(timer);
  }
}
