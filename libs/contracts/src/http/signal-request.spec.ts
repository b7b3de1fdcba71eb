import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSignals, type SignalRequest } from './signal-request.js';

const TIME = Date.UTC(2025, 0, 6, 12);

function read(body: unknown): readonly SignalRequest[] {
  const signals = readSignals(body);
  if (!signals.ok) throw new Error(JSON.stringify(signals.errors));
  return signals.value.map(({ request }) => request);
}

const plain = { strategyId: 'trend', symbol: 'BTCUSDT', signal: 1 };

describe('a signal of a request', () => {
  it.each<[string, unknown]>([
    ['in camelCase', { strategyId: 'trend', symbol: 'BTCUSDT', signal: 1 }],
    ['in snake_case', { strategy_id: 'trend', symbol: 'BTCUSDT', signal: 1 }],
    ['by other names', { strategy: 'trend', symbol: 'BTCUSDT', action: 'long' }],
    ['with null for what is absent', { ...plain, id: null, time: null, price: null, expiresAt: null }],
    ['as a list', [plain]],
    ['in an object', { signals: [plain] }],
  ])('is read %s', (_how, body) => {
    expect(read(body)).toEqual([plain]);
  });

  it.each<[unknown, 1 | 0 | -1]>([
    [1, 1],
    ['1', 1],
    ['long', 1],
    ['Buy', 1],
    [0, 0],
    [-0, 0],
    ['0', 0],
    ['flat', 0],
    ['CLOSE', 0],
    [-1, -1],
    ['-1', -1],
    ['short', -1],
    [' sell ', -1],
  ])('may say %j for %j', (signal, meant) => {
    expect(read({ ...plain, signal })[0].signal).toBe(meant);
  });

  it.each<[unknown, string]>([
    [45_000, '45000'],
    [45_000.5, '45000.5'],
    [1e-8, '0.00000001'],
    ['45000.50', '45000.5'],
    ['  +45000 ', '45000'],
    ['4.5e4', '45000'],
    ['0.000000000000000001', '0.000000000000000001'],
    ['999999999999999999.999999999999999999', '999999999999999999.999999999999999999'],
  ])('may give a price as %j, which is exactly %s', (price, text) => {
    expect(read({ ...plain, price })[0].price).toBe(text);
  });

  it('has the price that a JSON number is written as', () => {
    const price = fc.integer({ min: 1, max: 999_999_999 }).map((units) => units / 1_000);
    fc.assert(
      fc.property(price, (number) => {
        const [asNumber] = read({ ...plain, price: number });
        const [asText] = read({ ...plain, price: String(number) });
        expect(asNumber.price).toBe(String(number));
        expect(asText).toEqual(asNumber);
      }),
    );
  });

  it.each<[unknown]>([
    [TIME],
    [String(TIME)],
    ['2025-01-06T12:00:00Z'],
    ['2025-01-06T12:00Z'],
    ['2025-01-06 12:00:00.000z'],
    ['2025-01-06T13:00:00+01:00'],
    ['2025-01-06T07:00:00-0500'],
  ])('may give its time as %j', (time) => {
    expect(read({ ...plain, time })[0].time).toBe(TIME);
  });

  it('has volatility as a double and everything else in the sender’s words', () => {
    const body = { ...plain, id: 'msg_1', volatility: '0.0015', quantity: 0.25, expires_in_ms: '60000' };
    expect(read(body)).toEqual([
      { ...plain, id: 'msg_1', volatility: 0.0015, quantity: '0.25', expiresInMs: 60_000 },
    ]);
  });

  it('is called in messages as the sender calls it', () => {
    const signals = readSignals({ signals: [plain, { strategy: 'trend', symbol: 'X', action: 0 }] });
    if (!signals.ok) throw new Error('unreadable');
    const [, second] = signals.value;
    expect([second.path, second.pathOf('strategyId'), second.pathOf('time')]).toEqual([
      'signals[1]',
      'signals[1].strategy',
      'signals[1].time',
    ]);
  });

  it('is never read wrongly, whatever is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const signals = readSignals(body);
        // No text of fast-check's is a strategy with a symbol and a signal.
        expect(signals.ok).toBe(false);
        if (!signals.ok) expect(signals.errors.length).toBeGreaterThan(0);
      }),
    );
  });
});
