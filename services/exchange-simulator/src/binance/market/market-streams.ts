import type { TimeMs } from '@bowline/domain';
import type { WebSocket } from 'ws';
import type { PublicMarkets } from '../../public-market/public-markets.js';
import type { PublicStreams } from '../common/dialect.js';
import { MarketConnection } from './market-connection.js';
import type { Event, MarketWords } from './market-words.js';
import { streamTopic, type StreamTopic } from './stream-name.js';
import { openFeed } from './topic-feed.js';

/** A stream that somebody hears. */
interface OpenStream {
  readonly hearers: Set<MarketConnection>;
  readonly stop: () => void;
}

/** The market streams of an exchange, in a product's words, over WebSocket. A stream that nobody hears costs nothing. */
export class MarketStreams implements PublicStreams {
  private readonly connections = new Set<MarketConnection>();
  private readonly streams = new Map<string, OpenStream>();

  constructor(
    private readonly markets: PublicMarkets,
    private readonly words: MarketWords,
    private readonly now: () => TimeMs,
    /** A time as the exchange tells it. */
    private readonly told: (at: TimeMs) => TimeMs,
  ) {}

  /** How many are on the line. */
  get size(): number {
    return this.connections.size;
  }

  /**
   * Speaks on a line that stands, about the streams that its path names and those that are subscribed to over it. Of a
   * stream that there is not nothing is ever told.
   */
  accept(
    socket: WebSocket,
    names: readonly string[],
    isCombined: boolean,
    enter: (act: () => void) => void,
  ): void {
    const connection: MarketConnection = new MarketConnection(socket, isCombined, this.now, {
      enter,
      subscribe: (name) => this.subscribe(connection, name),
      unsubscribe: (name) => this.unsubscribe(connection, name),
      onClosed: () => {
        for (const name of connection.names) this.unsubscribe(connection, name);
        this.connections.delete(connection);
      },
    });
    this.connections.add(connection);
    enter(() => names.forEach((name) => connection.add(name)));
  }

  /** Breaks all lines off: what is on its way is lost. */
  cut(): void {
    for (const connection of [...this.connections]) connection.cut();
  }

  private subscribe(connection: MarketConnection, name: string): boolean {
    const known = this.streams.get(name);
    if (known !== undefined) {
      known.hearers.add(connection);
      return true;
    }
    const topic = this.topicOf(name);
    if (topic === null) return false;
    const hearers = new Set([connection]);
    const around = {
      ...{ markets: this.markets.all, timers: this.markets.timers },
      ...{ words: this.words, now: this.now, at: () => this.told(this.now()) },
    };
    const stop = openFeed(topic, around, (event) => tellAll(name, hearers, event));
    this.streams.set(name, { hearers, stop });
    return true;
  }

  private unsubscribe(connection: MarketConnection, name: string): void {
    const stream = this.streams.get(name);
    if (stream === undefined) return;
    stream.hearers.delete(connection);
    if (stream.hearers.size > 0) return;
    stream.stop();
    this.streams.delete(name);
  }

  private topicOf(name: string): StreamTopic | null {
    return streamTopic(name, this.markets.symbols, this.words);
  }
}

function tellAll(
  name: string,
  hearers: ReadonlySet<MarketConnection>,
  event: Event | readonly Event[],
): void {
  const text = JSON.stringify(event);
  for (const hearer of hearers) hearer.tell(name, text);
}
