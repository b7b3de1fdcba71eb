import type { AccountConfig, ClientConfig } from '@bowline/contracts';
import { compareCodePoints, type Instrument, type RoutingPart } from '@bowline/domain';

/** A symbol that is traded at an exchange. */
export interface ListedInstrument {
  readonly exchange: string;
  readonly symbol: string;
  readonly instrument: Instrument;
}

/** One channel of a client: `account` is the place in its accounts. */
export interface ChannelPlace<M extends ListedInstrument = ListedInstrument> {
  readonly account: number;
  readonly market: M;
}

/** The client's channels: every listed symbol that an account trades, in code-point order of (exchange, symbol). */
export function channelPlaces<M extends ListedInstrument>(
  markets: readonly M[],
  accounts: readonly AccountConfig[],
): ChannelPlace<M>[] {
  const sorted = [...markets].sort(
    (a, b) => compareCodePoints(a.exchange, b.exchange) || compareCodePoints(a.symbol, b.symbol),
  );
  return sorted.flatMap((market) => {
    const account = accounts.findIndex(({ exchange }) => exchange === market.exchange);
    const { symbols } = accounts[account] ?? { symbols: [] };
    return account >= 0 && (symbols === null || symbols.includes(market.symbol)) ? [{ account, market }] : [];
  });
}

/** The channel's weight among the exchanges of the client that list the symbol. */
export function routingPart(
  config: Pick<ClientConfig, 'routing'>,
  places: readonly ChannelPlace[],
  market: ListedInstrument,
): RoutingPart | null {
  const { routing } = config;
  if (routing === null) return null;
  const scale = Math.max(...[...routing.values()].map((weight) => weight.scale));
  const units = (exchange: string) => {
    const weight = routing.get(exchange);
    return weight ? weight.units * 10n ** BigInt(scale - weight.scale) : 0n;
  };
  let whole = 0n;
  for (const place of places)
    if (place.market.symbol === market.symbol) whole += units(place.market.exchange);
  return whole > 0n ? { part: units(market.exchange), whole } : { part: 0n, whole: 1n };
}
