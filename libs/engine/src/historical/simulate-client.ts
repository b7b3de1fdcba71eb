import type { ClientConfig } from '@bowline/contracts';
import { cashOf, type Cash, type TimeMs } from '@bowline/domain';
import { prepareClient, type PreparedClient, type SignalBook } from './client-setup.js';
import { closeLine, type CloseLine } from './close-line.js';
import { holdingOf, type Holding } from './equity.js';
import type { HistoricalInput } from './input.js';

/** One client's run as it lies in memory when the last bar is over: nothing has been made into records yet. */
export interface ClientOutcome extends PreparedClient {
  readonly holdings: readonly Holding[];
  /** Sum of the accounts' balances at the start. */
  readonly startingEquity: Cash;
  /** The closes of all its bars. */
  readonly line: CloseLine;
}

/**
 * Runs one client from its first event to its last.
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
  const line = closeLine(holdings.map(({ bars }) => bars));
  let startingEquity: Cash = 0n;
  for (const { accountBalance } of config.accounts)
    startingEquity += (accountBalance && cashOf(accountBalance)) ?? 0n;
  return { ...prepared, holdings, startingEquity, line };
}
