import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createInstrument } from '@bowline/domain';
import type { CcxtClientOptions } from './client.js';
import { openOkx, silent, SWAP } from './client.spec-support.js';
import { OkxServer } from './okx-server.spec-support.js';

let server: OkxServer;

beforeAll(async () => {
  server = await OkxServer.start();
});

afterAll(() => server.close());

describe('an account that cannot be traded', () => {
  it.each<[string, Partial<CcxtClientOptions>]>([
    [
      'lotSize of BTC-USDT-SWAP is 0.01 at the exchange, and 1 in the configuration',
      { instruments: [createInstrument({ ...SWAP, lotSize: '1' })] },
    ],
    [
      'multiplier of BTC-USDT-SWAP is 0.01 at the exchange, and 1 in',
      { instruments: [createInstrument({ ...SWAP, multiplier: '1' })] },
    ],
    [
      'no perpetual there is called ETH-USDT-SWAP',
      { instruments: [createInstrument({ ...SWAP, symbol: 'ETH-USDT-SWAP' })] },
    ],
  ])('says why: %s', async (why, change) => {
    const other = await openOkx(server.url, change);
    await expect(other.connect(silent)).rejects.toThrow(why);
    await other.close();
  });

  it.each<[string, Partial<CcxtClientOptions>]>([
    ['ccxt has no exchange "okex"; the nearest are okx', { ccxtId: 'okex' }],
    ['it lacks what it makes of an order id of ours (known of binanceusdm, okx', { ccxtId: 'gate' }],
    [
      'kraken has no hedge mode',
      { ccxtId: 'kraken', hedgeMode: true, instruments: [createInstrument({ ...SWAP, kind: 'spot' })] },
    ],
    ['no account can be traded at cex by ccxt: it lacks', { ccxtId: 'cex' }],
  ])('is refused before anything is asked: %s', async (why, change) => {
    await expect(openOkx(server.url, change)).rejects.toThrow(why);
  });
});
