import type { ChannelName } from '@bowline/contracts';
import { cashOf, type Instrument } from '@bowline/domain';
import type { DeskLayout } from '@bowline/engine';
import type { KnownDesk } from './model/known-desk.js';

/** What the layout of a desk says to whoever only reads. */
export function knownDesk({ accounts, channels, markets }: DeskLayout): KnownDesk {
  const instruments = new Map<string, Instrument>(
    markets.map((market) => [keyOf(market), market.instrument]),
  );
  return {
    channels: channels.map(({ hedgeMode, instrument, name }) => ({ ...name, instrument, hedgeMode })),
    // An account without a channel has no currency to count in.
    accounts: accounts.flatMap(({ account, channels: own, client }) =>
      own.slice(0, 1).map(({ instrument }) => ({
        clientId: client.clientId,
        exchange: account.exchange,
        asset: instrument.settle,
        startingBalance: account.accountBalance === null ? null : cashOf(account.accountBalance),
      })),
    ),
    instrumentOf: (market) => instruments.get(keyOf(market)) ?? null,
  };
}

function keyOf({ exchange, symbol }: Pick<ChannelName, 'exchange' | 'symbol'>): string {
  return `${exchange}\n${symbol}`;
}
