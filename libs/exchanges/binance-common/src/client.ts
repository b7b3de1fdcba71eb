import { randomUUID } from 'node:crypto';
import type { Instrument, TimeMs } from '@bowline/domain';
import type {
  Clock,
  ExchangeCapabilities,
  ExchangeClient,
  ExchangeFact,
  ExchangeReport,
  ExchangeRequest,
  Logger,
  OrderFilters,
  RateLimit,
} from '@bowline/ports';
import { instrumentOf, sayUnknown, type BinanceContext } from './account/context.js';
import { BinancePace } from './http/pace.js';
import { BinanceRest, explain, type Answer, type BinanceKeys } from './http/rest.js';
import { PayloadError } from './parse/fields.js';
import type { BinanceProduct } from './product.js';
import type { StreamLineOptions } from './websocket/stream-line.js';

export interface BinanceClientOptions extends Omit<StreamLineOptions, 'clock' | 'logger'> {
  /** What the desk calls it. Default: the product's name. */
  readonly exchange?: string;
  readonly account: string;
  readonly keys: BinanceKeys;
  /** What is traded; events of other symbols are not told. */
  readonly instruments: readonly Instrument[];
  /** The settlement currency whose balance is told. Default `USDT`. */
  readonly asset?: string;
  /** Default: the product's own. */
  readonly restUrl?: string;
  readonly recvWindowMs?: number;
  /** When an answer is given up: `request_unknown`. Default 10 s, as long as the exchange itself waits. */
  readonly timeoutMs?: number;
  /** How often the exchange's demands are read again. Default an hour. */
  readonly refreshMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A client that cannot work: the message says what is wrong, and what to do. */
export class BinanceSetupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BinanceSetupError';
  }
}

/** What the exchange demands: its limits, and of an instrument its filters, or why it cannot be traded. */
export interface Demands {
  readonly limits: readonly RateLimit[];
  of(instrument: Instrument): { readonly filters: OrderFilters | null; readonly problem: string | null };
}

/** How long it waits before it asks again where the exchange is away at the start. */
const START_AGAIN_MS = 1_000;
/** What was missed is asked for at most so often. */
const MISSED_EVERY_MS = 1_000;

/**
 * An account at one of Binance's products. Requests about one order go out one after the other, all others at once; each
 * is sent once. A request counts its age from its own `at`, so that one which is older than the receive window is never
 * executed, however late it arrives.
 */
export abstract class BinanceClient implements ExchangeClient {
  readonly exchange: string;
  readonly account: string;
  readonly capabilities: ExchangeCapabilities;
  readonly pace: BinancePace;
  protected readonly rest: BinanceRest;
  protected closed = false;
  private readonly shared: BinanceContext;
  private readonly queues = new Map<string, Promise<void>>();
  /** What the stream has said, in its order. */
  private heard: Promise<void> = Promise.resolve();
  private readonly filters = new Map<string, string>();
  /** Tells what this client says by itself from what the exchange, or another client, says. */
  private readonly idPrefix = `b${randomUUID()}/`;
  private said = 0;
  private readonly unanswered = new Set<Promise<void>>();
  private missedSome = false;
  private missedAt: TimeMs = Number.NEGATIVE_INFINITY;
  private stopRefreshing: () => void = () => undefined;
  private onReport: ((report: ExchangeReport) => void) | null = null;

  /** Throws a RangeError on a URL that is none. */
  constructor(
    product: BinanceProduct,
    capabilities: ExchangeCapabilities,
    private readonly setup: BinanceClientOptions,
  ) {
    const { account, asset = 'USDT', clock, exchange = product.name, instruments, keys, logger } = setup;
    const { recvWindowMs = capabilities.recvWindowMs, timeoutMs = 10_000 } = setup;
    this.exchange = exchange;
    this.account = account;
    this.capabilities = { ...capabilities, recvWindowMs };
    this.pace = new BinancePace(clock, product.costs);
    const url = setup.restUrl === undefined ? {} : { url: setup.restUrl };
    const { pace } = this;
    this.rest = new BinanceRest({ product, ...url, keys, clock, logger, pace, recvWindowMs, timeoutMs });
    this.shared = {
      ...{ account, asset, recvWindowMs, clock, logger, rest: this.rest },
      instruments: new Map(instruments.map((instrument) => [instrument.symbol, instrument])),
      tell: (report) => this.onReport?.(report),
      say: (fact, at) => this.say(fact, at),
      missed: (why) => this.missed(why),
    };
  }

  /** Resolves once everything that was sent so far has been answered. */
  async answered(): Promise<void> {
    await Promise.all(this.unanswered);
  }

  /** Throws a RangeError for a symbol that the client was not made with. */
  send(request: ExchangeRequest): void {
    instrumentOf(this.shared, request.symbol);
    const key = request.type === 'query_position' ? null : request.clientOrderId;
    const before = key === null ? undefined : this.queues.get(key);
    const done = (before ?? Promise.resolve()).then(() => this.carryOut(request));
    this.unanswered.add(done);
    if (key !== null) this.queues.set(key, done);
    void done.then(() => {
      this.unanswered.delete(done);
      if (key !== null && this.queues.get(key) === done) this.queues.delete(key);
    });
  }

  /**
   * Resolves once the clocks are compared, the exchange's demands are told and the stream stands; an exchange that is
   * away is waited for.
   *
   * @throws BinanceSetupError where the exchange refuses us, or counts in other units than the configuration
   */
  async connect(onReport: (report: ExchangeReport) => void): Promise<void> {
    this.onReport = onReport;
    await this.insist(() => this.rest.measureClock());
    this.learn(await this.insist(() => this.demands()), true);
    await this.begin();
    try {
      await this.openStream();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new BinanceSetupError(`${this.account} at ${this.exchange}: ${why}`, { cause });
    }
    this.refreshLater();
  }

  close(): Promise<void> {
    this.closed = true;
    this.onReport = null;
    this.stopRefreshing();
    this.closeStream();
    this.rest.close();
    return Promise.resolve();
  }

  protected get context(): BinanceContext {
    return this.shared;
  }

  /** Answers a request. May throw a PayloadError. */
  protected abstract act(request: ExchangeRequest): Promise<void>;

  protected abstract demands(): Promise<Answer<Demands>>;

  /** What else is to be looked at before the stream is opened. */
  protected abstract begin(): Promise<void>;

  /** Looks again at what may change without a word, besides the clock and the exchange's demands. */
  protected abstract lookAgain(): Promise<void>;

  protected abstract openStream(): Promise<void>;

  protected abstract closeStream(): void;

  /** Something that the stream has said: one after the other, in its order. */
  protected hear(work: () => Promise<void> | void): void {
    this.heard = this.heard.then(async () => {
      try {
        if (!this.closed) await work();
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error;
        this.shared.logger.error(
          { account: this.account, error },
          'an event of the exchange cannot be understood',
        );
        this.missed('an event could not be understood');
      }
    });
  }

  /** The stream stands. */
  protected up(again: boolean): void {
    if (again) void this.upAgain();
  }

  /** Asks until the exchange answers. Throws a BinanceSetupError where it refuses. */
  protected async insist<T>(ask: () => Promise<Answer<T>>): Promise<T> {
    for (;;) {
      const answer = await ask();
      if (answer.kind === 'ok') return answer.value;
      const detail = `${this.account} at ${this.exchange}: ${explain(answer)}`;
      const waits = answer.kind !== 'refused' || answer.meaning === 'rate' || answer.meaning === 'overload';
      if (this.closed || !waits) throw new BinanceSetupError(detail);
      const { clock } = this.setup;
      await new Promise<void>((resolve) => {
        clock.callAt(clock.now() + START_AGAIN_MS, resolve);
      });
    }
  }

  /** Says so at once, and then at most so often. */
  protected missed(why: string): void {
    const { clock, logger } = this.setup;
    logger.warn({ account: this.account, why }, 'something was missed: all is asked for');
    if (this.missedSome) return;
    this.missedSome = true;
    const at = Math.max(clock.now(), this.missedAt + MISSED_EVERY_MS);
    clock.callAt(at, () => {
      this.missedSome = false;
      this.missedAt = clock.now();
      this.say({ type: 'reconnected' });
    });
  }

  protected say(fact: ExchangeFact, at: TimeMs = this.setup.clock.now()): void {
    this.said += 1;
    this.onReport?.({ id: `${this.idPrefix}${this.said}`, at, ...fact });
  }

  private async carryOut(request: ExchangeRequest): Promise<void> {
    try {
      if (!this.closed) await this.act(request);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      const { account, logger } = this.shared;
      logger.error(
        { account, request: request.type, error },
        'an answer of the exchange cannot be understood',
      );
      sayUnknown(this.shared, request);
    }
  }

  private async upAgain(): Promise<void> {
    await this.heard;
    this.say({ type: 'reconnected' });
    await this.refresh();
  }

  private refreshLater(): void {
    const { clock, refreshMs = 3_600_000 } = this.setup;
    this.stopRefreshing();
    if (this.closed) return;
    this.stopRefreshing = clock.callAt(clock.now() + refreshMs, () => void this.refresh());
  }

  private async refresh(): Promise<void> {
    await this.rest.measureClock();
    const demands = await this.demands();
    if (demands.kind === 'ok') this.learn(demands.value, false);
    await this.lookAgain();
    this.refreshLater();
  }

  /** Tells the exchange's demands where they are others than told. @param atStart other units than ours are an error */
  private learn(demands: Demands, atStart: boolean): void {
    const { exchange } = this;
    this.pace.learn(demands.limits);
    for (const instrument of this.shared.instruments.values()) {
      const { filters, problem } = demands.of(instrument);
      if (problem !== null && atStart)
        throw new BinanceSetupError(`${exchange}: ${problem}; correct the instruments of the configuration`);
      if (problem !== null)
        this.shared.logger.error({ exchange, problem }, 'an instrument has changed: no orders in it');
      if (filters !== null) this.tellFilters(problem === null ? filters : { ...filters, trading: false });
    }
  }

  private tellFilters(filters: OrderFilters): void {
    const text = JSON.stringify(filters, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    if (this.filters.get(filters.symbol) === text) return;
    this.filters.set(filters.symbol, text);
    this.say({ type: 'filters', ...filters });
  }
}
