import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clientOrderId, type ClientOrderIdParts } from './client-order-id.js';

const parts: ClientOrderIdParts = {
  strategyTag: 'trend1',
  leg: 'e',
  generation: 0,
  child: 0,
  client: 'ikenna',
  account: 'binance-usdm',
  symbol: 'BTCUSDT',
  strategyPositionId: 'trend-1.7',
};

const name = fc.string({ unit: 'grapheme', maxLength: 12 });
const anyParts = fc.record<ClientOrderIdParts>({
  strategyTag: fc.stringMatching(/^[0-9a-z]{6}$/),
  leg: fc.constantFrom('e', 't', 's', 'x'),
  generation: fc.oneof(fc.integer({ min: 0, max: 1295 }), fc.integer({ min: 0, max: 100_000 })),
  child: fc.integer({ min: 0, max: 1295 }),
  client: name,
  account: name,
  symbol: name,
  strategyPositionId: name,
});

describe('clientOrderId', () => {
  it('is what it has always been: exchanges hold orders under these names', () => {
    expect(clientOrderId(parts)).toBe('trend1e00009moh56xkq26c1uk6m2kf9');
  });

  it('ends in the base-36 digits of the SHA-256 of the position', () => {
    const digest = createHash('sha256')
      .update('["ikenna","binance-usdm","BTCUSDT","trend-1.7"]')
      .digest('hex');
    expect(BigInt(`0x${digest}`).toString(36).endsWith(clientOrderId(parts).slice(11))).toBe(true);
  });

  it('shows tag, leg, generation and child', () => {
    expect(clientOrderId({ ...parts, leg: 's', generation: 36, child: 35 }).slice(0, 11)).toBe('trend1s100z');
  });

  it('goes on when a stop has been replaced more often than two digits count', () => {
    const ids = Array.from({ length: 4_000 }, (_value, generation) =>
      clientOrderId({ ...parts, leg: 's', generation }),
    );
    expect(new Set(ids).size).toBe(4_000);
    expect(ids[1296].slice(0, 11)).toBe(ids[0].slice(0, 11));
  });

  it('has 32 characters of [0-9a-z]', () => {
    fc.assert(
      fc.property(anyParts, (some) => {
        expect(clientOrderId(some)).toMatch(/^[0-9a-z]{32}$/);
      }),
    );
  });

  it('is the same for the same parts', () => {
    fc.assert(
      fc.property(anyParts, (some) => {
        expect(clientOrderId({ ...some })).toBe(clientOrderId(some));
      }),
    );
  });

  it('differs where any part differs', () => {
    // Short names over few characters, so that different cuts of the same text come up often.
    const close = fc.string({ unit: fc.constantFrom('a', ',', '"', '.'), maxLength: 3 });
    const similar = fc.record<ClientOrderIdParts>({
      strategyTag: fc.constantFrom('aaaaaa', 'aaaaab'),
      leg: fc.constantFrom('e', 't', 's', 'x'),
      generation: fc.constantFrom(0, 1, 35, 36, 1295, 1296, 1297, 2592),
      child: fc.integer({ min: 0, max: 40 }),
      client: close,
      account: close,
      symbol: close,
      strategyPositionId: close,
    });
    fc.assert(
      fc.property(similar, similar, (one, other) => {
        const same = JSON.stringify(Object.entries(one)) === JSON.stringify(Object.entries(other));
        expect(clientOrderId(one) === clientOrderId(other)).toBe(same);
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, Partial<ClientOrderIdParts>, RegExp]>([
    ['a tag of another length', { strategyTag: 'trend' }, /strategyTag must be 6 characters.*"trend"/],
    ['a tag in capitals', { strategyTag: 'Trend1' }, /strategyTag/],
    ['half a generation', { generation: 1.5 }, /generation must be a whole number from 0 to 1295, got 1.5/],
    ['a negative generation', { generation: -1 }, /generation must be a whole number/],
    ['a child of three digits', { child: 1296 }, /child must be a whole number from 0 to 1295, got 1296/],
    ['a negative child', { child: -1 }, /child must be a whole number/],
    ['half a child', { child: 0.5 }, /child/],
  ])('refuses %s', (_name, wrong, message) => {
    expect(() => clientOrderId({ ...parts, ...wrong })).toThrow(message);
  });
});
