import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Lease, Leases } from '@bowline/ports';
import { HolderProcess, type LeaseModule } from './lease-contract/holder-process.js';

export { HolderProcess, type LeaseModule } from './lease-contract/holder-process.js';

/** A place where leases are kept, as the contract opens it. */
export interface LeasesUnderTest {
  /** How long a lease lasts there. Long enough that no test is too slow for it, and short enough to be waited for. */
  readonly ttlMs: number;
  /** As another process opens them: the same leases, each time. */
  open(): Leases;
  /** How a real process does. */
  readonly module: LeaseModule;
}

/**
 * What all leases do, as suites of the calling spec.
 *
 * @param place a new place, for each test
 */
export function leaseContract(place: () => LeasesUnderTest): void {
  let leases: LeasesUnderTest;
  let opened: Leases[] = [];
  let holders: HolderProcess[] = [];
  beforeEach(() => {
    leases = place();
  });
  afterEach(async () => {
    await Promise.all(holders.map((holder) => holder.kill()));
    await Promise.all(opened.map((each) => each.close()));
    opened = [];
    holders = [];
  });

  const open = (): Leases => {
    const each = leases.open();
    opened.push(each);
    return each;
  };
  const startHolder = async (name: string): Promise<HolderProcess> => {
    const holder = await HolderProcess.start(leases.module, name);
    holders.push(holder);
    return holder;
  };

  describe('a lease', () => {
    it('is had at once where nobody has it, for as long as it lasts', async () => {
      const lease = await open().acquire('shard');
      expect(lease).toMatchObject({ name: 'shard', epoch: 1, formerMs: 0 });
      expect(lease.remainingMs()).toBeGreaterThan(0);
      expect(lease.remainingMs()).toBeLessThanOrEqual(leases.ttlMs);
    });

    it('goes to the next one when it is given back, and is then over', async () => {
      const first = await open().acquire('shard');
      const waiting = open().acquire('shard');
      await first.release();
      expect(first.remainingMs()).toBe(0);
      const second = await waiting;
      expect([second.epoch, second.formerMs]).toEqual([2, 0]);
      await first.release();
      expect(second.remainingMs()).toBeGreaterThan(0);
    });

    it('is renewed as long as its holder lives', async () => {
      const lease = await open().acquire('shard');
      for (let renewals = 0; renewals < 3; renewals += 1) await renewed(lease);
      expect(await heldBy(lease)).toBe(true);
    });

    it.each([
      'execution-gateway/odum.binance-usdm',
      '..',
      'a b',
      '100%',
      'Ünï/"cødé"',
      'a.1',
      'x'.repeat(200),
    ])('has its own name: %s', async (name) => {
      const [first, other] = [await open().acquire(name), await open().acquire(`${name}.1`)];
      expect([first.epoch, other.epoch]).toEqual([1, 1]);
      await first.release();
      expect((await open().acquire(name)).epoch).toBe(2);
    });

    it('has a higher epoch each time, also after everybody was gone', async () => {
      for (const epoch of [1, 2, 3]) {
        const each = open();
        expect((await each.acquire('shard')).epoch).toBe(epoch);
        await each.close();
      }
    });

    it('is had by one at a time of many who want it at once, each under its own epoch', async () => {
      let holding = 0;
      const epochs = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const lease = await open().acquire('shard');
          holding += 1;
          expect(holding).toBe(1);
          await Promise.resolve();
          holding -= 1;
          await lease.release();
          return lease.epoch;
        }),
      );
      expect(epochs.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });
  });

  describe('whoever waits', () => {
    it('may give up, and leaves no trace', async () => {
      const first = await open().acquire('shard');
      const end = new AbortController();
      const waiting = open().acquire('shard', { signal: end.signal });
      end.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      await first.release();
      expect((await open().acquire('shard')).epoch).toBe(2);
    });

    it('is let go when the leases are closed, which gives back what is held', async () => {
      const [one, other] = [open(), open()];
      const lease = await one.acquire('shard');
      const waiting = other.acquire('shard');
      await other.close();
      await expect(waiting).rejects.toMatchObject({ kind: 'closed' });
      await one.close();
      expect(lease.remainingMs()).toBe(0);
      expect(await open().acquire('shard')).toMatchObject({ epoch: 2, formerMs: 0 });
      await expect(other.acquire('shard')).rejects.toMatchObject({ kind: 'closed' });
    });
  });

  describe('a process', () => {
    it('that is killed leaves its lease to the next one, who may have to be careful for as long as it lasts', async () => {
      const holder = await startHolder('shard');
      const waiting = open().acquire('shard');
      await holder.kill();
      const lease = await waiting;
      expect(lease.epoch).toBe(2);
      expect([0, leases.ttlMs]).toContain(lease.formerMs);
    });

    it('that was stopped, and goes on after its time, does nothing any more', async () => {
      const holder = await startHolder('shard');
      holder.stop();
      const lease = await open().acquire('shard');
      const takenAtMs = monotonicMs();
      expect(lease).toMatchObject({ epoch: 2, formerMs: leases.ttlMs });
      holder.goOn();
      await holder.until('refrained');
      expect(holder.lastActMs()).toBeLessThan(takenAtMs);
      await renewed(lease);
    });
  });

  /** Whether somebody else waits in vain for a whole renewal. */
  async function heldBy(lease: Lease): Promise<boolean> {
    const end = new AbortController();
    const waiting = open()
      .acquire(lease.name, { signal: end.signal })
      .then(
        () => false,
        () => true,
      );
    await renewed(lease);
    end.abort();
    return waiting;
  }
}

/** Resolves once the lease was renewed; rejects where it is lost instead. */
export async function renewed(lease: Lease): Promise<void> {
  let left = lease.remainingMs();
  for (;;) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
    const now = lease.remainingMs();
    if (now > left) return;
    if (now === 0) throw new Error(`lease ${lease.name} is lost`);
    left = now;
  }
}

function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
