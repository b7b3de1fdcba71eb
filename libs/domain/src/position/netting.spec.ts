import { describe, expect, it } from '@jest/globals';
import { closes, entered, fills, given, givenChannel, legsAt, settles, type Step } from '@bowline/testkit';
import { sumOfShares } from './index.js';

const longTen = entered('A', 'LONG', 10, 100, { plan: legsAt(110, 90) });
const shortSix = entered('B', 'SHORT', 6, 100, { plan: legsAt(85, 105) });
/** The exchange's word, after its last trade. */
const reported =
  (signedQty: number): Step =>
  (channel) => {
    const lastTradeId = channel.exchange.trades.length;
    channel.take({ type: 'position_report', signedQty, lastTradeId, at: channel.tick() });
  };

describe('opposite strategies on one netted position', () => {
  it('32: closes A whole when its take-profit of 10 meets a net of 4; the net becomes -6, which is B’s', () => {
    const channel = given(longTen, shortSix);
    expect(channel.exchange.net()).toBe(4);
    channel.when(fills('A-1', 't'), settles);
    expect(channel.position('A-1')).toMatchObject({
      status: 'closed',
      closeReason: 'take_profit',
      realizedPnl: 100n * 10n ** 18n,
    });
    expect(channel.exchange.net()).toBe(-6);
    expect(channel.position('B-1')).toMatchObject({ status: 'open', openQty: 6 });
    expect(channel.working()).toEqual(['B-1 s BUY 6 @105', 'B-1 t BUY 6 @85']);
  });

  it('33: keeps both stops effective while the exchange is flat', () => {
    const channel = given(longTen, entered('B', 'SHORT', 10, 100, { plan: legsAt(80, 120) }));
    expect(channel.exchange.net()).toBe(0);
    expect(channel.working()).toEqual([
      'A-1 s SELL 10 @90',
      'A-1 t SELL 10 @110',
      'B-1 s BUY 10 @120',
      'B-1 t BUY 10 @80',
    ]);
    // A stop that may open at the exchange must not be held back by it.
    expect(channel.exchange.live().some(({ terms }) => terms.reduceOnly)).toBe(false);
    channel.when(fills('A-1', 's'), settles);
    expect(channel.position('A-1')).toMatchObject({ status: 'closed', closeReason: 'stop_loss' });
    expect(channel.exchange.net()).toBe(-10);
    channel.when(fills('B-1', 's'), settles);
    expect(channel.position('B-1')).toMatchObject({ status: 'closed', closeReason: 'stop_loss' });
    expect(channel.exchange.net()).toBe(0);
    expect(channel.working()).toEqual([]);
  });

  it('34: takes the net through zero with a stop and calls it no error', () => {
    const channel = given(longTen, shortSix).when(fills('A-1', 's'), settles);
    expect(channel.exchange.net()).toBe(-6);
    expect(channel.alerts()).toEqual([]);
    expect(channel.when(reported(-6)).alerts()).toEqual([]);
    expect(sumOfShares(channel.state)).toBe(-6);
  });

  it('36: takes a flat exchange with two open positions as equal, never as flat', () => {
    const channel = given(longTen, entered('B', 'SHORT', 10)).when(reported(0));
    expect(channel.events).toEqual([]);
    expect(channel.state.frozen).toBe(false);
    expect(channel.position('A-1').openQty).toBe(10);
    expect(channel.position('B-1').openQty).toBe(10);
  });

  it('35: fills opposite entries independently, each with its fee', () => {
    const channel = givenChannel({ feePerLot: 3n }, longTen, shortSix);
    const trades = channel.exchange.trades.map(({ key, signedQty }) => [key!.strategyPositionId, signedQty]);
    expect(trades).toEqual([
      ['A-1', 10],
      ['B-1', -6],
    ]);
    expect([channel.position('A-1').fees, channel.position('B-1').fees]).toEqual([30n, 18n]);
  });

  it('closes one side at the market without touching the other', () => {
    const channel = given(longTen, shortSix).when(closes('B'), settles);
    expect(channel.position('B-1')).toMatchObject({ status: 'closed', closeReason: 'signal' });
    expect(channel.working()).toEqual(['A-1 s SELL 10 @90', 'A-1 t SELL 10 @110']);
    expect(channel.exchange.net()).toBe(10);
  });
});
