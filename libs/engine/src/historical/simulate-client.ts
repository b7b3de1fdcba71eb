import type { ClientConfig } from '@bowline/contracts';
import { cashOf, cashToNumber, type Cash, type TimeMs } from '@bowline/domain';
import { prepareClient, type PreparedClient, type SignalBook } from './client-setup.js';
import { equityPerBar, holdingOf, timeline, type Holding } from './equity.js';
import type { HistoricalInput } from './input.js';

/** One client's run as it lies in memory when the last bar is over: nothing has been made into records yet. */
export interface ClientOutcome extends PreparedClient {
  readonly holdings: readonly Holding[];
  /** Sum of the accounts' balances at the start. */
  readonly startingEquity: Cash;
  /** The client's equity at the close of every bar, in whole units of the currency, and the times of those closes. */
  readonly equity: Float64Array;
  readonly times: Float64Array;
}

/**
 * Runs one client from its first event to its last, and values it at every bar.
 *
 * @param book the input's signals, as `bookSignals` puts them
 * @param onMoment called now and then with the time that has been reached
 */
export function simulateClient(
  input: HistoricalInput,
  book: SignalBook,
  config: ClientConfig,
  onMoment?: (time: TimeMs) => void,
): ClientOutcome {
  const prepared = prepareClient(input, book, config);
  prepared.run.run(onMoment);
  for (const { steps } of prepared.desks) steps.finish();
  const holdings = prepared.desks.map((desk) => holdingOf(desk));
  const times = timeline(holdings);
  let startingEquity: Cash = 0n;
  for (const { accountBalance } of config.accounts) startingEquity += (accountBalance && cashOf(accountBalance)) ?? 0n;
  const equity = equityPerBar(holdings, times, cashToNumber(startingEquity));
  return { ...prepared, holdings, startingEquity, equity, times };
}
