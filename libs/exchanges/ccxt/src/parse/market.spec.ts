import { describe, expect, it } from '@jest/globals';
import { cash, createInstrument, type InstrumentSpec } from '@bowline/domain';
import { market, marketOf, toFilters, toInstrument, unitsDiffer, type Market } from './market.js';

/** As ccxt describes markets of OKX. */
const describe_ = (change: Readonly<Record<string, unknown>>): Market =>
  market.parse({
    ...{ base: 'BTC', quote: 'USDT', active: true, inverse: false, info: { instId: 'as it came' } },
    precision: { amount: 0.01, price: 0.1 },
    limits: {
      amount: { min: 0.01, max: 100_000_000 },
      price: { min: undefined, max: undefined },
      cost: { min: 5, max: undefined },
      market: { min: 0, max: 10_000 },
    },
    ...change,
  });

const SWAP = describe_({
  ...{ id: 'BTC-USDT-SWAP', symbol: 'BTC/USDT:USDT', type: 'swap', settle: 'USDT', contractSize: 0.01 },
});
const SPOT = describe_({
  ...{ id: 'BTC-USDT', symbol: 'BTC/USDT', type: 'spot', precision: { amount: 1e-8, price: 0.1 } },
});
const BY_COIN = describe_({
  ...{ id: 'BTC-USD-SWAP', symbol: 'BTC/USD:BTC', type: 'swap', quote: 'USD', settle: 'BTC', inverse: true },
  contractSize: 100,
});
const ALL = [SPOT, SWAP, BY_COIN];

const instrument = (change: Partial<InstrumentSpec> = {}) =>
  createInstrument({
    ...{ exchange: 'okx', symbol: 'BTC-USDT-SWAP', kind: 'perpetual', base: 'BTC', quote: 'USDT' },
    ...{
      settle: 'USDT',
      multiplier: '0.01',
      inverse: false,
      tickSize: '0.1',
      lotSize: '0.01',
      minNotional: '0',
    },
    ...change,
  });

describe('the market of an instrument', () => {
  it.each([
    ['as the exchange calls it', { symbol: 'BTC-USDT-SWAP' }, SWAP],
    ['as ccxt calls it', { symbol: 'BTC/USDT:USDT' }, SWAP],
    ['by its currencies', { symbol: 'BTCUSDT' }, SWAP],
    ['of its kind', { symbol: 'BTCUSDT', kind: 'spot' }, SPOT],
  ] as const)('is found %s', (_how, change, found) => {
    expect(marketOf(instrument(change), ALL)).toBe(found);
  });

  it.each([
    [{ symbol: 'ETHUSDT' }, 'no perpetual there is called ETHUSDT'],
    [{ symbol: 'BTC-USDT-SWAP', kind: 'spot' }, 'no spot there is called BTC-USDT-SWAP'],
    [{ settle: 'USDC' }, 'settle of BTC-USDT-SWAP is USDT at the exchange, and USDC in the configuration'],
    [{ base: 'XBT' }, 'base of BTC-USDT-SWAP is BTC at the exchange, and XBT in the configuration'],
  ] as const)('is none: %j', (change, why) => {
    expect(marketOf(instrument(change), ALL)).toBe(why);
  });

  it('is none where it may be several', () => {
    const again = { ...SWAP, id: 'BTC-USDT-SWAP2', symbol: 'BTC/USDT:USDT-2' };
    expect(marketOf(instrument({ symbol: 'BTCUSDT' }), [...ALL, again])).toMatch(
      'call it as the exchange does',
    );
  });
});

describe('the units of an instrument', () => {
  it('are those of the exchange, whatever zeros are written', () => {
    expect(unitsDiffer(instrument({ tickSize: '0.10', lotSize: '0.010' }), SWAP)).toBeNull();
    expect(unitsDiffer(toInstrument('okx', SWAP), SWAP)).toBeNull();
    expect(unitsDiffer(toInstrument('okx', SPOT), SPOT)).toBeNull();
  });

  it.each([
    [{ tickSize: '0.01' }, 'tickSize of BTC-USDT-SWAP is 0.1 at the exchange, and 0.01 in the configuration'],
    [{ lotSize: '1' }, 'lotSize of BTC-USDT-SWAP is 0.01 at the exchange, and 1 in the configuration'],
    [{ multiplier: '1' }, 'multiplier of BTC-USDT-SWAP is 0.01 at the exchange, and 1 in the configuration'],
  ])('differ: %j', (change, why) => {
    expect(unitsDiffer(instrument(change), SWAP)).toBe(why);
  });

  it('cannot be those of an inverse contract', () => {
    expect(unitsDiffer(instrument(), BY_COIN)).toMatch('is inverse');
    expect(() => toInstrument('okx', BY_COIN)).toThrow('inverse contracts are not supported');
  });
});

describe("an exchange's demands", () => {
  it('are in the units of the instrument', () => {
    expect(toFilters(instrument(), SWAP, 200)).toEqual({
      ...{
        symbol: 'BTC-USDT-SWAP',
        trading: true,
        minQty: 1,
        maxQty: 10_000_000_000,
        marketMaxQty: 1_000_000,
      },
      ...{ minPrice: null, maxPrice: null, minNotional: cash('5'), minNotionalOfClosing: false },
      ...{ percentPrice: null, maxOpenOrders: null, maxConditionalOrders: 200 },
    });
  });

  it('say that nothing is traded where a market is not active', () => {
    expect(toFilters(instrument(), { ...SWAP, active: false }, null)).toMatchObject({ trading: false });
  });
});
