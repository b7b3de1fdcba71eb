import { describe, expect, it } from '@jest/globals';
import { marketDataUrls } from './market-data-url.js';

describe('where markets are told', () => {
  it.each([
    [null, null],
    ['', null],
    ['http://127.0.0.1:8425', 'http://127.0.0.1:8425'],
    ['http://market-data-{exchange}:8420/', 'http://market-data-okx:8420'],
    ['binance-usdm=http://a:1,okx=http://b:2', 'http://b:2'],
    ['binance-usdm=http://a:1', null],
  ])('%j says of okx %j', (text, url) => {
    expect(marketDataUrls(text)('okx')).toBe(url);
  });

  it.each(['market-data:8420', 'https://a:1', 'okx=b:2', '=http://a:1', 'okx=http://a:1,'])(
    'refuses %j',
    (text) => {
      expect(() => marketDataUrls(text)).toThrow('BOWLINE_MARKET_DATA_URL: expected http://host:port');
    },
  );
});
