import { InputError } from '@bowline/contracts';
import {
  BINANCE_USDM_CAPABILITIES,
  BinanceUsdmClient,
  BinanceUsdmMarketFeed,
  binanceUsdmInstruments,
  checkBinanceUsdm,
} from '@bowline/exchange-binance-usdm';
import type { Adapter, AdapterOptions } from './adapter.js';

/** Binance's own testnet of USD-M futures. */
const TESTNET = { rest: 'https://testnet.binancefuture.com', stream: 'wss://fstream.binancefuture.com' };

export function binanceUsdmAdapter({ clock, connection, exchange, logger }: AdapterOptions): Adapter {
  const usual = connection.testnet ? TESTNET : { rest: null, stream: null };
  const restUrl = connection.rest ?? usual.rest;
  const streamUrl = connection.stream ?? usual.stream;
  const rest = restUrl === null ? {} : { restUrl };
  const urls = { ...rest, ...(streamUrl === null ? {} : { streamUrl }) };
  const common = { exchange, clock, logger, ...urls };
  return {
    capabilities: BINANCE_USDM_CAPABILITIES,
    client: ({ account, channels, client }, keys) =>
      new BinanceUsdmClient({
        ...common,
        ...{ account: client.clientId, keys, hedgeMode: account.hedgeMode },
        asset: channels[0]?.instrument.settle ?? 'USDT',
        instruments: channels.map(({ instrument }) => instrument),
      }),
    feed: (instruments, recentBars) => new BinanceUsdmMarketFeed({ ...common, instruments, recentBars }),
    async instruments(symbols) {
      const found = await binanceUsdmInstruments({ ...common, symbols });
      if (found.ok) return found.value;
      throw new InputError([`${exchange}: ${found.problem}`]);
    },
    async check({ account }, keys) {
      // Permissions of keys are told at the exchange's spot host, which a testnet or a simulator does not have.
      const spot = restUrl === null ? {} : { spotUrl: null };
      const found = await checkBinanceUsdm({
        clock,
        logger,
        keys,
        hedgeMode: account.hedgeMode,
        ...rest,
        ...spot,
      });
      const { account: told, ...others } = found;
      return { ...others, balances: told.ok ? { ok: true, value: told.value.balances } : told };
    },
  };
}
