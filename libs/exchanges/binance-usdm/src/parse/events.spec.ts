import { PayloadError, parseJson, unwrapped } from '@bowline/exchange-binance-common';
import { describe, expect, it } from '@jest/globals';
import { marketEvent } from './market-events.js';
import { userEvent } from './user-events.js';

/** As documented for ORDER_TRADE_UPDATE; a word and a field of tomorrow are added. */
const ORDER = {
  ...{ e: 'ORDER_TRADE_UPDATE', E: 1568879465651, T: 1568879465650 },
  o: {
    ...{
      s: 'BTCUSDT',
      c: 'TEST',
      S: 'SELL',
      o: 'MARKET',
      f: 'GTC',
      q: '0.001',
      p: '0',
      ap: '0',
      sp: '7103.04',
    },
    ...{ x: 'NEW', X: 'NEW', i: 8886774, l: '0', z: '0', L: '0', T: 1568879465650, t: 0, b: '0', a: '9.91' },
    ...{
      m: false,
      R: false,
      wt: 'CONTRACT_PRICE',
      ot: 'MARKET',
      ps: 'LONG',
      cp: false,
      V: 'EXPIRE_TAKER',
      er: '0',
    },
  },
};

describe('an event of the user stream', () => {
  it('keeps fields that nobody knows', () => {
    const event = userEvent({ ...ORDER, tomorrow: 1, o: { ...ORDER.o, zz: ['new'] } });
    expect(event.raw).toMatchObject({ tomorrow: 1, o: { zz: ['new'] } });
  });

  it('has explicit unknowns for words that nobody knows', () => {
    const o = { ...ORDER.o, x: 'TELEPORTED', X: 'SOMEWHERE', ps: 'SIDEWAYS' };
    expect(userEvent({ ...ORDER, o })).toMatchObject({
      ...{ type: 'order', execType: 'unknown', status: 'unknown', positionSide: 'unknown' },
    });
    expect(userEvent({ e: 'GRID_UPDATE', T: 1 })).toEqual({
      ...{ type: 'unknown', name: 'GRID_UPDATE', raw: { e: 'GRID_UPDATE', T: 1 } },
    });
    expect(userEvent({ e: 'toString' })).toMatchObject({ type: 'unknown' });
  });

  it('keeps order ids exact beyond what a number holds', () => {
    const text = JSON.stringify(ORDER).replace('8886774', '8389765589123456789');
    expect(userEvent(parseJson(text))).toMatchObject({ orderId: '8389765589123456789' });
  });

  it.each<[string, unknown, string]>([
    ['no object', 'text', 'an event of Binance cannot be read'],
    [
      'a price that is none',
      { ...ORDER, o: { ...ORDER.o, p: 'high' } },
      'ORDER_TRADE_UPDATE of Binance cannot be read at o.p: is no decimal number: "high"',
    ],
    ['a missing order', { ...ORDER, o: undefined }, 'ORDER_TRADE_UPDATE of Binance cannot be read at o'],
  ])('says what is wrong with %s', (_what, raw, message) => {
    expect(() => userEvent(raw)).toThrow(PayloadError);
    expect(() => userEvent(raw)).toThrow(message);
  });

  it.each<[string, unknown, Readonly<Record<string, unknown>>]>([
    [
      'a leverage that was changed',
      { e: 'ACCOUNT_CONFIG_UPDATE', E: 1611646737479, T: 1611646737476, ac: { s: 'BTCUSDT', l: 25 } },
      { type: 'config', leverage: { symbol: 'BTCUSDT', leverage: 25 }, multiAssets: null },
    ],
    [
      'multi-assets mode that was changed',
      { e: 'ACCOUNT_CONFIG_UPDATE', E: 1611646737479, T: 1611646737476, ai: { j: true } },
      { type: 'config', leverage: null, multiAssets: true },
    ],
    [
      'a margin call',
      {
        e: 'MARGIN_CALL',
        E: 1587727187525,
        cw: '3.16812045',
        p: [{ s: 'ETHUSDT', ps: 'LONG', pa: '1.327' }],
      },
      { type: 'margin_call', symbols: ['ETHUSDT'] },
    ],
    [
      'a listen key that is over',
      { e: 'listenKeyExpired', E: 1576653824250, listenKey: 'x' },
      { type: 'listen_key_expired' },
    ],
    [
      'a conditional order that has triggered',
      {
        ...{ e: 'ALGO_UPDATE', T: 1750515742297, E: 1750515742303 },
        o: {
          caid: 'a',
          aid: 2148719,
          at: 'CONDITIONAL',
          o: 'STOP_MARKET',
          s: 'BNBUSDT',
          S: 'SELL',
          ps: 'BOTH',
          q: '0.01',
          X: 'TRIGGERED',
          ai: '8886774',
          ap: '0',
          aq: '0',
          tp: '750',
        },
      },
      { type: 'algo', status: 'TRIGGERED', actualOrderId: '8886774' },
    ],
  ])('may be %s', (_what, raw, expected) => {
    expect(userEvent(raw)).toMatchObject(expected);
  });
});

describe('an event of the market', () => {
  it('comes in an envelope or without one', () => {
    const data = { e: 'trade', s: 'BTCUSDT', t: 1, p: '1', q: '2', T: 3, m: true };
    expect(marketEvent(unwrapped({ stream: 'btcusdt@trade', data }))).toEqual(marketEvent(unwrapped(data)));
  });

  it('may have no funding rate', () => {
    const raw = {
      e: 'markPriceUpdate',
      E: 1,
      s: 'BTCUSDT_260925',
      p: '11794.15',
      i: '1',
      P: '1',
      r: '',
      T: 0,
    };
    expect(marketEvent(raw)).toMatchObject({ type: 'mark_price', fundingRate: null });
  });
});
