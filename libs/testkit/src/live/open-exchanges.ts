import { cashOf } from '@bowline/domain';
import type { DeskLayout } from '@bowline/engine';
import { MockExchange, PositionIdExchange, type MockExchangeOptions } from '@bowline/exchange-simulator';
import type { Clock } from '@bowline/ports';
import type { LiveDeskOptions } from './live-desk-options.js';

export interface DeskExchanges {
  readonly exchanges: ReadonlyMap<string, MockExchange>;
  /** What stands before those whose positions have ids. */
  readonly fronts: ReadonlyMap<string, PositionIdExchange>;
}

/** The exchanges that a desk's accounts are at. */
export function openExchanges(options: LiveDeskOptions, clock: Clock, layout: DeskLayout): DeskExchanges {
  const fronts = new Map<string, PositionIdExchange>();
  const open = (exchange: string): MockExchange => {
    const terms: MockExchangeOptions = {
      exchange,
      clock,
      instruments: layout.markets
        .filter((each) => each.exchange === exchange)
        .map(({ instrument }) => instrument),
      accounts: layout.accounts
        .filter(({ account }) => account.exchange === exchange)
        .map(({ account: { accountBalance, feeMakerBps, feeTakerBps, hedgeMode }, client }) => ({
          account: client.clientId,
          hedgeMode,
          balances: { USDT: (accountBalance && cashOf(accountBalance)) ?? 0n },
          feeMakerBps,
          feeTakerBps,
        })),
      ...options.exchange,
    };
    if (options.positionIds === undefined) return new MockExchange(terms);
    const front = new PositionIdExchange({ ...terms, ...options.positionIds });
    fronts.set(exchange, front);
    return front.market;
  };
  const names = new Set(layout.markets.map(({ exchange }) => exchange));
  const exchanges = new Map([...names].map((exchange) => [exchange, open(exchange)]));
  return { exchanges, fronts };
}
