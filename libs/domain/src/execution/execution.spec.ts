import { describe, expect, it } from '@jest/globals';
import { decideExecution } from './decide-execution.js';
import type { ChunkedPlan, ExecutionMemory, ExecutionProgress, ExecutionStep } from './plan.js';

const CHUNKED: ChunkedPlan = {
  type: 'chunked',
  chunks: 2,
  quoting: 'mid',
  quoteMs: 20_000,
  repriceMs: 10_000,
  repriceBps: 10,
  attempts: 2,
  retryMs: 1_000,
};
const PROGRESS: ExecutionProgress = {
  terms: { side: 'BUY', orderType: 'market', orderQty: 40, limitPrice: null, timeInForce: 'GTC' },
  ...{ doneQty: 0, workingQty: 0, workingPrice: null, minQty: 1, startedAt: 0, at: 0 },
  market: { bid: 9_990, ask: 10_011, last: 10_000, volume: 0 },
};

/** Plays a plan through what happens to it, each time from what it remembers. */
function play(
  steps: readonly [happens: Partial<ExecutionProgress>, outcome: string][],
  plan: Parameters<typeof decideExecution>[0] = CHUNKED,
): void {
  let memory: ExecutionMemory = {};
  const said = steps.map(([happens]) => {
    const step = decideExecution(plan, memory, { ...PROGRESS, ...happens });
    memory = step.memory;
    return textOf(step);
  });
  expect(said).toEqual(steps.map(([, outcome]) => outcome));
}

function textOf({ cancels, isOver, place, wakeAt }: ExecutionStep): string {
  const said = [
    cancels ? 'cancel' : '',
    place === null ? '' : `${place.orderType} ${place.orderQty} @ ${place.limitPrice} ${place.timeInForce}`,
    isOver ? 'over' : '',
    wakeAt === null ? '' : `wake ${wakeAt}`,
  ];
  return said.filter((each) => each !== '').join(', ');
}

describe('chunked quoting', () => {
  it('quotes a chunk in the middle, takes what is left from the other side, and goes on with the next', () => {
    const quoted = { workingQty: 20, workingPrice: 10_000 };
    play([
      [{ at: 0 }, 'limit 20 @ 10000 GTC, wake 10000'],
      [{ at: 5_000, doneQty: 5, workingQty: 15, workingPrice: 10_000 }, 'wake 10000'],
      [{ at: 10_000, doneQty: 5, ...quoted, workingQty: 15 }, 'wake 20000'],
      [{ at: 20_000, doneQty: 5, ...quoted, workingQty: 15 }, 'cancel'],
      [{ at: 20_050, doneQty: 8 }, 'limit 12 @ 10011 IOC, wake 21050'],
      [{ at: 20_100, doneQty: 12 }, 'wake 21050'],
      [{ at: 21_050, doneQty: 12 }, 'limit 8 @ 10011 IOC, wake 22050'],
      [{ at: 21_100, doneQty: 20 }, 'limit 20 @ 10000 GTC, wake 31100'],
    ]);
  });

  it('quotes anew once the market is too far away, after the old quote is gone', () => {
    const moved = { bid: 10_010, ask: 10_030, last: 10_020, volume: 0 };
    play([
      [{ at: 0 }, 'limit 20 @ 10000 GTC, wake 10000'],
      [{ at: 10_000, workingQty: 20, workingPrice: 10_000, market: moved }, 'cancel, wake 20000'],
      [{ at: 10_010, market: moved }, 'limit 20 @ 10020 GTC, wake 20000'],
    ]);
  });

  it('is over after the last attempt', () => {
    play([
      [{ at: 30_000 }, 'limit 20 @ 10011 IOC, wake 31000'],
      [{ at: 31_000 }, 'limit 20 @ 10011 IOC, wake 32000'],
      [{ at: 32_000 }, 'cancel, over'],
    ]);
  });

  it('waits while nothing is known of the market, and never pays more than the order may', () => {
    const limited = { terms: { ...PROGRESS.terms, orderType: 'limit', limitPrice: 9_995 } } as const;
    play([
      [{ ...limited, at: 0, market: null }, 'wake 10000'],
      [{ ...limited, at: 10_000 }, 'limit 20 @ 9995 GTC, wake 20000'],
    ]);
  });

  it('sells on the other side, at the top of the book', () => {
    const selling = { terms: { ...PROGRESS.terms, side: 'SELL' } } as const;
    play(
      [
        [{ ...selling, at: 0 }, 'limit 20 @ 10011 GTC, wake 10000'],
        [{ ...selling, at: 20_000 }, 'limit 20 @ 9990 IOC, wake 21000'],
      ],
      { ...CHUNKED, quoting: 'top_of_book' },
    );
  });
});

describe('slices', () => {
  it('are equal in TWAP', () => {
    play(
      [
        [{ at: 0 }, 'market 10 @ null GTC, wake 15000'],
        [{ at: 15_000, doneQty: 10 }, 'market 10 @ null GTC, wake 30000'],
        [{ at: 20_000, doneQty: 20 }, 'wake 30000'],
        [{ at: 45_000, doneQty: 20 }, 'market 20 @ null GTC, wake 60000'],
        [{ at: 60_000, doneQty: 38, workingQty: 2 }, 'cancel, over'],
      ],
      { type: 'twap', durationMs: 60_000, slices: 4 },
    );
  });

  it('follow the profile in VWAP', () => {
    play(
      [
        [{ at: 0 }, 'market 20 @ null GTC, wake 20000'],
        [{ at: 20_000, doneQty: 20 }, 'market 4 @ null GTC, wake 40000'],
        [{ at: 40_000, doneQty: 24 }, 'market 16 @ null GTC, wake 60000'],
      ],
      { type: 'vwap', durationMs: 60_000, profile: [5, 1, 4] },
    );
  });

  it('are shown one after the other by an iceberg, which gives up where none of it stays in the book', () => {
    play(
      [
        [{ at: 0 }, 'market 12 @ null GTC'],
        [{ at: 1, doneQty: 12 }, 'market 12 @ null GTC'],
        [{ at: 2, doneQty: 12 }, 'market 12 @ null GTC'],
        [{ at: 3, doneQty: 12 }, 'market 12 @ null GTC'],
        [{ at: 4, doneQty: 12 }, 'cancel, over'],
      ],
      { type: 'iceberg', displayPercent: 30 },
    );
  });

  it('are as large as their share of the volume in POV, whoever counts it anew', () => {
    const traded = (volume: number) => ({ market: { ...PROGRESS.market!, volume } });
    play(
      [
        [{ at: 0, ...traded(1_000) }, 'wake 1000'],
        [{ at: 1_000, ...traded(1_100) }, 'market 10 @ null GTC, wake 2000'],
        [{ at: 1_001, doneQty: 10, ...traded(1_110) }, 'wake 2000'],
        [{ at: 2_000, doneQty: 10, ...traded(40) }, 'market 5 @ null GTC, wake 3000'],
        [{ at: 9_000, doneQty: 15, ...traded(40) }, 'cancel, over'],
      ],
      { type: 'pov', percent: 10, intervalMs: 1_000, durationMs: 9_000 },
    );
  });
});
