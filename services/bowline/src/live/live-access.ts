import type { DeskLayout, SystemClock } from '@bowline/engine';
import type { DeskConfig } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import { accountKeys } from '../exchanges/account-keys.js';
import { loadAdapter, type Adapter } from '../exchanges/adapter.js';
import { instrumentsAt, simulatorAccess, type ExchangeAccess } from './exchange-access.js';
import { paperAccess } from './paper-access.js';
import { exchangesOf } from './wanted-markets.js';

export interface OpenAccessOptions {
  readonly config: DeskConfig;
  readonly layout: DeskLayout;
  /** Of the exchange simulator. */
  readonly exchangeUrl: string;
  readonly clock: SystemClock;
  readonly logger: Logger;
  /** Where the process keeps what is its own. */
  readonly folder: string;
}

/**
 * How a desk reaches its exchanges, by their type.
 *
 * @throws InputError where one has no adapter that can be run
 */
export async function openAccess(options: OpenAccessOptions): Promise<ExchangeAccess> {
  switch (options.config.live.exchanges) {
    case 'paper_trading':
      return paperAccess({ ...options, real: await realAccess(options) });
    case 'live':
      return realAccess(options);
    default:
      return simulatorAccess(options);
  }
}

/** The exchanges themselves, each by its adapter. */
async function realAccess({ clock, config, layout, logger }: OpenAccessOptions): Promise<ExchangeAccess> {
  const { connections } = config.live;
  const adapters = new Map<string, Adapter>();
  for (const exchange of exchangesOf(layout)) {
    const connection = connections.get(exchange)!;
    const instruments = instrumentsAt(layout, exchange);
    adapters.set(exchange, await loadAdapter({ exchange, connection, instruments, clock, logger }));
  }
  const at = (exchange: string): Adapter => adapters.get(exchange)!;
  return {
    gatewaysNeedMarkets: false,
    follow: () => undefined,
    capabilitiesOf: (exchange) => at(exchange).capabilities,
    clientOf: (account) =>
      at(account.account.exchange).client(account, accountKeys(account.client, account.account)),
    feedOf: (exchange, symbols, recentBars) => {
      const wanted = instrumentsAt(layout, exchange).filter(({ symbol }) => symbols.includes(symbol));
      return at(exchange).feed(wanted, recentBars);
    },
  };
}
