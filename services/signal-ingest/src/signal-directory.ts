import type { DeskConfig } from '@bowline/contracts';
import { compareCodePoints } from '@bowline/domain';

/** Who follows which strategy, and trades what: what a signal, or a command, can be about. */
export interface SignalDirectory {
  /** In code-point order, as all lists here. */
  readonly clients: readonly DirectoryClient[];
  /** Strategies that some client names; others may be followed as well, see `followers`. */
  readonly strategies: readonly string[];
  /** What is traded anywhere. */
  readonly symbols: readonly string[];
  /** Clients that follow the strategy: those that name it, and those that name none at all. */
  followers(strategyId: string): readonly DirectoryClient[];
}

export interface DirectoryClient {
  readonly clientId: string;
  /** Null: whichever sends a signal. */
  readonly strategies: readonly string[] | null;
  readonly channels: readonly Market[];
}

/** A symbol that is traded at an exchange. */
export interface Market {
  readonly exchange: string;
  readonly symbol: string;
}

/** The directory of a desk that trades at these markets. */
export function signalDirectory(
  config: Pick<DeskConfig, 'clients'>,
  markets: readonly Market[],
): SignalDirectory {
  const clients = config.clients.map(({ accounts, clientId, strategies }): DirectoryClient => ({
    clientId,
    strategies: strategies === null ? null : sorted(strategies.keys()),
    channels: markets
      .filter(({ exchange, symbol }) =>
        accounts.some(
          (account) =>
            account.exchange === exchange && (account.symbols === null || account.symbols.includes(symbol)),
        ),
      )
      .sort((a, b) => compareCodePoints(a.exchange, b.exchange) || compareCodePoints(a.symbol, b.symbol)),
  }));
  return {
    clients,
    strategies: sorted(clients.flatMap(({ strategies }) => strategies ?? [])),
    symbols: symbolsOf(clients),
    followers: (strategyId) => clients.filter((client) => follows(client, strategyId)),
  };
}

export function follows({ strategies }: DirectoryClient, strategyId: string): boolean {
  return strategies === null || strategies.includes(strategyId);
}

export function trades({ channels }: DirectoryClient, symbol: string): boolean {
  return channels.some((channel) => channel.symbol === symbol);
}

/** What any of the clients trades. */
export function symbolsOf(clients: readonly DirectoryClient[]): readonly string[] {
  return sorted(clients.flatMap(({ channels }) => channels.map(({ symbol }) => symbol)));
}

function sorted(names: Iterable<string>): string[] {
  return [...new Set(names)].sort(compareCodePoints);
}
