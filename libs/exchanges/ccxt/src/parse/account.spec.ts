import { describe, expect, it } from '@jest/globals';
import { decimal, formatUnits, type Decimal } from '@bowline/domain';
import { bookIdOf, idOf } from '../account/find-order.js';
import { loadExchange } from '../ccxt/load.js';
import { profileOf } from '../profiles.js';
import { order, positions, trade, type Order } from './account.js';

/** What ccxt's parsers are called in it. */
interface Parsers {
  setMarkets(markets: readonly unknown[]): unknown;
  safeMarketStructure(market: unknown): unknown;
  parseOrder(raw: unknown): unknown;
  parseTrade(raw: unknown): unknown;
  parsePosition(raw: unknown): unknown;
}

/** The linear swap of BTC and USDT, or the spot market of BTC and USD, and what the exchange calls it. */
async function parsersOf(ccxtId: string, id: string): Promise<Parsers> {
  const Exchange = await loadExchange(ccxtId);
  const parsers = new Exchange({}) as unknown as Parsers;
  const isSpot = ccxtId === 'kraken';
  const [quote, settle] = isSpot ? ['USD', undefined] : ['USDT', 'USDT'];
  const type = isSpot ? 'spot' : 'swap';
  const market = parsers.safeMarketStructure({
    ...{ id, symbol: isSpot ? 'BTC/USD' : 'BTC/USDT:USDT', base: 'BTC', quote, settle, type },
    ...{ baseId: 'BTC', quoteId: quote, settleId: settle, altname: id, active: true, contractSize: 1 },
    ...{ spot: isSpot, swap: !isSpot, contract: !isSpot, linear: !isSpot, inverse: false },
    precision: { amount: 0.001, price: 0.1 },
  });
  parsers.setMarkets([market]);
  return parsers;
}

const text = (value: Decimal | null): string | null =>
  value === null ? null : formatUnits(value.units, value.scale);

const told = ({ amount, clientOrderId, filled, id, price, side, status, type }: Order) => ({
  ...{ id, clientOrderId, status, side, type },
  ...{ price: text(price), amount: text(amount), filled: text(filled) },
});

describe('an order, as the exchanges document it', () => {
  it.each<[string, string, string, Readonly<Record<string, unknown>>, ReturnType<typeof told>]>([
    [
      'okx',
      'partly filled',
      'BTC-USDT-SWAP',
      {
        ...{
          instType: 'SWAP',
          instId: 'BTC-USDT-SWAP',
          ordId: '312269865356374016',
          clOrdId: 'b1',
          algoId: '',
        },
        ...{
          ordType: 'limit',
          side: 'buy',
          px: '42000.1',
          sz: '0.003',
          accFillSz: '0.001',
          avgPx: '42000.1',
        },
        ...{
          state: 'partially_filled',
          cTime: '1597026383085',
          uTime: '1597026383085',
          feeCcy: 'USDT',
          fee: '-0.1',
        },
      },
      {
        ...{ id: '312269865356374016', clientOrderId: 'b1', status: 'open', side: 'buy', type: 'limit' },
        ...{ price: '42000.1', amount: '0.003', filled: '0.001' },
      },
    ],
    [
      'bybit',
      'filled in part, then canceled',
      'BTCUSDT',
      {
        ...{
          symbol: 'BTCUSDT',
          orderType: 'Limit',
          orderLinkId: 'b2',
          orderId: 'c6f055d9-7f21-4079-913d-e6523a9cfffa',
        },
        ...{
          orderStatus: 'PartiallyFilledCanceled',
          price: '42000.1',
          qty: '0.003',
          cumExecQty: '0.001',
          side: 'Sell',
        },
        ...{ leavesQty: '0', cumExecValue: '42.0001', avgPrice: '42000.1', createdTime: '1672217748287' },
        ...{ updatedTime: '1672217748287', timeInForce: 'GTC', cumExecFee: '0.01', reduceOnly: false },
      },
      {
        ...{
          id: 'c6f055d9-7f21-4079-913d-e6523a9cfffa',
          clientOrderId: 'b2',
          status: 'closed',
          side: 'sell',
        },
        ...{ type: 'limit', price: '42000.1', amount: '0.003', filled: '0.001' },
      },
    ],
    [
      'kraken',
      'open',
      'XBTUSD',
      {
        ...{
          id: 'OTLAS3-RRHUF-NDWH5A',
          status: 'open',
          opentm: 1586822919.3342,
          vol: '0.21800000',
          cl_ord_id: 'b3',
        },
        ...{ vol_exec: '0.00000000', cost: '0', fee: '0', price: '0', oflags: 'fciq', trades: [] },
        descr: {
          pair: 'XBTUSD',
          type: 'sell',
          ordertype: 'limit',
          price: '42000.1',
          price2: '0',
          leverage: 'none',
        },
      },
      {
        ...{ id: 'OTLAS3-RRHUF-NDWH5A', clientOrderId: 'b3', status: 'open', side: 'sell', type: 'limit' },
        ...{ price: '42000.1', amount: '0.218', filled: '0' },
      },
    ],
    [
      'binanceusdm',
      'expired, of a word that ccxt knows',
      'BTCUSDT',
      {
        ...{
          orderId: 151007482392,
          symbol: 'BTCUSDT',
          status: 'EXPIRED_IN_MATCH',
          clientOrderId: 'b4',
          side: 'BUY',
        },
        ...{
          price: '42000.10',
          avgPrice: '0.00',
          origQty: '0.003',
          executedQty: '0',
          cumQuote: '0',
          type: 'LIMIT',
        },
        ...{ timeInForce: 'GTC', positionSide: 'BOTH', stopPrice: '0', updateTime: 1684300587845 },
      },
      {
        ...{ id: '151007482392', clientOrderId: 'b4', status: 'expired', side: 'buy', type: 'limit' },
        ...{ price: '42000.1', amount: '0.003', filled: '0' },
      },
    ],
    [
      'binanceusdm',
      'of a status that nobody knows',
      'BTCUSDT',
      {
        ...{
          orderId: 1,
          symbol: 'BTCUSDT',
          status: 'NEW_ADL',
          clientOrderId: 'b5',
          side: 'BUY',
          price: '42000.10',
        },
        ...{
          origQty: '0.003',
          executedQty: '0',
          type: 'LIMIT',
          positionSide: 'BOTH',
          updateTime: 1684300587845,
        },
      },
      {
        ...{ id: '1', clientOrderId: 'b5', status: 'unknown', side: 'buy', type: 'limit' },
        ...{ price: '42000.1', amount: '0.003', filled: '0' },
      },
    ],
  ])('%s: %s', async (ccxtId, _what, id, raw, expected) => {
    const parsers = await parsersOf(ccxtId, id);
    const read = order.parse(parsers.parseOrder(raw));
    expect(told(read)).toEqual(expected);
    // Whatever the exchange says besides is still there.
    expect(read.info).toMatchObject(raw);
    expect(idOf(profileOf(ccxtId)?.idIn(read.info))).toBe(expected.clientOrderId);
  });

  it('of a stop says what it has become', async () => {
    const okx = await parsersOf('okx', 'BTC-USDT-SWAP');
    const raw = {
      instId: 'BTC-USDT-SWAP',
      algoId: '7',
      algoClOrdId: 's',
      ordId: '12',
      side: 'sell',
      state: 'effective',
    };
    const stop = order.parse(okx.parseOrder({ ...raw, ordType: 'trigger', sz: '1', triggerPx: '41000' }));
    const become = order.parse(
      okx.parseOrder({ ...raw, ordType: 'market', sz: '1', state: 'filled', accFillSz: '1' }),
    );
    const profile = profileOf('okx')!;
    expect([stop, become].map(({ info }) => profile.conditional?.isStop(info))).toEqual([true, false]);
    expect([stop, become].map(({ info }) => profile.idIn(info))).toEqual(['s', 's']);
    expect(idOf(profile.conditional?.bookId(stop.info))).toBe('12');
    // ccxt calls it by the stop.
    expect([become.id, bookIdOf(profile, become.info)]).toEqual(['7', '12']);
  });
});

describe('a trade, as the exchanges document it', () => {
  it.each<[string, string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    [
      'okx',
      'BTC-USDT-SWAP',
      {
        ...{
          instType: 'SWAP',
          instId: 'BTC-USDT-SWAP',
          tradeId: '123',
          ordId: '312269865356374016',
          clOrdId: 'b1',
        },
        ...{
          fillPx: '42000.1',
          fillSz: '0.003',
          side: 'buy',
          execType: 'M',
          feeCcy: 'USDT',
          fee: '-0.0252',
          ts: '1597026383085',
        },
      },
      {
        id: '123',
        order: '312269865356374016',
        side: 'buy',
        takerOrMaker: 'maker',
        timestamp: 1_597_026_383_085,
      },
    ],
    [
      'bybit',
      'BTCUSDT',
      {
        ...{
          symbol: 'BTCUSDT',
          orderLinkId: 'b2',
          side: 'Buy',
          orderId: '8c065341',
          execTime: '1672282722429',
        },
        ...{
          isMaker: false,
          execFee: '0.0252',
          feeRate: '0.0006',
          execId: 'e0cbe81d-0f18-5866-9415-cf319b5dab3b',
        },
        ...{
          execPrice: '42000.1',
          execQty: '0.003',
          execValue: '126.0003',
          execType: 'Trade',
          orderQty: '0.1',
        },
      },
      {
        id: 'e0cbe81d-0f18-5866-9415-cf319b5dab3b',
        order: '8c065341',
        side: 'buy',
        takerOrMaker: 'taker',
        timestamp: 1_672_282_722_429,
      },
    ],
    [
      'kraken',
      'XBTUSD',
      {
        ...{
          id: 'THVRQM-33VKH-UCI7BS',
          ordertxid: 'OQCLML-BW3P3-BUCMWZ',
          pair: 'XBTUSD',
          time: 1688667796.8802,
        },
        ...{
          type: 'buy',
          ordertype: 'limit',
          price: '42000.10000',
          cost: '126.00030',
          fee: '0.02520',
          vol: '0.00300000',
          maker: true,
        },
      },
      {
        id: 'THVRQM-33VKH-UCI7BS',
        order: 'OQCLML-BW3P3-BUCMWZ',
        side: 'buy',
        takerOrMaker: 'maker',
        timestamp: 1_688_667_796_880,
      },
    ],
    [
      'binanceusdm',
      'BTCUSDT',
      {
        ...{
          symbol: 'BTCUSDT',
          id: 123,
          orderId: 9_007_199_254,
          side: 'BUY',
          price: '42000.10',
          qty: '0.003',
        },
        ...{
          commission: '0.0252',
          commissionAsset: 'USDT',
          maker: false,
          positionSide: 'BOTH',
          time: 1569514978020,
          quoteQty: '126',
        },
      },
      { id: '123', order: '9007199254', side: 'buy', takerOrMaker: 'taker', timestamp: 1_569_514_978_020 },
    ],
  ])('%s', async (ccxtId, id, raw, expected) => {
    const read = trade.parse((await parsersOf(ccxtId, id)).parseTrade(raw));
    expect(read).toMatchObject({ ...expected, price: decimal('42000.1'), amount: decimal('0.003') });
    expect(Math.abs(Number((profileOf(ccxtId)?.feeIn?.(read.info) ?? read.fee)?.cost))).toBe(0.0252);
    // Paid.
    expect(Number((profileOf(ccxtId)?.feeIn?.(read.info) ?? read.fee)?.cost)).toBeGreaterThan(0);
  });
});

describe('a position, as the exchanges document it', () => {
  it.each<[string, string, Readonly<Record<string, unknown>>]>([
    [
      'okx',
      'BTC-USDT-SWAP',
      {
        instType: 'SWAP',
        instId: 'BTC-USDT-SWAP',
        posSide: 'net',
        pos: '-0.003',
        avgPx: '42000.15',
        mgnMode: 'cross',
        uTime: '1619507761462',
      },
    ],
    [
      'bybit',
      'BTCUSDT',
      {
        symbol: 'BTCUSDT',
        side: 'Sell',
        size: '0.003',
        avgPrice: '42000.15',
        positionIdx: 0,
        positionValue: '126',
        leverage: '10',
        createdTime: '1672121182216',
      },
    ],
  ])('%s', async (ccxtId, id, raw) => {
    const [read] = positions.parse([(await parsersOf(ccxtId, id)).parsePosition(raw)]);
    expect(read).toMatchObject({
      symbol: 'BTC/USDT:USDT',
      side: 'short',
      contracts: decimal('0.003'),
      entryPrice: 42000.15,
    });
  });
});
