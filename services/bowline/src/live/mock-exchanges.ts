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
  layout: DeskLayout,
  clock: Clock,
  terms: MockTerms,
  folder: string | null,
): ReadonlyMap<string, MockExchange> {
  const log = folder === null ? null : { folder };
  return new Map(
    mockAccounts(layout).map((each) => [each.exchange, new MockExchange({ clock, ...terms, ...each, log })]),
  );
}

/** Every exchange that the desk has accounts at, with those accounts, and with what they can trade there. */
export function mockAccounts({
  accounts,
  markets,
}: DeskLayout): Pick<MockExchangeOptions, 'exchange' | 'instruments' | 'accounts'>[] {
  const names = [...new Set(accounts.map(({ account }) => account.exchange))];
  return names.map((exchange) => {
    const instruments = markets
      .filter((each) => each.exchange === exchange)
      .map(({ instrument }) => instrument);
    const settle = instruments[0]?.settle ?? 'USDT';
    return {
      exchange,
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
    };
  });
}
