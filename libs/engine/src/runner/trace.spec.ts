import { traceIdOf, traceOf, traceWithin } from '@bowline/contracts';
import { describe, expect, it } from '@jest/globals';
import { decodeRecord, encodeRecord } from './record.js';
import type { Envelope } from './role.js';
import { from, NoteBench } from './runner.spec-support.js';

const TRACE = traceOf('signal-1');
const traced = (id: string): Envelope => ({ ...from(id), traceparent: TRACE });

describe('the trace of an input', () => {
  it('is that of all that it leads to, each message with a parent-id of its own', async () => {
    const bench = await NoteBench.open();
    await bench.note({ name: 'a', tells: 2 }, traced('a'));

    const told = bench.published.map(({ id, traceparent }) => [id, traceparent]);
    expect(told).toEqual(bench.published.map(({ id }) => [id, traceWithin(TRACE, id)]));
    expect(new Set(told.map(([, traceparent]) => traceparent)).size).toBe(2);
    expect(bench.published.map(({ traceparent }) => traceIdOf(traceparent!))).toEqual(
      Array(2).fill(traceIdOf(TRACE)),
    );
  });

  it('is the same after a restart, for what is told again', async () => {
    const bench = await NoteBench.open();
    bench.answers = false;
    await bench.note({ name: 'a', tells: 2 }, traced('a'));
    const before = [...bench.published];
    await bench.crash();
    expect(bench.published.map(({ epoch: _, ...message }) => message)).toEqual(
      before.map(({ epoch: _, ...message }) => message),
    );
  });

  it('is that of what the state says it is about, where it comes without one', async () => {
    const bench = await NoteBench.open();
    Object.assign(bench.role, {
      traceOf: (_: unknown, { name }: { readonly name: string }) => (name === 'report' ? TRACE : undefined),
    });
    const own = traceOf('another');
    await bench.note({ name: 'report', tells: 1 });
    await bench.note({ name: 'other', tells: 1 });
    await bench.note({ name: 'report', tells: 1 }, { ...from('traced'), traceparent: own });
    const [report, other, ofItsOwn] = bench.published.map(({ traceparent }) => traceparent);
    expect([traceIdOf(report!), other, traceIdOf(ofItsOwn!)]).toEqual([
      traceIdOf(TRACE),
      undefined,
      traceIdOf(own),
    ]);
  });

  it('is that of the dead letter as well', async () => {
    const bench = await NoteBench.open();
    await bench.runner.park(traced('garbage'), new SyntaxError('no JSON'));
    expect(bench.published.map(({ traceparent }) => traceIdOf(traceparent!))).toEqual([traceIdOf(TRACE)]);
  });
});

describe('a record', () => {
  const bare = { id: 'a', source: 's', epoch: 1, topic: 't' };

  it.each<[string, Envelope]>([
    ['neither time nor trace', bare],
    ['a time', { ...bare, time: 5 }],
    ['a trace', { ...bare, traceparent: TRACE }],
    ['both', { ...bare, time: 5, traceparent: TRACE }],
  ])('keeps the envelope of a message with %s', (_, envelope) => {
    expect(decodeRecord(encodeRecord(envelope, 7, 3, [], [], 2)).envelope).toEqual(envelope);
  });

  it.each<[string, string, Envelope]>([
    ['times and traces', '["a","s",1,"t",7,3]\n[]', bare],
    ['traces', '["a","s",1,"t",7,3,5]\n[]', { ...bare, time: 5 }],
  ])('is read as it was written before there were %s', (_, text, envelope) => {
    expect(decodeRecord(text)).toEqual({ envelope, at: 7, settled: 3, told: null, events: [], messages: '' });
  });
});
