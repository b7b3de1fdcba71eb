import { z } from 'zod';
import type { CcxtExchange } from '../ccxt/shape.js';
import { Watcher, type Watched, type WatcherOptions } from '../ccxt/watcher.js';
import { balance, order, trade } from '../parse/account.js';
import { PayloadError, read } from '../parse/fields.js';
import type { AccountContext } from './context.js';
import { onBalance, onOrder, onTrade } from './stream-events.js';

const list = z.array(z.unknown());
const POLL_MS = 5_000;

/**
 * What the exchange says of one account by itself. Where it has no streams of orders and trades everything is asked for
 * now and then, as after a break. Positions are not watched: what a stream says of them names no trade as of which it is
 * true.
 */
export class UserStreams {
  private readonly watcher: Watcher;
  /** What was heard, in its order. */
  private heard: Promise<void> = Promise.resolve();
  private stopPolling: () => void = () => undefined;
  private closed = false;

  constructor(
    private readonly context: AccountContext,
    private readonly options: WatcherOptions & { readonly pollMs?: number },
    onUp: (again: boolean) => void,
  ) {
    this.watcher = new Watcher(context.session, options, {
      onUp,
      onDown: () => context.known.forgetWholeness(),
      onUnreadable: () => context.missed('news could not be read'),
    });
  }

  /** Resolves once the lines stand. Rejects with WatchRefused where the exchange does not let us in. */
  async open(): Promise<void> {
    const { has } = this.context.session.exchange;
    if (has['watchOrders'] === true && has['watchMyTrades'] === true)
      return this.watcher.open(this.watched());
    this.poll();
  }

  /** Resolves once all that was heard is told. */
  heardAll(): Promise<void> {
    return this.heard;
  }

  close(): void {
    this.closed = true;
    this.stopPolling();
    this.watcher.close();
  }

  private poll(): void {
    const { clock, pollMs = POLL_MS } = this.options;
    this.stopPolling = clock.callAt(clock.now() + pollMs, () => {
      this.context.say({ type: 'reconnected' });
      this.poll();
    });
  }

  private watched(): readonly Watched[] {
    const { profile, session, traded } = this.context;
    const ofMarkets = [...traded.values()].flatMap(({ market }) => {
      const orders = this.each(`orders of ${market}`, order, onOrder, (exchange) =>
        exchange.watchOrders(market),
      );
      const trades = this.each(`trades of ${market}`, trade, onTrade, (exchange) =>
        exchange.watchMyTrades(market),
      );
      if (profile.conditional?.ownStream !== true) return [trades, orders];
      const { params } = profile.conditional;
      const stops = this.each(`stops of ${market}`, order, onOrder, (exchange) =>
        exchange.watchOrders(market, undefined, undefined, params),
      );
      return [trades, orders, stops];
    });
    if (session.exchange.has['watchBalance'] !== true) return ofMarkets;
    const balances: Watched = {
      name: 'the balance',
      watch: (exchange) => exchange.watchBalance(),
      hear: (value) => {
        const told = read('the balance', balance, value);
        this.queue(() => Promise.resolve(onBalance(this.context, told)));
      },
    };
    return [...ofMarkets, balances];
  }

  /** A stream of lists. They are put in a queue: telling may need an answer of the exchange. */
  private each<S extends z.ZodType>(
    name: string,
    schema: S,
    tell: (context: AccountContext, value: z.output<S>) => Promise<void>,
    watch: (exchange: CcxtExchange) => Promise<unknown>,
  ): Watched {
    return {
      name,
      watch,
      hear: (value) => {
        for (const raw of read(name, list, value)) {
          const told = read(name, schema, raw);
          this.queue(() => tell(this.context, told));
        }
      },
    };
  }

  private queue(tell: () => Promise<void>): void {
    this.heard = this.heard.then(async () => {
      try {
        if (!this.closed) await tell();
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error;
        const { account, logger } = this.context;
        logger.error({ account, error }, 'news of the exchange cannot be understood');
        this.context.missed('news could not be understood');
      }
    });
  }
}
