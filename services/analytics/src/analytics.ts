import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { topicOf, type LiveRows } from '@bowline/contracts';
import type { DeskLayout } from '@bowline/engine';
import type { BarClosed, Delivery, Logger, MarketFeed } from '@bowline/ports';
import { LiveStore, LiveWriter, type LiveWriterOptions, type RefusedRow } from '@bowline/store-duckdb';
import { Answers } from './answers/answers.js';
import { DeadLetters } from './dead-letters.js';
import { knownDesk } from './known-desk-of.js';
import { barRow } from './model/desk-rows.js';
import { KEPT_ROWS, LiveModel } from './model/live-model.js';
import { RunningCandles } from './model/running-candles.js';
import { ANALYTICS_GROUP, ANALYTICS_TOPICS, readBody, type AnalyticsTopic } from './read-body.js';

/** A subscription: `pattern` names the handler. What goes into the store is acknowledged once it is there. */
export interface AnalyticsRoute {
  readonly pattern: string;
  readonly topic: string;
  readonly group: string;
  readonly acknowledge: 'later' | 'handler';
}

export interface AnalyticsOptions {
  readonly layout: DeskLayout;
  /** The live store's file; made where there is none. */
  readonly path: string;
  readonly logger: Logger;
  /** How rows are put together into batches, where it should not be the usual way. */
  readonly batches?: Omit<LiveWriterOptions, 'onFailure' | 'onRefused'>;
}

/** Follows a desk: folds what it tells into a read model, keeps it in the live store, and answers what is asked. */
export class Analytics {
  readonly role = 'analytics';
  readonly routes: readonly AnalyticsRoute[];
  readonly answers: Answers;
  readonly deadLetters: DeadLetters;
  private readonly writer: LiveWriter;
  private readonly running = new RunningCandles();
  private closed: Promise<void> | null = null;
  private copies = 0;

  private constructor(
    private readonly options: AnalyticsOptions,
    private readonly store: LiveStore,
    private readonly model: LiveModel,
  ) {
    const { batches, layout, logger, path } = options;
    this.answers = new Answers(model);
    this.writer = new LiveWriter(store, {
      ...batches,
      onFailure: (error) => logger.error({ error, path }, 'the live store cannot be written; tried again'),
      onRefused: (refused) => this.refuse(refused),
    });
    this.deadLetters = new DeadLetters(layout, logger);
    const ofClients = layout.clients.flatMap(({ clientId }) =>
      ANALYTICS_TOPICS.map((topic) => ({
        pattern: `analytics/${topic}`,
        topic: topicOf(topic, clientId),
        group: ANALYTICS_GROUP,
        acknowledge: 'later' as const,
      })),
    );
    this.routes = [...ofClients, this.deadLetters.route];
  }

  /**
   * Takes up where the store left off.
   *
   * @throws LiveStoreError where the file is in use, is something else, or is of a later version
   */
  static async open(options: AnalyticsOptions): Promise<Analytics> {
    const store = await LiveStore.open(options.path);
    try {
      const model = new LiveModel(knownDesk(options.layout));
      const configured = model.begin(await store.history(KEPT_ROWS));
      for await (const trade of store.outcomes()) model.countTrade(trade);
      const analytics = new Analytics(options, store, model);
      await analytics.writer.add(configured, null, () => undefined);
      return analytics;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** Why the store could not be written when it was last tried; null where it was. */
  get trouble(): Error | null {
    return this.writer.failure;
  }

  /**
   * Folds a message, and acknowledges it once it is durable. What cannot be read or folded is put aside, with an alert:
   * the others go on. Resolves as soon as there is room for the next.
   */
  async receive(topic: AnalyticsTopic, delivery: Pick<Delivery, 'message' | 'ack'>): Promise<void> {
    const { message } = delivery;
    const seen = { topic: message.topic, id: message.id };
    await this.writer.add(this.fold(topic, message), seen, () => delivery.ack());
  }

  /** Takes prices for what is open, and candles for the store. */
  follow(feed: MarketFeed): void {
    feed.onUpdate((update) => {
      this.model.mark(update);
      this.running.update(update);
    });
    feed.onBar((bar) => {
      this.running.closed(bar);
      this.storeBar(bar);
    });
  }

  /** A copy of the store, of this moment, as a DuckDB file. Whoever asks reads it to its end, or destroys it. */
  async copy(): Promise<Readable> {
    await this.flush();
    this.copies += 1;
    const path = `${this.options.path}.copy-${this.copies}`;
    const remove = (): Promise<void> => rm(path, { force: true });
    await remove();
    try {
      await this.store.copyTo(path);
      const file = await open(path);
      return file.createReadStream();
    } finally {
      // Who has it open reads on; nobody else needs its name.
      await remove();
    }
  }

  /** From now on what comes is written at once: whoever drains the bus waits for it. */
  hurry(): void {
    this.writer.hurry();
  }

  /** Writes what waits, and lets the file go. Without effect the second time. */
  close(): Promise<void> {
    this.closed ??= this.finish();
    return this.closed;
  }

  private async finish(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.writer.stop();
      await this.store.close();
    }
  }

  /** Whoever reads the store then values what is open at the last price, not at the last candle that was over. */
  private flush(): Promise<void> {
    for (const bar of this.running.all()) this.storeBar(bar);
    return this.writer.flush();
  }

  private fold(topic: AnalyticsTopic, message: Delivery['message']): LiveRows {
    if (!this.model.isNews(message)) return {};
    const body = readBody(topic, message.data);
    if (body instanceof Error) return this.putAside(message, body);
    try {
      return this.model.fold(message, body);
    } catch (error) {
      if (error instanceof RangeError) return this.putAside(message, error);
      throw error;
    }
  }

  private putAside(message: Delivery['message'], error: Error): LiveRows {
    const { id, source, topic } = message;
    this.options.logger.error({ error, id, source, topic }, 'analytics has put a message aside');
    return this.model.putAside(message, error.message);
  }

  /** A row that its table cannot hold is left out: one that always failed would hold up all that come after it. */
  private refuse({ error, row, table }: RefusedRow): void {
    const { logger } = this.options;
    logger.error({ error, row, table }, 'the live store cannot hold a row');
    if (!('clientId' in row)) return;
    this.writer
      .add(this.model.refuse(table, row, error.message), null, () => undefined)
      .catch((failure: unknown) => logger.error({ error: failure, table }, 'an alert cannot be stored'));
  }

  private storeBar(bar: BarClosed): void {
    const instrument = this.model.desk.instrumentOf(bar);
    if (instrument === null) return;
    const { logger } = this.options;
    this.writer
      .add({ bars: [barRow(instrument, bar)] }, null, () => undefined)
      .catch((error: unknown) => logger.error({ error, ...bar }, 'a candle cannot be stored'));
  }
}
