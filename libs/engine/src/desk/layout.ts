import {
  accountKey,
  channelKey,
  type AccountConfig,
  type ChannelName,
  type ClientConfig,
} from '@bowline/contracts';
import type { Instrument } from '@bowline/domain';
import { channelPlaces, type ListedInstrument } from '../client-layout.js';

/** One client's account, with the channels that it trades. */
export interface AccountLayout {
  /** `ikenna.binance-usdm` */
  readonly key: string;
  readonly client: ClientConfig;
  readonly account: AccountConfig;
  readonly channels: readonly ChannelLayout[];
}

export interface ChannelLayout {
  /** `ikenna.binance-usdm.BTCUSDT` */
  readonly key: string;
  readonly name: ChannelName;
  readonly instrument: Instrument;
  readonly hedgeMode: boolean;
  /** Stops may be watched here where none can rest at the exchange. */
  readonly allowSynthetic: boolean;
  /** The configuration lets no two strategies be on opposite sides of the channel. */
  readonly oneSided: boolean;
}

/** Everything that a desk trades: who, where, what. */
export interface DeskLayout {
  readonly clients: readonly ClientConfig[];
  readonly markets: readonly ListedInstrument[];
  readonly accounts: readonly AccountLayout[];
  readonly channels: readonly ChannelLayout[];
}

/**
 * Lays the desk out. Throws a RangeError where two channels would have one name: ids may hold dots, and a name is made
 * of three of them.
 */
export function layOut(clients: readonly ClientConfig[], markets: readonly ListedInstrument[]): DeskLayout {
  const accounts = clients.flatMap((client) => accountsOf(client, markets));
  const channels = accounts.flatMap(({ channels: own }) => own);
  const seen = new Map<string, ChannelName>();
  for (const { key, name } of channels) {
    const other = seen.get(key);
    if (other !== undefined) {
      const parts = [other, name].map(({ clientId, exchange, symbol }) =>
        [clientId, exchange, symbol].join(' + '),
      );
      throw new RangeError(`${parts.join(' and ')} are both named ${key}: rename one of them`);
    }
    seen.set(key, name);
  }
  return { clients, markets, accounts, channels };
}

function accountsOf(client: ClientConfig, markets: readonly ListedInstrument[]): AccountLayout[] {
  const { clientId } = client;
  const oneSided = isOneSided(client);
  const places = channelPlaces(markets, client.accounts);
  return client.accounts.map((account, index) => ({
    key: accountKey({ clientId, exchange: account.exchange }),
    client,
    account,
    channels: places
      .filter((place) => place.account === index)
      .map(({ market: { exchange, instrument, symbol } }) => {
        const name = { clientId, exchange, symbol };
        const { allowSynthetic, hedgeMode } = account;
        return { key: channelKey(name), name, instrument, hedgeMode, allowSynthetic, oneSided };
      }),
  }));
}

/** Only buyers, or one strategy alone, which closes before it turns. */
function isOneSided({ defaults, strategies }: ClientConfig): boolean {
  if (strategies === null) return defaults.mode === 'longOnly';
  return strategies.size === 1 || [...strategies.values()].every(({ mode }) => mode === 'longOnly');
}
