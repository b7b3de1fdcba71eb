import { didYouMean, InputError, type ClientConfig, type DeskConfig } from '@bowline/contracts';
import { layOut, SystemClock } from '@bowline/engine';
import { createLogger } from '@bowline/telemetry';
import { instrumentsAt } from '../live/exchange-access.js';
import { mockMarkets } from '../live/mock-markets.js';
import { loadAdapter, type Adapter } from './adapter.js';

/**
 * The adapter of an exchange of a configuration.
 *
 * @throws InputError where no client has the exchange, or its adapter cannot be run yet
 */
export function openAdapter(config: DeskConfig, exchange: string): Promise<Adapter> {
  const connection = config.live.connections.get(exchange);
  if (connection === undefined) throw unknown('--exchange', exchange, [...config.live.connections.keys()]);
  const logger = createLogger({ level: 'error', role: 'exchange' });
  const instruments = instrumentsAt(layOut(config.clients, mockMarkets(config)), exchange);
  return loadAdapter({ exchange, connection, instruments, clock: new SystemClock(), logger });
}

/** The client with this account. @throws InputError where there is none */
export function clientAt({ clients }: DeskConfig, clientId: string, exchange: string): ClientConfig {
  const client = clients.find((each) => each.clientId === clientId);
  if (client === undefined)
    throw unknown(
      '--client',
      clientId,
      clients.map((each) => each.clientId),
    );
  const exchanges = client.accounts.map((each) => each.exchange);
  if (exchanges.includes(exchange)) return client;
  throw unknown(`--exchange: ${clientId} has no account there;`, exchange, exchanges);
}

function unknown(option: string, name: string, known: readonly string[]): InputError {
  const meant = didYouMean(name, known);
  const hint = meant === null ? `there is ${known.join(', ')}` : `did you mean ${meant}?`;
  return new InputError([`${option} ${name} is not in the configuration; ${hint}`]);
}
