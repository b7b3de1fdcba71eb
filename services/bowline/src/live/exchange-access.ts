import type { DeskConfig } from '@bowline/contracts';
import type { Instrument } from '@bowline/domain';
import type { AccountLayout, DeskLayout, SystemClock } from '@bowline/engine';
import { RemoteExchangeClient, RemoteMarketFeed, simulatedCapabilities } from '@bowline/exchange-simulator';
import type { DepthFeed, ExchangeCapabilities, ExchangeClient, Logger, MarketFeed } from '@bowline/ports';
import { accountToken } from '../exchange-simulator/account-token.js';
import { isLocal } from '../http/http-app.js';

/** A market that has to be connected to before it tells anything. */
export interface ConnectedFeed extends MarketFeed, Partial<DepthFeed> {
  connect(): Promise<void>;
  close(): Promise<void>;
}

/** How a desk of this configuration reaches its exchanges. */
export interface ExchangeAccess {
  /** The accounts of this process trade on what the markets of this process are seen to do. */
  readonly gatewaysNeedMarkets: boolean;
  /** What the exchange that goes by this name can do: known without a line to it. */
  capabilitiesOf(exchange: string): ExchangeCapabilities;
  clientOf(account: AccountLayout): ExchangeClient | Promise<ExchangeClient>;
  /** @param recentBars of each symbol, the last candles that come first */
  feedOf(
    exchange: string,
    symbols: readonly string[],
    recentBars: number,
  ): ConnectedFeed | Promise<ConnectedFeed>;
  /** Lets the accounts that have been opened see a market, where they need it. */
  follow(feed: MarketFeed & Partial<DepthFeed>): void;
}

export interface ExchangeAccessOptions {
  readonly config: DeskConfig;
  readonly layout: DeskLayout;
  /** Of the exchange simulator. */
  readonly exchangeUrl: string;
  readonly clock: SystemClock;
  readonly logger: Logger;
}

/** Processes that start together find each other within some ten seconds. */
export const PATIENT_DIALS = 8;

/** What of a desk can be traded at an exchange. */
export function instrumentsAt({ markets }: DeskLayout, exchange: string): readonly Instrument[] {
  return markets.filter((market) => market.exchange === exchange).map(({ instrument }) => instrument);
}

/** Exchanges that are simulated in a process of their own. */
export function simulatorAccess({
  clock,
  exchangeUrl: url,
  layout,
  logger,
}: ExchangeAccessOptions): ExchangeAccess {
  const shared = !isLocal(new URL(url).hostname);
  return {
    gatewaysNeedMarkets: false,
    follow: () => undefined,
    capabilitiesOf: (exchange) => simulatedCapabilities(instrumentsAt(layout, exchange)),
    clientOf: ({ account, client }) =>
      new RemoteExchangeClient({
        ...{ url, clock, logger, patientDials: PATIENT_DIALS },
        ...{ exchange: account.exchange, account: client.clientId },
        capabilities: simulatedCapabilities(instrumentsAt(layout, account.exchange)),
        token: accountToken(client, account, shared),
      }),
    feedOf: (exchange, symbols, recentBars) =>
      new RemoteMarketFeed({
        url,
        clock,
        logger,
        exchange,
        symbols,
        recentBars,
        patientDials: PATIENT_DIALS,
      }),
  };
}
