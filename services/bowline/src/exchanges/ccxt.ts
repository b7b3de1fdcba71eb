import { InputError } from '@bowline/contracts';
import { ccxtCapabilities, CcxtClient, CcxtMarketFeed, CcxtSetupError } from '@bowline/exchange-ccxt';
import type { Adapter, AdapterOptions } from './adapter.js';

/** @throws InputError where ccxt has no such exchange, or no account can be traded there by it */
export async function ccxtAdapter(options: AdapterOptions): Promise<Adapter> {
  const { clock, connection, exchange, instruments, logger } = options;
  const { ccxtId, rest, stream, testnet } = connection;
  const common = {
    ...{ ccxtId, exchange, clock, logger, testnet },
    ...(rest === null ? {} : { restUrl: rest }),
    ...(stream === null ? {} : { streamUrl: stream }),
  };
  return {
    capabilities: await understood(exchange, ccxtCapabilities({ ccxtId, clock, logger }, instruments)),
    client: ({ account, channels, client }, { apiKey, apiPassphrase, apiSecret }) =>
      understood(
        exchange,
        CcxtClient.open({
          ...common,
          ...{ account: client.clientId, hedgeMode: account.hedgeMode },
          keys: { apiKey, apiSecret, ...(apiPassphrase === null ? {} : { password: apiPassphrase }) },
          instruments: channels.map(({ instrument }) => instrument),
        }),
      ),
    feed: (wanted, recentBars) =>
      understood(exchange, CcxtMarketFeed.open({ ...common, instruments: wanted, recentBars })),
    instruments: () =>
      Promise.reject(
        new InputError([
          `${exchange}: instruments cannot be asked for through ccxt yet; write tickSize and lotSize by hand, they are compared when the desk connects`,
        ]),
      ),
    check: () =>
      Promise.reject(
        new InputError([
          `${exchange}: accounts cannot be checked through ccxt yet; the desk checks what it needs when it connects`,
        ]),
      ),
  };
}

/** What is wrong with a configuration is no bug. */
async function understood<T>(exchange: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof CcxtSetupError) throw new InputError([`${exchange}: ${error.message}`]);
    throw error;
  }
}
