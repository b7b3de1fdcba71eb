import type { Bus, BusMessage, Delivery, SubscribeOptions } from '@bowline/ports';

/** How a kind of bus is opened for its specs. */
export interface BusHarness {
  /** A bus without groups and messages, whose pauses before a retry are as short as they can be. */
  open(): Promise<BusUnderTest>;
  /** Runs of each property; 100. */
  readonly runs?: number;
}

export interface BusUnderTest {
  readonly bus: Bus;
  /** Resolves once every message has been acknowledged or handed over, however many tries that takes. */
  settle(): Promise<void>;
  /** Closes the bus, and gives back what it took. */
  dispose(): Promise<void>;
}

/** Opens a bus for one test, and disposes of it even where the test fails. */
export async function withBus(
  harness: BusHarness,
  use: (bus: Bus, settle: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const opened = await harness.open();
  try {
    await use(opened.bus, () => opened.settle());
  } finally {
    await opened.dispose();
  }
}

export function busMessage(id: string, fields: Partial<BusMessage> = {}): BusMessage {
  return {
    topic: 'orders',
    key: 'k',
    id,
    source: 'spec/1',
    epoch: 1,
    time: 1_700_000_000_000,
    cause: null,
    data: `{"id":"${id}"}`,
    ...fields,
  };
}

/** A subscription of group `g` to `orders`, where nothing else is said. */
export function busReader(
  handle: (delivery: Delivery) => Promise<void>,
  options: Partial<SubscribeOptions> = {},
): SubscribeOptions {
  return { topic: 'orders', group: 'g', handle, ...options };
}

/** A reader that keeps the ids of what it takes. */
export function busCollector(options: Partial<SubscribeOptions> = {}): {
  readonly ids: string[];
  readonly options: SubscribeOptions;
} {
  const ids: string[] = [];
  const handle = async ({ message }: Delivery): Promise<void> => {
    ids.push(message.id);
  };
  return { ids, options: busReader(handle, options) };
}

/** Something to wait for. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export function unacknowledged(bus: Bus, group = 'g'): number {
  return bus
    .backlog()
    .filter((entry) => entry.group === group)
    .reduce((sum, { messages }) => sum + messages, 0);
}
