import { describe, expect, it } from '@jest/globals';
import type { BusMessage } from '@bowline/ports';
import { ManualLease } from '@bowline/testkit';
import fc from 'fast-check';
import { GatewayWorld, RECV_WINDOW_MS, type Life } from './gateway-world.spec-support.js';

const TTL_MS = 15_000;
/** Longer than anything that was begun takes to be asked for and settled. */
const SETTLED_MS = 120_000;

/**
 * - `order`: the oco-manager orders something; the bus hands it to whoever reads
 * - `pass`: so many milliseconds, in which the lease is renewed unless its holder sleeps
 * - `cut`: its holder does not sleep, but cannot renew it any more
 * - `sleep`: the first process stops, in the middle of whatever it does
 * - `wake`: it goes on
 * - `take`: another process takes over, if the lease is free by now
 */
const move = fc.oneof(
  { weight: 4, arbitrary: fc.constant('order' as const) },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 60, 2_000, 4_000, 9_000, 16_000) },
  { weight: 2, arbitrary: fc.constantFrom('sleep' as const, 'wake' as const) },
  { weight: 2, arbitrary: fc.constantFrom('take' as const, 'cut' as const) },
);

type Move = number | 'order' | 'cut' | 'sleep' | 'wake' | 'take';

/** Two processes of one gateway: the first falls asleep, the second takes over, the first wakes up. */
class TwoWriters {
  readonly world = new GatewayWorld();
  readonly lease = new ManualLease(this.world.clock, { ttlMs: TTL_MS });
  readonly first: Promise<Life> = this.world.start({ lease: this.lease });
  second: Life | null = null;
  takenAt = Infinity;
  private isAsleep = false;
  private isCut = false;
  private orders = 0;
  /** What the bus has not got an acknowledgement for. */
  private readonly inHand = new Set<BusMessage>();

  async play(moves: readonly Move[]): Promise<void> {
    for (const each of moves) await this.move(each);
    await this.move('wake');
    if (this.second === null) {
      await this.pass(TTL_MS + 1, false);
      await this.move('take');
    }
    await this.pass(SETTLED_MS, false);
  }

  private async move(each: Move): Promise<void> {
    const first = await this.first;
    switch (each) {
      case 'order': {
        this.orders += 1;
        const message = this.world.place(this.orders);
        this.inHand.add(message);
        // What was in the hands of a sleeper when another one took over may still reach it.
        this.hand(message, this.second !== null && this.orders % 4 > 0 ? this.second : first);
        return;
      }
      case 'cut':
        this.isCut = true;
        return;
      case 'sleep':
        this.isAsleep = true;
        return first.pause();
      case 'wake':
        this.isAsleep = false;
        return first.goOn();
      case 'take':
        return this.take();
      default:
        return this.pass(each, !this.isAsleep && !this.isCut);
    }
  }

  private async take(): Promise<void> {
    if (this.second !== null || this.lease.remainingMs() > 0) return;
    this.takenAt = this.world.clock.now();
    const lease = new ManualLease(this.world.clock, { epoch: 2, formerMs: TTL_MS, ttlMs: 1e9 });
    this.second = await this.world.start({ lease });
    for (const message of this.inHand) this.hand(message, this.second);
  }

  private hand(message: BusMessage, life: Life): void {
    life.receive(message).then(
      () => this.inHand.delete(message),
      // It comes again, to whoever reads then.
      () => (this.second === null || this.second === life ? undefined : this.hand(message, this.second)),
    );
  }

  private async pass(ms: number, isRenewed: boolean): Promise<void> {
    if (isRenewed) this.lease.renew();
    await this.world.pass(ms);
  }
}

describe('fault 9: two processes of one gateway', () => {
  it('never both send, and between them send every order once, whenever one sleeps and wakes (I6, I7)', async () => {
    const reached = { slept: 0, unsent: 0, bySecond: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 25, size: 'max' }), async (moves) => {
        const writers = new TwoWriters();
        await writers.play(moves);
        const [first, second] = [await writers.first, writers.second!];
        for (const { at } of first.sent) expect(at + RECV_WINDOW_MS).toBeLessThan(writers.takenAt);
        for (const { at } of second.sent) {
          expect(at).toBeGreaterThanOrEqual(writers.takenAt + TTL_MS + RECV_WINDOW_MS);
        }
        const placed = [...first.placed(), ...second.placed()];
        expect(new Set(placed).size).toBe(placed.length);
        const ordered = moves.filter((each) => each === 'order').length;
        // What slept between its decision and its sending is too old for the exchange, which says so.
        const tooOld = first.sent.filter(({ at, request }) => at - request.at > RECV_WINDOW_MS);
        const refused = tooOld.filter(({ request }) => request.type === 'place').length;
        expect([placed.length, writers.world.openOrders().length]).toEqual([ordered, ordered - refused]);

        reached.slept += first.stopped.length;
        reached.unsent += second.requests().includes('query_order') ? 1 : 0;
        reached.bySecond += second.placed().length;
      }),
      { numRuns: 100, seed: 20_261_120 },
    );
    // What was never reached was not tried.
    expect(Object.entries(reached).filter(([, times]) => times === 0)).toEqual([]);
  });

  it('send nothing by the one that has slept over the end of its lease, though its journal took the order', async () => {
    const world = new GatewayWorld();
    const stale = await world.start({ lease: new ManualLease(world.clock, { ttlMs: TTL_MS }) });
    stale.pause();
    const received = stale.receive(world.place(1));
    await world.pass(TTL_MS);
    await stale.goOn();
    await expect(received).rejects.toMatchObject({ kind: 'lost' });
    expect([stale.placed(), stale.shard.runner.state.live.size]).toEqual([[], 1]);

    const next = await world.start({ lease: new ManualLease(world.clock, { epoch: 2, ttlMs: 1e9 }) });
    await world.pass(2 * RECV_WINDOW_MS);
    expect([next.placed().length, world.openOrders().length]).toEqual([1, 1]);
  });
});
