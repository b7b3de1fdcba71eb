import { describe, expect, it } from '@jest/globals';
import { PayloadError } from '@bowline/exchange-binance-common';
import { fillEvent, orderEvent } from '../scripted-spot.spec-support.js';
import { marketNews } from './market-events.js';
import { answerOf, userEvent } from './user-events.js';

describe('an event of the user stream', () => {
  it('keeps fields that nobody knows', () => {
    expect(userEvent(orderEvent({ newField: [1] }))).toMatchObject({ type: 'order', raw: { newField: [1] } });
  });

  it('calls words unknown that nobody knows', () => {
    expect(userEvent(orderEvent({ x: 'TELEPORTED', X: 'ELSEWHERE' }))).toMatchObject({
      ...{ execType: 'unknown', status: 'unknown', clientOrderId: 'a' },
    });
  });

  it('that is not known is told by its name', () => {
    expect(
      userEvent({ subscriptionId: 3, event: { e: 'externalLockUpdate', E: 1, a: 'NEO' } }),
    ).toMatchObject({
      ...{ type: 'unknown', name: 'externalLockUpdate', raw: { a: 'NEO' } },
    });
  });

  it('names the order that was canceled, and not the cancel', () => {
    expect(userEvent(orderEvent({ x: 'CANCELED', X: 'CANCELED', c: 'of-the-cancel', C: 'a' }))).toMatchObject(
      {
        ...{ execType: 'CANCELED', clientOrderId: 'a' },
      },
    );
  });

  it.each([
    [{ e: 'executionReport' }, /^executionReport of Binance cannot be read at/],
    [fillEvent(1, 'a few'), /is no decimal number: "a few"/],
    [{ said: 'nothing' }, /^an event of Binance cannot be read at e/],
  ])('of another shape is refused: %p', (value, message) => {
    expect(() => userEvent(value)).toThrow(PayloadError);
    expect(() => userEvent(value)).toThrow(message);
  });

  it('is told from an answer', () => {
    expect(answerOf({ id: 1, status: 200, result: {} })).toMatchObject({ id: 1, status: 200 });
    expect(answerOf({ subscriptionId: 0, event: orderEvent() })).toBeNull();
  });
});

describe('a message of a combined stream', () => {
  it.each([
    [
      'btcusdt@bookTicker',
      { u: 400_900_217, s: 'BTCUSDT', b: '25.35', B: '31.21', a: '25.36', A: '40.66' },
      { type: 'book_ticker', symbol: 'BTCUSDT', bid: { units: 2_535n, scale: 2 }, at: null },
    ],
    [
      'btcusdt@depth20@100ms',
      { lastUpdateId: 160, bids: [['0.0024', '10']], asks: [['0.0026', '100']] },
      { type: 'depth', symbol: 'BTCUSDT', bids: [{ price: { units: 24n, scale: 4 } }], at: null },
    ],
    [
      'btcusdt@aggTrade',
      {
        e: 'aggTrade',
        E: 2,
        s: 'BTCUSDT',
        a: 12_345,
        p: '0.001',
        q: '100',
        f: 1,
        l: 2,
        T: 1,
        m: true,
        M: true,
      },
      { type: 'agg_trade', id: 12_345, at: 1 },
    ],
  ])('%s is news', (stream, data, expected) => {
    expect(marketNews({ stream, data })).toMatchObject(expected);
  });

  it('that nobody asked for is none', () => {
    expect(marketNews({ stream: 'btcusdt@avgPrice', data: { e: 'avgPrice' } })).toBeNull();
    expect(() => marketNews({ result: null, id: 1 })).toThrow(PayloadError);
  });
});
