import { Analytics } from '@bowline/analytics';
import type { DeskConfig, RoleName } from '@bowline/contracts';
import { layOut, VirtualClock, VirtualTime } from '@bowline/engine';
import type { MockExchange } from '@bowline/exchange-simulator';
import type { Logger } from '@bowline/ports';
import type { SignalAccess } from '@bowline/signal-ingest';
import { checkAddress, type HttpOptions } from '../http/http-app.js';
import { closeAfterFailure, Opened } from './closing.js';
import { localBus } from './desk-bus.js';
import { Desk } from './desk.js';
import { openMockExchanges } from './mock-exchanges.js';
import { mockMarkets } from './mock-markets.js';
import { mockSources, mockStrategies, playUntil, TICK_MS, warmUpMs } from './mock-world.js';
import { runPaced } from './pace.js';
import { refuseUnknown, termsOf } from './run-terms.js';
import { ShareChecks } from './share-check.js';
import { holdFolder, openJournals } from './open-journals.js';
import { beginRun, noteClock, readClock, type StateFolder } from './state-folder.js';

export interface MockRunOptions {
  readonly config: DeskConfig;
  readonly state: StateFolder;
  readonly roles: readonly RoleName[];
  /** Null with `resume`: that of the run which goes on. */
  readonly seed: number | null;
  /** Virtual seconds to a real one; null: as fast as it can. */
  readonly speed: number | null;
  readonly resume: boolean;
  readonly http: Pick<HttpOptions, 'host' | 'port' | 'token'> | null;
  /** Who may send signals by HTTP. */
  readonly access: SignalAccess;
  readonly logger: Logger;
}

/** What strategies may have said shortly before a crash is said again: what was taken then is known. */
const REPEATED_MS = 300_000;
/** A report that is longer on its way than this is missing. */
const TRAVEL_MARGIN_MS = 1_000;
const NOTE_EVERY_MS = 100;
/** With so much latency that something is always on its way, the end does not wait for ever. */
const LONGEST_LANDING_MS = 60_000;

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
    private readonly opened: Opened,
    /** Everything up to the moment at which the clock stands has happened. */
    private isWhole: boolean,
  ) {}

  /**
   * Opens a desk that has not begun yet, or goes on with the run in the folder. Where that fails nothing stays open; a
   * run that is there already is thrown away only once nobody else has its folder, and the address can be had.
   *
   * @param onStopped told where the desk cannot go on
   * @throws InputError, JournalError, ExchangeLogError where what is there cannot be used
   */
  static async open(options: MockRunOptions, onStopped: (error: Error) => void): Promise<MockRun> {
    const opened = new Opened();
    try {
      return await MockRun.openAll(options, onStopped, opened);
    } catch (error) {
      await closeAfterFailure(opened, options.logger);
      throw error;
    }
  }

  private static async openAll(
    options: MockRunOptions,
    onStopped: (error: Error) => void,
    opened: Opened,
  ): Promise<MockRun> {
    const { config, http, logger, resume, roles, speed, state } = options;
    const markets = mockMarkets(config);
    const layout = layOut(config.clients, markets);
    const { seed, startTime } = await termsOf(options);
    opened.add({ close: await holdFolder(state.folder) });
    if (http !== null) await checkAddress(http);
    if (!resume) await beginRun(state, { seed, startTime });
    const journals = opened.add(await openJournals(state, resume, logger));
    refuseUnknown(journals, layout, state, ', or start without --resume, which begins anew');
    const clock = new VirtualClock(startTime);
    const exchanges = openMockExchanges(layout, clock, { seed, ...config.live.mock }, state.exchange);
    for (const exchange of exchanges.values()) {
      opened.add(exchange);
      if (exchange.lastTime !== null) clock.step(exchange.lastTime);
    }
    const noted = readClock(state.folder);
    if (noted !== null) clock.step(noted.time);
    const now = clock.now();
    // The last prices are played once more: exchanges that were opened anew, and the desk, have to know them.
    const from = now - TICK_MS + 1;
    const sources = mockSources(seed, markets, (exchange) => exchanges.get(exchange)!, from);
    const analytics = roles.includes('analytics')
      ? opened.add(await Analytics.open({ layout, path: state.database, logger }))
      : null;
    const silent = (exchange: string) => ({ exchange, onTick: () => undefined });
    const history = mockSources(seed, markets, silent, now - warmUpMs(layout)).map((feed) => ({
      feed,
      play: () => playUntil(feed, from),
    }));
    const desk = opened.add(
      await Desk.open(
        {
          config,
          layout,
          roles,
          mode: 'mock',
          clock,
          access: options.access,
          ingestFolder: state.ingest,
          openBus: localBus(config.live.queueSize),
          journals,
          feeds: sources,
          history,
          capabilitiesOf: (exchange) => exchanges.get(exchange)!.capabilities,
          clientOf: ({ account, client }) => exchanges.get(account.exchange)!.client(client.clientId),
          logger,
          http,
          speed,
          seed,
          analytics,
        },
        onStopped,
      ),
    );
    for (const source of sources) playUntil(source, now + 1);
    const travelMs = 2 * config.live.mock.latencyMs + TRAVEL_MARGIN_MS;
    const checks = desk.managers === null ? null : new ShareChecks(desk.managers, exchanges, travelMs);
    const signalsFrom = noted?.ended === true ? noted.time + 1 : Math.max(startTime, now - REPEATED_MS);
    const strategies = roles.includes('signal-ingest')
      ? [mockStrategies(seed, config, layout, signalsFrom, desk.ingest, logger)]
      : [];
    const quiet = async () => {
      await desk.quiet();
      checks?.check(clock.now());
    };
    const time = new VirtualTime(clock, [...sources, ...strategies], quiet);
    const isWhole = !resume || noted?.ended === true;
    return new MockRun(desk, clock, checks, analytics, seed, exchanges, time, options, opened, isWhole);
  }

  /**
   * Lets the virtual time go on at its pace until it has come so far, or until `signal` says to stop.
   *
   * @param onTurn called now and then
   */
  async run(forMs: number | null, signal: AbortSignal, onTurn: () => void): Promise<void> {
    const { speed, state } = this.options;
    const until = forMs === null ? Infinity : this.clock.now() + forMs;
    let noted = performance.now();
    const onWhole = (): void => {
      this.isWhole = true;
      onTurn();
      if (performance.now() - noted < NOTE_EVERY_MS) return;
      noted = performance.now();
      noteClock(state.folder, { time: this.clock.now(), ended: false });
    };
    try {
      await runPaced(this.time, this.clock, { speed, until, signal, onTurn: onWhole });
    } catch (error) {
      this.isWhole = false;
      throw error;
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
    const { desk, opened, options } = this;
    try {
      if (this.isWhole) await this.land();
      await desk.close();
      noteClock(options.state.folder, {
        time: this.clock.now(),
        ended: this.isWhole && desk.trouble === null,
      });
    } finally {
      await opened.close();
    }
  }

  /** Lets arrive what is on its way between desk and exchanges: else the next run would have to ask what became of it. */
  private async land(): Promise<void> {
    const latest = this.clock.now() + LONGEST_LANDING_MS;
    const isBusy = () => [...this.exchanges.values()].some((exchange) => exchange.isBusy);
    while (isBusy() && this.desk.trouble === null) {
      const next = this.time.nextTime();
      if (next === null || next > latest) return;
      await this.time.runTo(next);
    }
  }
}
