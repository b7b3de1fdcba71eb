import { Analytics } from '@bowline/analytics';
import { ROLES, type DeskConfig } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import { layOut, VirtualClock, VirtualTime } from '@bowline/engine';
import { replayBars, replayTicks, type MarketSink, type MarketSource } from '@bowline/exchange-simulator';
import type { JournalStore, Logger } from '@bowline/ports';
import type { ReplayedMarket, ReplayInput } from '../desk/read-replay.js';
import { SignalAccess } from '@bowline/signal-ingest';
import { localBus } from './desk-bus.js';
import { Desk } from './desk.js';
import { openMockExchanges, type MockTerms } from './mock-exchanges.js';
import { runPaced } from './pace.js';
import { ReplayedFunding } from './replayed-funding.js';
import { ReplayedSignals } from './replayed-signals.js';
import { ShareChecks } from './share-check.js';

export interface SimulationOptions {
  readonly config: DeskConfig;
  readonly input: Pick<ReplayInput, 'markets' | 'signals' | 'funding'>;
  readonly exchange: Required<MockTerms>;
  readonly journals: JournalStore;
  /** The live store that analytics writes. */
  readonly database: string;
  /** Virtual seconds to a real one; null: as fast as it can. */
  readonly speed: number | null;
  /** Null: it does not listen. */
  readonly http: { readonly host?: string; readonly port: number } | null;
  readonly logger: Logger;
}

/** A price of a replay is the price until the next one, which is at most a candle away unless there is a gap. */
const LEAST_QUOTE_AGE_MS = 30_000;
/** The shares are compared with the exchange's own books at every step here, so it is not asked for them all the time. */
const SWEEP_MS = 15 * 60_000;
/** A report that is longer on its way than this is missing. */
const TRAVEL_MARGIN_MS = 1_000;

/** A desk in simulation mode: recorded markets and signals are replayed through the roles, and time is virtual. */
export class SimulationRun {
  private constructor(
    readonly desk: Desk,
    readonly signals: ReplayedSignals,
    readonly checks: ShareChecks,
    private readonly clock: VirtualClock,
    private readonly time: VirtualTime,
    private readonly span: Span,
    private readonly closeExchanges: () => Promise<void>,
    private readonly speed: number | null,
  ) {}

  /**
   * Opens a desk that stands at the first price of the data.
   *
   * @param onStopped told where the desk cannot go on
   * @throws InputError where the address cannot be had, a RangeError where an exchange cannot be as it is asked to
   */
  static async open(options: SimulationOptions, onStopped: (error: Error) => void): Promise<SimulationRun> {
    const { config, exchange: terms, http, input, journals, logger, speed } = options;
    const { markets } = input;
    const layout = layOut(config.clients, markets);
    const span = spanOf(markets);
    const clock = new VirtualClock(span.from);
    const exchanges = openMockExchanges(layout, clock, terms, null);
    const sources = [...exchanges.values()].map((exchange) => marketSource(markets, exchange));
    const analytics = await Analytics.open({ layout, path: options.database, logger });
    const desk = await Desk.open(
      {
        config,
        layout,
        roles: ROLES,
        mode: 'simulation',
        clock,
        access: SignalAccess.open(),
        ingestFolder: null,
        openBus: localBus(config.live.queueSize),
        journals,
        feeds: sources,
        history: [],
        capabilitiesOf: (exchange) => exchanges.get(exchange)!.capabilities,
        clientOf: ({ account, client }) => exchanges.get(account.exchange)!.client(client.clientId),
        logger,
        http,
        speed,
        seed: terms.seed,
        analytics,
        sweepMs: SWEEP_MS,
        maxQuoteAgeMs: Math.max(LEAST_QUOTE_AGE_MS, ...markets.map(({ bars }) => bars.intervalMs)),
      },
      onStopped,
    );
    const travelMs = 2 * (terms.latencyMs + 4 * terms.latencySpreadMs) + TRAVEL_MARGIN_MS;
    const checks = new ShareChecks(desk.managers!, exchanges, travelMs);
    const signals = new ReplayedSignals(input.signals, span, desk.ingest);
    const quiet = async () => {
      await desk.quiet();
      checks.check(clock.now());
    };
    const funding = new ReplayedFunding(input.funding, markets, exchanges, span);
    const time = new VirtualTime(clock, [...sources, funding, signals], quiet);
    const closeExchanges = async () => {
      for (const exchange of exchanges.values()) await exchange.close();
    };
    // What is on its way when the data end arrives, and so does what the exchange says of it.
    const until = { ...span, to: span.to + travelMs };
    return new SimulationRun(desk, signals, checks, clock, time, until, closeExchanges, speed);
  }

  /** Plays the data to their end, or until `signal` says to stop. Throws what has kept a part of the desk from going on. */
  async run(signal: AbortSignal, onProgress: (fraction: number) => void): Promise<void> {
    const { clock, span, speed, time } = this;
    const onTurn = () => onProgress((clock.now() - span.from) / (span.to - span.from));
    await runPaced(time, clock, { speed, until: span.to, signal, onTurn });
    if (this.desk.trouble !== null) throw this.desk.trouble;
  }

  /** Ends it: what is on its way is dealt with, and the live store is whole. */
  async close(): Promise<void> {
    await this.desk.close();
    await this.closeExchanges();
  }
}

/** Of the data: from the first price to the end of the last candle. */
export interface Span {
  readonly from: TimeMs;
  readonly to: TimeMs;
}

function spanOf(markets: readonly ReplayedMarket[]): Span {
  const from = markets.map(({ bars, ticks }) => (ticks ?? { time: bars.openTime }).time[0]!);
  const to = markets.map(({ bars }) => bars.openTime[bars.length - 1]! + bars.intervalMs);
  return { from: Math.min(...from), to: Math.max(...to) };
}

/** What happens at one exchange. */
function marketSource(markets: readonly ReplayedMarket[], sink: MarketSink): MarketSource {
  const own = markets.filter(({ exchange }) => exchange === sink.exchange);
  const ticks = own.flatMap(({ instrument, ticks: trades }) =>
    trades === null ? [] : [{ instrument, ticks: trades }],
  );
  return ticks.length > 0 ? replayTicks({ series: ticks, sink }) : replayBars({ series: own, sink });
}
