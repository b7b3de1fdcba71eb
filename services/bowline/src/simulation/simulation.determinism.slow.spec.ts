import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { openMemoryJournals } from '@bowline/journal-memory';
import type { Journal, JournalStore } from '@bowline/ports';
import { WorkFolder } from '@bowline/testkit';
import { sampleFiles, writeSample } from '../sample/write-sample.js';
import { simulated, type Simulated, type SimulationFiles } from './simulation.spec-support.js';

/** Three clients, two exchanges, and every kind of order: much that can come in another order. */
const DESK = `clients:
  ikenna:
    exchanges: { binance-usdm: { accountBalance: 60000 }, okx: { accountBalance: 20000 } }
    riskParams: { takeProfitSd: 3, stopLossSd: 2, volatilityWindow: 10, maxLeverage: 2 }
    orderParams: { sizing: { percentOfBalance: 10 } }
    routing: { binance-usdm: 75, okx: 25 }
  odum:
    exchanges: { binance-usdm: { accountBalance: 30000 } }
    riskParams: { takeProfitPct: 0.3, stopLossPct: 0.2, maxDailyLoss: 200 }
    orderParams: { defaultOrderType: limit, limitOffsetBps: 1, sizing: { fixedNotional: 5000 } }
  christian:
    exchanges: { okx: { accountBalance: 40000, hedgeMode: true } }
    riskParams: { takeProfitSd: 4, stopLossSd: 3, trailingStopSd: 3, volatilityWindow: 10, maxLeverage: 3 }
    orderParams: { scaleIn: true, sizing: { riskPerTrade: 0.1 } }
instruments:
  BTCUSDT: { tickSize: 0.1, lotSize: 0.001 }
  ETHUSDT: { tickSize: 0.01, lotSize: 0.01 }
`;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];
const MINUTES = 30;
/** Everything that can be drawn, is. */
const TERMS = {
  seed: 3,
  latencyMs: 80,
  latencySpreadMs: 40,
  fillRatio: 0.6,
  rejectProbability: 0.05,
  duplicateProbability: 0.2,
};

const folder = new WorkFolder('simulation-again');
const sample = sampleFiles(folder.at('sample'));
let files: SimulationFiles;
let once: Simulated;

beforeAll(async () => {
  const { signal } = new AbortController();
  await writeSample({ outDir: folder.at('sample'), seed: 7, bars: MINUTES, force: true, signal });
  const bars = sample.bars.filter(({ symbol }) => SYMBOLS.includes(symbol));
  files = {
    desk: DESK,
    bars: Object.fromEntries(bars.map(({ path, symbol }) => [symbol, path])),
    signals: folder.file('signals.csv', signals()),
  };
  once = await simulated(folder, files, TERMS);
});

/** Several strategies that change their minds every few minutes, many of them at the same moment. */
function signals(): string {
  const rows = ['time,strategyId,symbol,signal'];
  for (let minute = 12; minute < MINUTES; minute += 1) {
    for (const [at, strategyId] of ['slow', 'fast', 'other'].entries()) {
      for (const symbol of SYMBOLS) {
        if (minute % (4 + 3 * at) !== 0) continue;
        const stance = [1, -1, 0, 1, 1, -1][(minute / (4 + 3 * at) + at) % 6];
        const time = new Date(Date.UTC(2025, 0, 6, 0, minute)).toISOString();
        rows.push([time, strategyId, symbol, stance].join(','));
      }
    }
  }
  return `${rows.join('\n')}\n`;
}

const TABLES = ['trades.csv', 'orders.csv', 'fills.csv', 'denials.csv', 'equity.csv'];

function tablesOf(run: Simulated): Record<string, string> {
  return Object.fromEntries(TABLES.map((name) => [name, run.read(name)]));
}

describe('the same simulation', () => {
  it('has enough in it to differ', () => {
    const { invariants, orders, trades } = once.summary;
    expect(trades).toBeGreaterThan(20);
    expect(orders).toBeGreaterThan(4 * trades);
    expect(once.orders.filter(({ orderStatus }) => orderStatus === 'rejected').length).toBeGreaterThan(3);
    expect(once.orders.filter(({ orderStatus }) => orderStatus === 'expired').length).toBeGreaterThan(3);
    expect(invariants.violated).toBe(0);
  });

  it('gives the same bytes again', async () => {
    expect(tablesOf(await simulated(folder, files, TERMS))).toEqual(tablesOf(once));
  });

  it('gives the same bytes however long journals take', async () => {
    const run = await simulated(folder, files, TERMS, new ShuffledJournals(openMemoryJournals(), 1));
    expect(tablesOf(run)).toEqual(tablesOf(once));
  });

  it('is another one with another seed', async () => {
    const other = await simulated(folder, files, { ...TERMS, seed: 4 });
    expect(other.read('trades.csv')).not.toBe(once.read('trades.csv'));
    expect(other.summary.invariants.violated).toBe(0);
  });
});

/** Journals whose appends become durable after pauses of all lengths, those of one shard still in their order. */
class ShuffledJournals implements JournalStore {
  readonly epoch: number;
  private state: number;

  constructor(
    private readonly inner: JournalStore,
    seed: number,
  ) {
    this.epoch = inner.epoch;
    this.state = seed;
  }

  journal(shard: string): Journal {
    const inner = this.inner.journal(shard);
    let before: Promise<void> = Promise.resolve();
    return {
      shard,
      get sequence() {
        return inner.sequence;
      },
      append: (expected, record) => {
        const durable = inner.append(expected, record);
        const pause = this.pause();
        before = Promise.all([before, durable, pause]).then(() => undefined);
        return before;
      },
      saveSnapshot: (sequence, snapshot, forgetTo) => inner.saveSnapshot(sequence, snapshot, forgetTo),
      loadSnapshot: () => inner.loadSnapshot(),
      readAfter: (sequence) => inner.readAfter(sequence),
    };
  }

  shards(): readonly string[] {
    return this.inner.shards();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  /** Some turns of the loop, or of its microtasks. */
  private async pause(): Promise<void> {
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) >>> 0;
    const turns = (this.state >>> 16) % 8;
    if (turns === 7) await setImmediate();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  }
}
