import { InputError, type AdapterName, type ConnectionConfig } from '@bowline/contracts';
import type { Instrument } from '@bowline/domain';
import type { AccountLayout } from '@bowline/engine';
import type { Clock, ExchangeCapabilities, ExchangeClient, Logger } from '@bowline/ports';
import type { ConnectedFeed } from '../live/exchange-access.js';
import type { AccountKeys } from './account-keys.js';
import type { CheckedAccount } from './checked-account.js';

/** One exchange, as an adapter reaches it. */
export interface Adapter {
  readonly capabilities: ExchangeCapabilities;
  /** Throws a RangeError on an address that is none. */
  client(account: AccountLayout, keys: AccountKeys): ExchangeClient | Promise<ExchangeClient>;
  /** @param recentBars of each symbol, the last candles that come first */
  feed(instruments: readonly Instrument[], recentBars: number): ConnectedFeed | Promise<ConnectedFeed>;
  /**
   * What the exchange trades, in its own units.
   *
   * @param symbols null: all
   * @throws InputError where it does not answer, or does not trade one of them
   */
  instruments(symbols: readonly string[] | null): Promise<readonly Instrument[]>;
  /** Looks at an account without changing anything. */
  check(account: AccountLayout, keys: AccountKeys): Promise<CheckedAccount>;
}

export interface AdapterOptions {
  /** What the desk calls it. */
  readonly exchange: string;
  readonly connection: ConnectionConfig;
  /** What the desk trades there. */
  readonly instruments: readonly Instrument[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Only what is traded at is loaded: an adapter may weigh more than all the rest. */
const LOADERS: Readonly<Partial<Record<AdapterName, (options: AdapterOptions) => Promise<Adapter>>>> = {
  'binance-spot': async (options) => (await import('./binance-spot.js')).binanceSpotAdapter(options),
  'binance-usdm': async (options) => (await import('./binance-usdm.js')).binanceUsdmAdapter(options),
  ccxt: async (options) => (await import('./ccxt.js')).ccxtAdapter(options),
};

/** The adapter of an exchange. @throws InputError where it cannot be run yet */
export function loadAdapter(options: AdapterOptions): Promise<Adapter> {
  const { connection, exchange } = options;
  const load = LOADERS[connection.adapter];
  if (load !== undefined) return load(options);
  throw new InputError([
    `${exchange}: its adapter ${connection.adapter} is checked but cannot be run yet; there is ${Object.keys(LOADERS).join(', ')}`,
  ]);
}
