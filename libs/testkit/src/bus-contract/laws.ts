import type { Bus, BusMessage, Delivery } from '@bowline/ports';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { type BusHarness, busMessage, unacknowledged, withBus } from './harness.js';

interface Letter {
  readonly topic: string;
  readonly key: string;
  /** How many attempts the handlers refuse. */
  readonly failures: number;
}

interface Reader {
  readonly topic: string;
  readonly group: string;
  readonly acknowledge: 'handler' | 'later';
  /** Acknowledges when it has taken so many. */
  readonly batch: number;
}

const TOPICS = ['signals.a', 'signals.b'];
const KEYS = ['k1', 'k2', 'k3'];
const GROUPS = ['g1', 'g2', 'g3'];

const letters = fc.array(
  fc.record({
    topic: fc.constantFrom(...TOPICS),
    key: fc.constantFrom(...KEYS),
    failures: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2) }),
  }),
  { maxLength: 40 },
);

/** Every topic has a reader at least, so that every message has somewhere to go. */
const readers = fc
  .tuple(...TOPICS.map((topic) => readersOf(topic)))
  .map((ofTopics): readonly Reader[] => ofTopics.flat());

function readersOf(topic: string): fc.Arbitrary<Reader[]> {
  const reader = fc.record({
    topic: fc.constant(topic),
    group: fc.constantFrom(...GROUPS),
    acknowledge: fc.constantFrom<Reader['acknowledge'][]>('handler', 'later'),
    batch: fc.integer({ min: 1, max: 5 }),
  });
  return fc.uniqueArray(reader, { minLength: 1, maxLength: 3, selector: ({ group }) => group });
}

/**
 * Random topics, keys, groups, failing handlers and pauses within handlers: no message is lost, those of a key come one
 * at a time, and none comes before the ones that were published before it have been taken. Duplicates are allowed.
 */
export async function holdBusLaws(harness: BusHarness): Promise<void> {
  await fc.assert(
    fc.asyncProperty(letters, readers, fc.infiniteStream(fc.nat(3)), async (drawn, groups, pauses) => {
      await withBus(harness, async (bus, settle) => {
        const watches = groups.map((reader) => new Watch(bus, reader, drawn, pauses));
        const published = drawn.map((letter, at) => bus.publish(messageOf(letter, at)));
        await settle();
        // An acknowledgement may bring a message again, to be acknowledged again.
        while (watches.some((watch) => watch.acknowledgeAll())) await settle();
        await Promise.all(published);
        for (const watch of watches) watch.expectAllTaken();
        for (const group of GROUPS) expect(unacknowledged(bus, group)).toBe(0);
      });
    }),
    { numRuns: harness.runs ?? 100 },
  );
}

/** A group that looks, at every delivery, whether the laws hold. What it finds wrong is kept: a bus swallows errors. */
class Watch {
  private readonly expected: readonly number[];
  private readonly tries = new Map<number, number>();
  private readonly taken = new Set<number>();
  private readonly inHand = new Set<string>();
  private readonly broken: string[] = [];
  private batch: Delivery[] = [];

  constructor(
    bus: Bus,
    private readonly reader: Reader,
    private readonly letters: readonly Letter[],
    private readonly pauses: fc.Stream<number>,
  ) {
    this.expected = letters.flatMap(({ topic }, at) => (topic === reader.topic ? [at] : []));
    const { acknowledge, group, topic } = reader;
    bus.subscribe({ topic, group, acknowledge, handle: (delivery) => this.take(delivery) });
  }

  /** Whether there was anything. */
  acknowledgeAll(): boolean {
    const { batch } = this;
    this.batch = [];
    for (const delivery of batch) delivery.ack();
    return batch.length > 0;
  }

  expectAllTaken(): void {
    expect(this.broken).toEqual([]);
    expect([...this.taken].sort((a, b) => a - b)).toEqual(this.expected);
  }

  private async take(delivery: Delivery): Promise<void> {
    const at = Number(delivery.message.id);
    const { failures, key } = this.letters[at]!;
    this.look(delivery, at, key);
    this.inHand.add(key);
    const [pause = 0] = this.pauses.take(1);
    for (let turns = pause; turns > 0; turns -= 1) await Promise.resolve();
    this.inHand.delete(key);
    const tries = (this.tries.get(at) ?? 0) + 1;
    this.tries.set(at, tries);
    if (tries <= failures) throw new Error('not this time');
    this.taken.add(at);
    if (this.reader.acknowledge === 'handler') return;
    this.batch.push(delivery);
    if (this.batch.length >= this.reader.batch) this.acknowledgeAll();
  }

  private look({ attempt, group, message }: Delivery, at: number, key: string): void {
    const letter = this.letters[at]!;
    const sent = messageOf(letter, at);
    if (JSON.stringify(message) !== JSON.stringify(sent)) this.broken.push(`${at} is another message`);
    if (group !== this.reader.group) this.broken.push(`${at} was handed to ${group}`);
    if (letter.topic !== this.reader.topic) this.broken.push(`${at} is of another topic`);
    if (this.inHand.has(key)) this.broken.push(`${at} came while ${key} was in hand`);
    if (attempt <= (this.tries.get(at) ?? 0)) this.broken.push(`${at} came again as attempt ${attempt}`);
    const before = this.expected.find(
      (earlier) => earlier < at && this.letters[earlier]!.key === key && !this.taken.has(earlier),
    );
    if (before !== undefined) this.broken.push(`${at} came before ${before}`);
  }
}

function messageOf({ key, topic }: Letter, at: number): BusMessage {
  return busMessage(String(at), { topic, key });
}
