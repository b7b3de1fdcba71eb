import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TimeMs } from '@bowline/domain';
import { askedMarket, MarketHub, PROTOCOL, serveMarket, type JsonLines } from '@bowline/exchange-simulator';
import type { Clock, DepthFeed, Logger, MarketFeed } from '@bowline/ports';

/** The market of one exchange, and what of it is read. */
export interface MarketSeries {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly feed: MarketFeed & Partial<DepthFeed>;
}

export interface MarketDataOptions {
  readonly markets: readonly MarketSeries[];
  /** Candles of each symbol that a new reader can have. */
  readonly recentBars: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long ago the market of a symbol was heard of last; null: never. */
export interface MarketAge {
  readonly exchange: string;
  readonly symbol: string;
  readonly forMs: number | null;
}

interface Told {
  readonly hub: MarketHub;
  readonly symbols: readonly string[];
  /** When each symbol was heard of last. */
  readonly heardAt: Map<string, TimeMs>;
}

const PATH = /^\/v1\/exchanges\/([^/]+)\/market\/stream$/;

/** Reads markets, and tells them to whoever has a line. */
export class MarketData {
  private readonly told = new Map<string, Told>();
  private readonly open = new Set<JsonLines>();
  private readonly clock: Clock;
  private readonly logger: Logger;

  constructor({ clock, logger, markets, recentBars }: MarketDataOptions) {
    this.clock = clock;
    this.logger = logger;
    for (const { exchange, feed, symbols } of markets) {
      const told: Told = { hub: new MarketHub(recentBars), symbols, heardAt: new Map() };
      this.told.set(exchange, told);
      feed.onUpdate((update) => {
        told.heardAt.set(update.symbol, clock.now());
        told.hub.onUpdate(update);
      });
      feed.onBar((bar) => told.hub.onBar(bar));
      feed.onDepth?.((depth) => told.hub.onDepth(depth));
    }
  }

  /** How many read. */
  get readers(): number {
    return this.open.size;
  }

  ages(): MarketAge[] {
    const now = this.clock.now();
    return [...this.told].flatMap(([exchange, { heardAt, symbols }]) =>
      symbols.map((symbol) => {
        const at = heardAt.get(symbol);
        return { exchange, symbol, forMs: at === undefined ? null : now - at };
      }),
    );
  }

  /** Lets readers in who ask this server for a line. */
  serve(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', (error) => this.logger.info({ error }, 'the line of a reader has broken'));
      const refusal = this.accept(request, socket, head);
      if (refusal === null) return;
      this.logger.warn({ path: request.url, refusal }, 'a reader was refused');
      const body = JSON.stringify({ type: 'about:blank', status: refusal.status, detail: refusal.detail });
      socket.end(
        [
          `HTTP/1.1 ${refusal.status} Refused`,
          'Content-Type: application/problem+json',
          `Content-Length: ${Buffer.byteLength(body)}`,
          'Connection: close',
          '',
          body,
        ].join('\r\n'),
      );
    });
  }

  close(): Promise<void> {
    for (const lines of this.open) lines.destroy('the market is not told any more');
    return Promise.resolve();
  }

  /** Null: the reader has its line. */
  private accept(
    { headers: { upgrade }, url = '' }: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): { readonly status: number; readonly detail: string } | null {
    const base = 'http://localhost';
    const target = URL.canParse(url, base) ? new URL(url, base) : null;
    const exchange = PATH.exec(target?.pathname ?? '')?.[1];
    const told = exchange === undefined ? undefined : this.told.get(exchange);
    if (target === null || exchange === undefined || told === undefined) {
      const known = [...this.told.keys()].join(', ');
      return {
        status: 404,
        detail: `markets are told at /v1/exchanges/<exchange>/market/stream, of ${known}`,
      };
    }
    const asked = askedMarket(target.searchParams, exchange, told.symbols);
    if ('status' in asked) return asked;
    if (upgrade !== PROTOCOL) return { status: 426, detail: `markets are told in ${PROTOCOL}` };
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`);
    const lines = serveMarket(socket, head, {
      ...asked,
      ...{ hub: told.hub, at: this.clock.now() },
      onClosed: () => this.open.delete(lines),
    });
    this.open.add(lines);
    return null;
  }
}
