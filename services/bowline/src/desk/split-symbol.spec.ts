import { describe, expect, it } from '@jest/globals';
import { splitSymbol } from './split-symbol.js';

describe('the currencies of a symbol', () => {
  it.each([
    ['BTCUSDT', 'BTC', 'USDT'],
    ['ETHUSDC', 'ETH', 'USDC'],
    ['BTCFDUSD', 'BTC', 'FDUSD'],
    ['BNBBUSD', 'BNB', 'BUSD'],
    ['ETHBTC', 'ETH', 'BTC'],
    ['LINKETH', 'LINK', 'ETH'],
    ['BTCEUR', 'BTC', 'EUR'],
    ['BTCUSD', 'BTC', 'USD'],
    ['BTC-USDT-SWAP', 'BTC', 'USDT'],
    ['ETH-USD-PERP', 'ETH', 'USD'],
    ['eth_btc', 'ETH', 'BTC'],
    ['1000PEPEUSDT', '1000PEPE', 'USDT'],
  ])('%s are %s and %s', (symbol, base, quote) => {
    expect(splitSymbol(symbol)).toEqual({ base, quote });
  });

  it.each(['AAPL', 'USDT', '-USDT'])('of %s cannot be told', (symbol) => {
    expect(splitSymbol(symbol)).toBeNull();
  });
});
