import { createInstrument } from '@bowline/domain';
import type { Clock, Logger } from '@bowline/ports';
import { CcxtClient, type CcxtClientOptions } from './client.js';

export const silent = (): void => undefined;
export const SILENT: Logger = { info: silent, warn: silent, error: silent };

/** The machine's. */
export const clock: Clock = {
  now: () => Date.now(),
  callAt: (time, callback) => {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};

export const SWAP = createInstrument({
  ...{
    exchange: 'okx',
    symbol: 'BTC-USDT-SWAP',
    kind: 'perpetual',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
  },
  ...{ multiplier: '0.01', inverse: false, tickSize: '0.1', lotSize: '0.01', minNotional: '0' },
});

/** A client of OKX's API at a URL. */
export const openOkx = (url: string, change: Partial<CcxtClientOptions> = {}): Promise<CcxtClient> =>
  CcxtClient.open({
    ...{ ccxtId: 'okx', account: 'ikenna', keys: { apiKey: 'k', apiSecret: 's', password: 'p' } },
    ...{ instruments: [SWAP], hedgeMode: false, restUrl: url, streamUrl: url.replace('http', 'ws') },
    ...{ clock, logger: SILENT, firstPauseMs: 1, subscribeMs: 20, ...change },
  });
