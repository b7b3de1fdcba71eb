import { createHash } from 'node:crypto';
import { readTraceparent, traceIdOf } from '@bowline/contracts';
import { describe, expect, it } from '@jest/globals';
import { testIngest } from './ingest.spec-support.js';
import { anybody } from './sender.js';

const SIGNAL = { id: 'n-1', strategyId: 'trend', symbol: 'BTCUSDT', signal: 1 };
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SENT = `00-${TRACE}-b7ad6b7169203331-00`;

async function tracesOf(body: unknown, traceparent?: string): Promise<string[]> {
  const { bus, ingest } = testIngest();
  const receipt = await ingest.receive({ ...anybody('127.0.0.1'), traceparent }, body);
  expect(receipt.taken).toBe(true);
  return bus.published.map((message) => message.traceparent!);
}

const derived = (id: string) => createHash('sha256').update(id).digest('hex').slice(0, 32);

describe('the trace of a signal', () => {
  it('is that of its request, for every client, each message as a parent of its own', async () => {
    const traces = await tracesOf([SIGNAL, { ...SIGNAL, id: 'n-2' }], SENT);
    expect(traces.map(traceIdOf)).toEqual([TRACE, TRACE, TRACE, TRACE]);
    expect(new Set([...traces, SENT]).size).toBe(5);
    expect(traces.map(readTraceparent)).toEqual(traces);
    expect(traces.every((trace) => trace.endsWith('-00'))).toBe(true);
  });

  it('is derived from its id where the request has none, the same wherever it is taken in', async () => {
    const traces = await tracesOf([SIGNAL, { ...SIGNAL, id: 'n-2' }]);
    expect(traces.map(traceIdOf)).toEqual([derived('n-1'), derived('n-1'), derived('n-2'), derived('n-2')]);
    expect(await tracesOf([SIGNAL, { ...SIGNAL, id: 'n-2' }])).toEqual(traces);
  });

  it.each([
    ['is no trace context', 'what'],
    ['is empty', ''],
    ['has no trace-id', SENT.replace(TRACE, '0'.repeat(32))],
    ['is of a version that there is not', SENT.replace('00-', 'ff-')],
  ])('is derived where what the request says %s', async (_, traceparent) => {
    expect(await tracesOf(SIGNAL, traceparent)).toEqual(await tracesOf(SIGNAL));
  });
});
