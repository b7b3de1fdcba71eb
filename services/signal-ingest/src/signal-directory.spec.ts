import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '@bowline/contracts';
import { signalDirectory } from './signal-directory.js';

const CONFIG = `
clients:
  odum:
    exchanges:
      okx: {}
  ikenna:
    exchanges:
      okx: { symbols: [BTCUSDT] }
      binance-usdm: { symbols: [SOLUSDT, BTCUSDT] }
    strategies: [trend, scout]
`;
const MARKETS = [
  { exchange: 'okx', symbol: 'ETHUSDT' },
  { exchange: 'okx', symbol: 'BTCUSDT' },
  { exchange: 'binance-usdm', symbol: 'BTCUSDT' },
  { exchange: 'kraken', symbol: 'BTCUSDT' },
];
const directory = signalDirectory(parseConfig(CONFIG, 'desk.yaml'), MARKETS);

describe('who follows what', () => {
  it('is those who name the strategy, and those who name none', () => {
    const names = (strategy: string) => directory.followers(strategy).map(({ clientId }) => clientId);
    expect(names('trend')).toEqual(['ikenna', 'odum']);
    expect(names('never-heard-of')).toEqual(['odum']);
    expect(directory.strategies).toEqual(['scout', 'trend']);
  });

  it('trades what its accounts list and the desk has, or all of an exchange where it lists nothing', () => {
    const channels = directory.clients.map(({ channels: all, clientId }) => [
      clientId,
      ...all.map(({ exchange, symbol }) => `${exchange}.${symbol}`),
    ]);
    expect(channels).toEqual([
      ['ikenna', 'binance-usdm.BTCUSDT', 'okx.BTCUSDT'],
      ['odum', 'okx.BTCUSDT', 'okx.ETHUSDT'],
    ]);
    expect(directory.symbols).toEqual(['BTCUSDT', 'ETHUSDT']);
  });
});
