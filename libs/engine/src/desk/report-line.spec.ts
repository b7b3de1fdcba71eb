import { describe, expect, it } from '@jest/globals';
import type { ExchangeReport } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import { settled } from '../runner/runner.spec-support.js';
import { ReportLine } from './report-line.js';

/** A line whose handler fails on what is in `broken`. */
class Bench {
  readonly clock = new ManualClock(0);
  readonly broken = new Set<string>();
  readonly tried: string[] = [];
  readonly failures: string[] = [];
  private readonly line = new ReportLine(
    async ({ id }) => {
      this.tried.push(id);
      await Promise.resolve();
      if (this.broken.has(id)) throw new Error(`cannot handle ${id}`);
    },
    this.clock,
    ({ message }) => this.failures.push(message),
  );

  async say(...ids: readonly string[]): Promise<void> {
    for (const id of ids) this.line.push({ id } as ExchangeReport);
    await settled();
  }

  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds);
    await settled();
  }
}

describe('the line on which an exchange speaks', () => {
  it('hands reports over as they come, without waiting for the one before', async () => {
    const bench = new Bench();
    await bench.say('a', 'b', 'c');
    expect([bench.tried, bench.failures]).toEqual([['a', 'b', 'c'], []]);
  });

  it('keeps what fails, and tries it again after a pause, before whatever has come meanwhile', async () => {
    const bench = new Bench();
    bench.broken.add('b');
    await bench.say('a', 'b');
    await bench.say('c', 'd');
    await bench.pass(999);
    expect(bench.tried).toEqual(['a', 'b']);

    bench.broken.clear();
    await bench.pass(1);
    expect(bench.tried).toEqual(['a', 'b', 'b', 'c', 'd']);
    await bench.say('e');
    await bench.pass(10_000);
    expect(bench.tried).toEqual(['a', 'b', 'b', 'c', 'd', 'e']);
    expect(bench.failures).toEqual(['cannot handle b']);
  });

  it('loses nothing and hands nothing over twice while one of them goes on failing', async () => {
    const bench = new Bench();
    bench.broken.add('b');
    await bench.say('a', 'b', 'c');
    await bench.pass(1_000);
    await bench.say('d');
    await bench.pass(1_000);
    await bench.say('e');
    bench.broken.clear();
    await bench.pass(5_000);
    expect(bench.tried.filter((id) => id !== 'b')).toEqual(['a', 'c', 'd', 'e']);
    expect(bench.tried.filter((id) => id === 'b')).toHaveLength(4);
    expect(bench.failures).toHaveLength(3);
  });

  it('keeps all that fail, in their order', async () => {
    const bench = new Bench();
    for (const id of ['a', 'b']) bench.broken.add(id);
    await bench.say('a', 'b', 'c');
    bench.broken.clear();
    await bench.pass(1_000);
    expect(bench.tried).toEqual(['a', 'b', 'c', 'a', 'b']);
  });
});
