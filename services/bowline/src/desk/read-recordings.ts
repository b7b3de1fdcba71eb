import type { DeskConfig } from '@bowline/contracts';
import type { ListedInstrument } from '@bowline/engine';
import { readRecording } from '@bowline/marketdata';
import type { MarketRecording } from '@bowline/ports';
import type { SymbolFile } from '../cli/values.js';
import { instrumentOf } from './instruments.js';
import { marketsOf } from './markets.js';
import { throwProblems } from './read-symbol-files.js';

/** A market with the recording that it is played by. */
export interface RecordedMarket extends ListedInstrument {
  readonly recording: MarketRecording;
}

/**
 * Reads recordings of exchanges' streams, for each exchange and symbol that some account trades. Throws an InputError
 * with the problems of all of them.
 */
export async function readRecordings(
  config: DeskConfig,
  files: readonly SymbolFile[],
): Promise<readonly RecordedMarket[]> {
  const wanted = marketsOf(config, files, 'ticks', ({ exchange, file: { path, symbol } }) => ({
    ...{ exchange, symbol, path },
  }));
  const outcomes: PromiseSettledResult<RecordedMarket>[] = [];
  // One after the other: a recording is held in memory twice while it is read.
  for (const { exchange, path, symbol } of wanted) {
    const [outcome] = await Promise.allSettled([
      readRecording(path, ({ price, priceScale, quantityScale }) =>
        instrumentOf(config.instruments, exchange, symbol, priceScale, price, quantityScale),
      ),
    ]);
    outcomes.push(
      outcome.status === 'fulfilled'
        ? { ...outcome, value: { exchange, symbol, ...outcome.value } }
        : outcome,
    );
  }
  throwProblems(outcomes);
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
