import { setTimeout as sleep } from 'node:timers/promises';
import { Analytics } from '@bowline/analytics';
import { InputError, type DeskConfig, type RoleName } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import { layOut, VirtualClock, VirtualTime } from '@bowline/engine';
import type { MockExchange } from '@bowline/exchange-simulator';
import { openEmbeddedJournals } from '@bowline/journal-embedded';
import { JournalError, type JournalStore, type Logger } from '@bowline/ports';
import { Desk } from './desk.js';
import { openMockExchanges } from './mock-exchanges.js';
import { mockMarkets } from './mock-markets.js';
import { mockSources, mockStrategies, playUntil, warmUpMs } from './mock-world.js';
import { ShareChecks } from './share-check.js';
import { beginRun, noteClock, readClock, readRun, type StateFolder } from './state-folder.js';

export interface MockRunOptions {
  readonly config: DeskConfig;
  readonly state: StateFolder;
  readonly roles: readonly RoleName[];
  /** Null with `resume`: that of the run which goes on. */
  readonly seed: number | null;
  /** Virtual seconds to a real one; null: as fast as it can. */
  readonly speed: number | null;
  readonly resume: boolean;
  readonly http: { readonly host?: string; readonly port: number } | null;
  readonly logger: Logger;
}

/** When the virtual clock begins. */
const BEGIN: TimeMs = Date.UTC(2025, 0, 6);
const DEFAULT_SEED = 7;
/** What strategies may have said shortly before a crash is said again: what was taken then is known. */
const REPEATED_MS = 300_000;
/** A report that is longer on its way than this is missing. */
const TRAVEL_MARGIN_MS = 1_000;
const PACE_MS = 20;
/** Virtual time between two moments at which everything else has its turn. */
const PIECE_MS = 10_000;
const NOTE_EVERY_MS = 100;

/** A desk in mock mode: exchanges, markets and strategies are made up, and time is virtual. */
export class MockRun {
  private constructor(
    readonly desk: Desk,
    readonly clock: VirtualClock,
    readonly checks: ShareChecks | null,
    readonly analytics: Analytics | null,
    readonly seed: number,
    /** Outside of the desk: for checks. */
    readonly exchanges: ReadonlyMap<string, MockExchange>,
    private readonly time: VirtualTime,
    private readonly options: MockRunOptions,
  ) {}

  /**
   * Opens a desk that has not begun yet, or goes on with the run in the folder.
   *
   * @param onStopped told where the desk cannot go on
   * @throws InputError, JournalError, ExchangeLogError where what is there cannot be used
   */
  static async open(options: MockRunOptions, onStopped: (error: Error) => void): Promise<MockRun> {
    const { config, logger, resume, roles, state } = options;
    const { seed, startTime } = resume
      ? await resumed(options)
      : { seed: options.seed ?? DEFAULT_SEED, startTime: BEGIN };
    const markets = mockMarkets(config);
    const layout = layOut(config.clients, markets);
    if (!resume) {
      await refuseRunning(state);
      await beginRun(state, { seed, startTime });
    }
    const journals = await openJournals(state, resume, logger);
    const clock = new VirtualClock(startTime);
    const exchanges = openMockExchanges(layout, clock, { seed, ...config.live.mock }, state.exchange);
    for (const { lastTime } of exchanges.values()) if (lastTime !== null) clock.step(lastTime);
    const noted = resume ? readClock(state.folder) : null;
    if (noted !== null) clock.step(noted);
    const now = clock.now();
    const sources = mockSources(seed, markets, (exchange) => exchanges.get(exchange)!, () => now + 1);
    const analytics = roles.includes('analytics')
      ? await Analytics.open({ layout, path: state.database, logger })
      : null;
    const silent = (exchange: string) => ({ exchange, onTick: () => undefined });
    const history = mockSources(seed, markets, silent, () => now - warmUpMs(layout)).map((feed) => ({
      feed,
      play: () => playUntil(feed, now + 1),
    }));
    const desk = await Desk.open(
      {
        config,
        layout,
        roles,
        mode: 'mock',
        clock,
        journals,
        feeds: sources,
        history,
        clientOf: ({ account, client }) => exchanges.get(account.exchange)!.client(client.clientId),
        logger,
        http: options.http,
        speed: options.speed,
        seed,
        analytics,
      },
      onStopped,
    );
    const travelMs = 2 * config.live.mock.latencyMs + TRAVEL_MARGIN_MS;
    const checks = desk.managers === null ? null : new ShareChecks(desk.managers, exchanges, travelMs);
    const signalsFrom = resume ? Math.max(startTime, now - REPEATED_MS) : now;
    const strategies = roles.includes('signal-ingest')
      ? [mockStrategies(seed, config, layout, signalsFrom, desk.ingest, logger)]
      : [];
    const quiet = async () => {
      await desk.quiet();
      checks?.check(clock.now());
    };
    const time = new VirtualTime(clock, [...sources, ...strategies], quiet);
    return new MockRun(desk, clock, checks, analytics, seed, exchanges, time, options);
  }

  /**
   * Lets the virtual time go on at its pace until it has come so far, or until `signal` says to stop.
   *
   * @param onPace called now and then
   */
  async run(forMs: number | null, signal: AbortSignal, onPace: () => void): Promise<void> {
    const { speed, state } = this.options;
    const from = this.clock.now();
    const until = forMs === null ? Infinity : from + forMs;
    const began = performance.now();
    let noted = began;
    while (!signal.aborted && this.clock.now() < until) {
      const elapsed = performance.now() - began;
      const due = speed === null ? Infinity : from + Math.floor(elapsed * speed);
      // In pieces that let everything else have its turn, also where the machine does not keep the pace.
      const reach = Math.min(due, until, this.clock.now() + PIECE_MS);
      await this.time.runTo(reach, () => signal.aborted);
      if (performance.now() - noted >= NOTE_EVERY_MS) {
        noted = performance.now();
        noteClock(state.folder, this.clock.now());
      }
      onPace();
      await sleep(reach === due ? PACE_MS : 0);
    }
  }

  /** Throws where the shares have ever not added up to what the exchange held. */
  refuseBroken(): void {
    const differences = this.checks?.differences() ?? [];
    if (differences.length === 0) return;
    const lines = differences.map(
      ({ channel, exchangeQty, since, sumOfShares }) =>
        `${channel}: the shares add up to ${sumOfShares} lots, the exchange has ${exchangeQty}, since ${new Date(since).toISOString()}`,
    );
    throw new Error(`the books are broken, which is a bug:\n${lines.join('\n')}`);
  }

  /** Ends it: what is on its way is dealt with, and all of it is written. */
  async close(): Promise<void> {
    await this.desk.close();
    noteClock(this.options.state.folder, this.clock.now());
    for (const exchange of this.exchanges.values()) await exchange.close();
  }
}

async function resumed({ seed, state }: MockRunOptions): Promise<{ seed: number; startTime: TimeMs }> {
  const terms = await readRun(state.folder);
  if (seed === null || seed === terms.seed) return terms;
  throw new InputError([
    `--seed ${seed}: the run in ${state.folder} has seed ${terms.seed}; leave --seed out, or start without --resume`,
  ]);
}

/** Whoever holds the journals holds the folder: nothing of a run that is under way is thrown away. */
async function refuseRunning({ journal }: StateFolder): Promise<void> {
  try {
    await (await openEmbeddedJournals(journal, { mustExist: true, onWarning: () => undefined })).close();
  } catch (error) {
    // Whatever else is wrong with them is over with this run.
    if (error instanceof JournalError && error.kind === 'locked') throw error;
  }
}

function openJournals({ journal }: StateFolder, mustExist: boolean, logger: Logger): Promise<JournalStore> {
  return openEmbeddedJournals(journal, {
    mustExist,
    onWarning: (message) => logger.warn({ journal }, message),
  });
}
