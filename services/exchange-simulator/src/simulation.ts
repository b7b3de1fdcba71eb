import { join } from 'node:path';
import type { Ticks, TimeMs } from '@bowline/domain';
import { SystemClock, VirtualClock } from '@bowline/engine';
import type { JournalStore } from '@bowline/ports';
import { openEmbeddedJournals } from '@bowline/journal-embedded';
import type { Dialect } from './binance/common/dialect.js';
import type { DialectTime } from './binance/common/dialect-server.js';
import { ExchangeFaults } from './exchange-faults.js';
import { FaultScript, isOf, type FaultOrder } from './faults.js';
import { Refusal } from './http-answer.js';
import { MarketMemory } from './market-memory.js';
import type { ExchangeSimulatorOptions } from './options.js';
import { PacedTime } from './paced-time.js';
import { truthOf, type Truth } from './truth.js';
import { Venue } from './venue.js';

const RECENT_BARS = 1_000;
const SEGMENT_BYTES = 1 << 16;

/** An exchange's dialect, and what a server of it needs. */
export interface SpokenDialect {
  readonly exchange: string;
  readonly dialect: Dialect;
  readonly port: number;
  readonly faults: ExchangeFaults;
  readonly time: DialectTime;
}

/** The exchanges of a process, in the machine's time. */
export class Simulation {
  readonly faults: FaultScript;
  /** Why nothing happens any more; null: it does. */
  trouble: Error | null = null;
  private readonly settled: (() => void)[] = [];

  private constructor(
    private readonly venues: ReadonlyMap<string, Venue>,
    private readonly clock: VirtualClock,
    private readonly time: PacedTime,
    private readonly memory: MarketMemory,
    private readonly journals: JournalStore,
    faults: FaultScript,
  ) {
    this.faults = faults;
  }

  /**
   * Goes on where the exchanges in the folder have stopped, or opens new ones.
   *
   * @param onFailure told where they cannot go on: their log refuses
   * @throws JournalError where another process holds the folder, ExchangeLogError where a log cannot be used
   */
  static async open(
    options: ExchangeSimulatorOptions,
    onFailure: (error: Error) => void,
  ): Promise<Simulation> {
    const { exchanges, folder, logger, manners = {}, marketOf, recentBars = RECENT_BARS } = options;
    const onWarning = (message: string): void => logger.warn({ folder }, message);
    const journals = await openEmbeddedJournals(join(folder, 'market'), {
      segmentBytes: SEGMENT_BYTES,
      onWarning,
    });
    const venues = new Map<string, Venue>();
    try {
      const machine = new SystemClock();
      const clock = new VirtualClock(machine.now());
      const faults = new FaultScript();
      const surroundings = { clock, faults, folder: join(folder, 'log'), recentBars };
      for (const exchange of exchanges)
        venues.set(exchange.exchange, new Venue(exchange, manners, surroundings));
      for (const { exchange } of venues.values())
        if (exchange.lastTime !== null) clock.step(exchange.lastTime);
      const memory = await MarketMemory.open(journals.journal('markets'), clock.now());
      const markets = [...venues.values()].map((venue) =>
        venue.openMarket(marketOf(venue.options), memory, clock.now()),
      );
      const timers = [...venues.values()].flatMap(({ dialect, publicMarkets }) =>
        dialect === null ? [publicMarkets.timers] : [publicMarkets.timers, dialect.timers],
      );
      const time = new PacedTime(clock, machine, [...markets, ...timers], {
        onCaughtUp: () => simulation.tellSettled(),
        onFailure: (error) => {
          simulation.trouble = error;
          simulation.tellSettled();
          onFailure(error);
        },
      });
      const simulation = new Simulation(venues, clock, time, memory, journals, faults);
      simulation.do(() => undefined);
      return simulation;
    } catch (error) {
      for (const { exchange } of venues.values()) await exchange.close();
      await journals.close();
      throw error;
    }
  }

  /** Does something from outside, at its time. Nothing any more where the exchanges cannot go on. */
  do(act: (at: TimeMs) => void): void {
    this.time.do(() => act(this.clock.now()));
  }

  /** Throws a Refusal where there is none. */
  venue(exchange: string): Venue {
    const venue = this.venues.get(exchange);
    if (venue !== undefined) return venue;
    throw new Refusal(
      404,
      `there is no exchange ${exchange}: there is ${[...this.venues.keys()].join(', ')}`,
    );
  }

  isAway(exchange: string, account: string): boolean {
    return this.faults.isAway(exchange, account, this.clock.now());
  }

  /**
   * What is so.
   *
   * @param settled once nothing is on its way to an exchange or from it
   */
  async truth(settled: boolean): Promise<Truth> {
    this.do(() => undefined);
    if (settled && !this.isSettled)
      await new Promise<void>((resolve) => {
        this.settled.push(resolve);
      });
    const exchanges = [...this.venues].map(([name, venue]) => [name, truthOf(venue)]);
    return { at: this.clock.now(), exchanges: Object.fromEntries(exchanges) as Truth['exchanges'] };
  }

  /** Lets something go wrong. Throws a Refusal where there is no such account. */
  order(fault: FaultOrder): void {
    const accounts = [...this.venues].flatMap(([exchange, { accounts: lines }]) =>
      [...lines].flatMap(([account, line]) =>
        isOf(fault, exchange, account) ? [{ exchange, account, line }] : [],
      ),
    );
    if (accounts.length === 0) throw new Refusal(404, 'there is no such account');
    switch (fault.fault) {
      case 'disconnect':
        return this.do((at) => {
          for (const { account, exchange, line } of accounts) {
            this.faults.disconnect(exchange, account, at + fault.forMs);
            line.cut('the account was disconnected');
            this.venue(exchange).dialect?.users.cut(account);
          }
        });
      case 'listen_key_expired':
        return this.do(() => {
          for (const { account, exchange } of accounts) this.venue(exchange).dialect?.keys.expire(account);
        });
      case 'maintenance':
        return this.do((at) => {
          for (const { exchange } of accounts) this.faults.close(exchange, at + fault.forMs);
        });
      case 'clock_skew':
        return accounts.forEach(({ exchange }) => this.faults.skew(exchange, fault.skewMs));
      default:
        return this.faults.add(fault);
    }
  }

  /** Every exchange that speaks a language of its own, and what a server of it needs to know. */
  dialects(): readonly SpokenDialect[] {
    return [...this.venues.values()].flatMap(({ dialect, exchange, options }) =>
      dialect === null || options.dialect === undefined
        ? []
        : [
            {
              ...{ exchange: options.exchange, dialect, port: options.dialect.port },
              faults: new ExchangeFaults(this.faults, options.exchange),
              time: {
                clock: this.clock,
                do: (act) => this.do(act),
                travelMs: (message) => exchange.travelMs(message),
              },
            },
          ],
    );
  }

  /** Does something to an exchange, at its time. Throws what that throws where it is a Refusal. */
  act<T>(exchange: string, act: (venue: Venue) => T): T {
    const venue = this.venue(exchange);
    if (this.trouble !== null) throw new Refusal(503, this.trouble.message);
    const done: { outcome?: T; refusal?: Refusal } = {};
    this.do(() => {
      try {
        done.outcome = act(venue);
      } catch (error) {
        // What is refused is no reason to stop.
        if (!(error instanceof Refusal)) throw error;
        done.refusal = error;
      }
    });
    if (done.refusal !== undefined) throw done.refusal;
    return done.outcome!;
  }

  /** Moves a price. Resolves once it stays so over a restart. Throws a Refusal where prices move by themselves. */
  async move(exchange: string, symbol: string, price: Ticks): Promise<void> {
    const venue = this.venue(exchange);
    if (this.trouble !== null) throw new Refusal(503, this.trouble.message);
    let held = false;
    this.do((at) => (held = venue.moveTo(symbol, price, at)));
    if (!held) throw new Refusal(409, `the market of ${exchange} moves by itself: start it with --hold`);
    await this.memory.moved(exchange, symbol, price);
  }

  async close(): Promise<void> {
    this.time.stop();
    for (const { exchange } of this.venues.values()) await exchange.close();
    await this.journals.close();
  }

  /** Whatever is on its way waits for the clock. */
  private get isSettled(): boolean {
    return this.clock.nextTime() === null || this.trouble !== null;
  }

  private tellSettled(): void {
    if (this.isSettled) for (const resolve of this.settled.splice(0)) resolve();
  }
}
