import type { TcpProxy } from '@bowline/testkit';
import { busMessage, Log, ReaderLog } from '@bowline/testkit';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RedisBus } from './redis-bus.js';
import { redisSuite } from './redis-suite.spec-support.js';

const KEYS = ['a', 'b', 'c'];

/** What may happen between two messages, to the publisher's or the reader's connections, or to the server. */
type Fault =
  | 'cut publisher'
  | 'cut reader'
  | 'abandon reader'
  | 'lose publisher'
  | 'lose reader'
  | 'forget'
  | 'crash'
  | 'restart reader';

const faults = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 30 }),
    fault: fc.constantFrom<Fault>(
      'cut publisher',
      'cut reader',
      'abandon reader',
      'lose publisher',
      'lose reader',
      'forget',
      'crash',
      'restart reader',
    ),
  }),
  { minLength: 1, maxLength: 12 },
);

redisSuite('random faults around the Redis bus', (suite) => {
  it('lose no message, and let none come before those that were published before it', async () => {
    await fc.assert(
      fc
        .asyncProperty(faults, async (drawn) => {
          const publisher = await suite.proxiedBus({ groups: () => ['g'], pulseMs: 50 });
          const reading = await suite.proxiedBus({ pulseMs: 50 });
          const watch = new Watch(reading.bus);
          const sent: string[] = [];
          const published: Promise<void>[] = [];
          const send = (count: number): void => {
            for (let left = count; left > 0; left -= 1) {
              const key = KEYS[sent.length % KEYS.length]!;
              const id = `${key}${sent.length}`;
              sent.push(id);
              published.push(publisher.bus.publish(busMessage(id, { key })));
            }
          };
          for (const { after, fault } of drawn) {
            send(after);
            await watch.anything();
            await inflict(fault, publisher.proxy, reading.proxy, watch);
          }
          send(20);
          publisher.proxy.cut();
          reading.proxy.cut();
          await Promise.all(published);
          // Nothing of a key comes behind its last message: what is not there by then is lost.
          await watch.all(sent.slice(-KEYS.length));

          expect(watch.broken).toEqual([]);
          for (const key of KEYS) {
            const ofKey = (ids: readonly string[]): readonly string[] =>
              ids.filter((id) => id.startsWith(key));
            expect(ofKey([...new Set(watch.log.items)])).toEqual(ofKey(sent));
          }
          expect(sent.filter((id) => !watch.taken.items.includes(id))).toEqual([]);
        })
        .afterEach(() => suite.closeAll()),
      // A run takes half a second: what takes a minute hangs. What fails depends on timing, so smaller cases tell nothing.
      { numRuns: 60, timeout: 60_000, endOnFailure: true },
    );
  }, 300_000);

  async function inflict(fault: Fault, publisher: TcpProxy, reader: TcpProxy, watch: Watch): Promise<void> {
    switch (fault) {
      case 'cut publisher':
        publisher.cut();
        return;
      case 'cut reader':
        reader.cut();
        return;
      case 'abandon reader':
        reader.abandon();
        return;
      case 'lose publisher':
        publisher.hold({ replies: true });
        await suite.admin().ping();
        publisher.cut();
        return;
      case 'lose reader':
        reader.hold({ replies: true });
        await suite.admin().ping();
        reader.cut();
        return;
      case 'forget':
        await suite.admin().script('FLUSH');
        return;
      case 'crash':
        await suite.server.kill();
        await suite.server.resume();
        return;
      case 'restart reader':
        await watch.restart();
        return;
    }
  }
});

/** A group whose handlers overlap and fail now and then, and which looks whether those of a key do not overlap. */
class Watch {
  readonly broken: string[] = [];
  private readonly inHand = new Set<string>();
  private calls = 0;
  readonly log = new ReaderLog(async ({ message: { id, key } }) => {
    if (this.inHand.has(key)) this.broken.push(`${id} came while ${key} was in hand`);
    this.inHand.add(key);
    this.calls += 1;
    const fails = this.calls % 17 === 0;
    if (this.calls % 5 === 0) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    this.inHand.delete(key);
    if (fails) throw new Error('not this time');
    this.taken.add(id);
  });
  readonly taken = new Log<string>();
  private subscription;

  constructor(private readonly bus: RedisBus) {
    this.subscription = bus.subscribe(this.log.options());
  }

  async restart(): Promise<void> {
    await this.subscription.close();
    this.subscription = this.bus.subscribe(this.log.options());
  }

  /** Resolves at the next message. */
  anything(): Promise<void> {
    return this.log.until(this.log.items.length + 1);
  }

  async all(ids: readonly string[]): Promise<void> {
    while (!ids.every((id) => this.taken.items.includes(id))) {
      await this.taken.until(this.taken.items.length + 1);
    }
  }
}
