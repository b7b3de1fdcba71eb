import type { AccountConfig } from '@bowline/contracts';
import { cashOf } from '@bowline/domain';
import type { DeskLayout } from '@bowline/engine';
import { MockExchange, type MockExchangeOptions } from '@bowline/exchange-simulator';
import type { Clock } from '@bowline/ports';
import { exchangesOf } from './wanted-markets.js';

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
  return exchangesOf({ accounts }).map((exchange) => {
    const instruments = markets
      .filter((each) => each.exchange === exchange)
      .map(({ instrument }) => instrument);
    const settle = instruments[0]?.settle ?? 'USDT';
    return {
      exchange,
      instruments,
      accounts: accounts
        .filter(({ account }) => account.exchange === exchange)
        .map(({ account, client }) => mockAccount(client.clientId, account, settle)),
    };
  });
}

/** An account of the configuration at an exchange that is made up. @param settle the currency that it is paid in */
export function mockAccount(
  account: string,
  { accountBalance, feeMakerBps, feeTakerBps, hedgeMode }: AccountConfig,
  settle: string,
): MockExchangeOptions['accounts'][number] {
  const balance = accountBalance === null ? 0n : (cashOf(accountBalance) ?? 0n);
  return { account, hedgeMode, balances: { [settle]: balance }, feeMakerBps, feeTakerBps };
}
