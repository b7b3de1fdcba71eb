import { cashOf } from '@bowline/domain';
import type { DeskLayout } from '@bowline/engine';
import { MockExchange, type MockExchangeOptions } from '@bowline/exchange-simulator';
import type { Clock } from '@bowline/ports';

export type MockTerms = Pick<
  MockExchangeOptions,
  'seed' | 'latencyMs' | 'latencySpreadMs' | 'fillRatio' | 'rejectProbability' | 'duplicateProbability'
>;

/** A mock exchange for each that the desk has accounts at, with those accounts. Throws an ExchangeLogError. */
export function openMockExchanges(
  { accounts, markets }: DeskLayout,
  clock: Clock,
  terms: MockTerms,
  folder: string | null,
): ReadonlyMap<string, MockExchange> {
  const names = [...new Set(accounts.map(({ account }) => account.exchange))];
  return new Map(
    names.map((exchange) => {
      const instruments = markets.filter((each) => each.exchange === exchange).map(({ instrument }) => instrument);
      const settle = instruments[0]?.settle ?? 'USDT';
      const opened = new MockExchange({
        exchange,
        clock,
        ...terms,
        instruments,
        accounts: accounts
          .filter(({ account }) => account.exchange === exchange)
          .map(({ account: { accountBalance, feeMakerBps, feeTakerBps, hedgeMode }, client }) => ({
            account: client.clientId,
            hedgeMode,
            balances: { [settle]: accountBalance === null ? 0n : (cashOf(accountBalance) ?? 0n) },
            feeMakerBps,
            feeTakerBps,
          })),
        log: folder === null ? null : { folder },
      });
      return [exchange, opened];
    }),
  );
}
