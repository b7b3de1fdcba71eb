import { InputError } from '@bowline/contracts';
import {
  BINANCE_SPOT_CAPABILITIES,
  BinanceSpotClient,
  BinanceSpotMarketFeed,
  binanceSpotInstruments,
  checkBinanceSpot,
} from '@bowline/exchange-binance-spot';
import type { Adapter, AdapterOptions } from './adapter.js';

/** Binance's own testnet of spot. */
const TESTNET = {
  rest: 'https://testnet.binance.vision',
  stream: 'wss://stream.testnet.binance.vision',
  user: 'wss://ws-api.testnet.binance.vision',
};

export function binanceSpotAdapter({ clock, connection, exchange, logger }: AdapterOptions): Adapter {
  const usual = connection.testnet ? TESTNET : { rest: null, stream: null, user: null };
  const restUrl = connection.rest ?? usual.rest;
  const streamUrl = connection.stream ?? usual.stream;
  // Elsewhere all streams are at one place.
  const userUrl = connection.stream ?? usual.user;
  const rest = restUrl === null ? {} : { restUrl };
  const common = { exchange, clock, logger, ...rest };
  return {
    capabilities: BINANCE_SPOT_CAPABILITIES,
    client: ({ channels, client }, keys) =>
      new BinanceSpotClient({
        ...common,
        ...{ account: client.clientId, keys },
        ...(userUrl === null ? {} : { userUrl }),
        asset: channels[0]?.instrument.settle ?? 'USDT',
        instruments: channels.map(({ instrument }) => instrument),
      }),
    feed: (instruments, recentBars) =>
      new BinanceSpotMarketFeed({
        ...common,
        ...(streamUrl === null ? {} : { streamUrl }),
        ...{ instruments, recentBars },
      }),
    async instruments(symbols) {
      const found = await binanceSpotInstruments({ ...common, symbols });
      if (found.ok) return found.value;
      throw new InputError([`${exchange}: ${found.problem}`]);
    },
    async check({ channels }, keys) {
      const instruments = channels.map(({ instrument }) => instrument);
      // Nobody but the exchange itself says what a key may do.
      const permissions = restUrl === null;
      const { positions, ...found } = await checkBinanceSpot({ ...common, keys, instruments, permissions });
      return {
        ...found,
        positionMode: { ok: true, value: 'one-way' },
        positions: positions.ok
          ? {
              ok: true,
              value: positions.value.map((each) => ({ ...each, positionSide: 'BOTH', entryPrice: '0' })),
            }
          : positions,
      };
    },
  };
}
