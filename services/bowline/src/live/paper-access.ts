import { join } from 'node:path';
import { InputError, type DeskConfig } from '@bowline/contracts';
import type { AccountLayout, DeskLayout, SystemClock } from '@bowline/engine';
import { ExchangeLogError, simulatedCapabilities } from '@bowline/exchange-simulator';
import type { ExchangeClient } from '@bowline/ports';
import { instrumentsAt, type ExchangeAccess } from './exchange-access.js';
import { mockAccount } from './mock-exchanges.js';
import { PaperExchange } from './paper-exchange.js';

export interface PaperAccessOptions {
  readonly config: Pick<DeskConfig, 'live'>;
  readonly layout: DeskLayout;
  readonly clock: SystemClock;
  /** Where the accounts' orders and positions are kept. */
  readonly folder: string;
  /** The exchanges whose markets they are. */
  readonly real: Pick<ExchangeAccess, 'feedOf'>;
}

/** Real markets, and accounts that trade them on paper, each in the process of its gateway. */
export function paperAccess({ clock, config, folder, layout, real }: PaperAccessOptions): ExchangeAccess {
  const { fillRatio, latencyMs } = config.live.mock;
  const open: PaperExchange[] = [];
  return {
    gatewaysNeedMarkets: true,
    capabilitiesOf: (exchange) => simulatedCapabilities(instrumentsAt(layout, exchange)),
    feedOf: (exchange, symbols, recentBars) => real.feedOf(exchange, symbols, recentBars),
    clientOf({ account, channels, client, key }: AccountLayout): ExchangeClient {
      try {
        const paper = new PaperExchange({
          ...{ exchange: account.exchange, clock, latencyMs, fillRatio },
          account: mockAccount(client.clientId, account, channels[0]?.instrument.settle ?? 'USDT'),
          instruments: channels.map(({ instrument }) => instrument),
          log: { folder: join(folder, 'paper', key) },
        });
        open.push(paper);
        return {
          ...{ exchange: account.exchange, account: client.clientId, pace: null },
          capabilities: paper.client.capabilities,
          connect: (onReport) => paper.client.connect(onReport),
          send: (request) => paper.client.send(request),
          close: () => paper.close(),
        };
      } catch (error) {
        if (error instanceof ExchangeLogError) throw new InputError([error.message]);
        throw error;
      }
    },
    follow(feed) {
      for (const paper of open) paper.follow(feed);
    },
  };
}
