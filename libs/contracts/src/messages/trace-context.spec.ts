import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTraceparent, traceIdOf, traceOf, traceWithin } from './trace-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

describe('a traceparent header', () => {
  it.each([
    ['of version 00', `00-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01`],
    ['that is not sampled', `00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-00`],
    ['with flags that nobody knows', `00-${TRACE}-${PARENT}-ff`, `00-${TRACE}-${PARENT}-01`],
    ['of a later version', `cc-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01`],
    ['of a later version that says more', `cc-${TRACE}-${PARENT}-01-what-next`, `00-${TRACE}-${PARENT}-01`],
  ])('%s is read', (_, header, trace) => {
    expect(readTraceparent(header)).toBe(trace);
  });

  it.each([
    ['is empty', ''],
    ['is of version ff', `ff-${TRACE}-${PARENT}-01`],
    ['says more than version 00 does', `00-${TRACE}-${PARENT}-01-more`],
    ['is of a later version and runs on without a dash', `cc-${TRACE}-${PARENT}-01.more`],
    ['is in upper case', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['has a trace-id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['has a parent-id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['has a short trace-id', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['has a long parent-id', `00-${TRACE}-${PARENT}0-01`],
    ['has no flags', `00-${TRACE}-${PARENT}`],
    ['stands between spaces', ` 00-${TRACE}-${PARENT}-01 `],
    ['goes on in another line', `00-${TRACE}-${PARENT}-01\n`],
  ])('is none where it %s', (_, header) => {
    expect(readTraceparent(header)).toBeNull();
  });
});

describe('a trace that is derived', () => {
  it('has the first half of the SHA-256 of the id as its own', () => {
    const digest = createHash('sha256').update('signal-1').digest('hex');
    expect(traceIdOf(traceOf('signal-1'))).toBe(digest.slice(0, 32));
  });

  it('is a valid one of the same id, for any id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        expect(readTraceparent(traceOf(id))).toBe(traceOf(id));
      }),
    );
  });
});

describe('a message of a trace', () => {
  it('keeps trace and flags, is valid, and has a parent-id of its own', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom('00', '01'), (id, other, flags) => {
        const parent = `00-${TRACE}-${PARENT}-${flags}`;
        const within = traceWithin(parent, id);
        expect(readTraceparent(within)).toBe(within);
        expect([traceIdOf(within), within.slice(-2)]).toEqual([TRACE, flags]);
        expect(traceWithin(traceWithin(parent, other), id)).toBe(within);
      }),
    );
  });

  it('has another parent-id than its neighbours', () => {
    const ids = Array.from({ length: 30_000 }, (_, at) => `oco-manager/ikenna.okx.BTCUSDT#${at}.${at % 3}`);
    expect(new Set(ids.map((id) => traceWithin(traceOf(''), id))).size).toBe(ids.length);
  });
});
