import {
  LineRefused,
  StreamLine,
  explain,
  type BinanceRest,
  type StreamLineOptions,
  unwrapped,
} from '@bowline/exchange-binance-common';
import type { Clock, Logger } from '@bowline/ports';
import { z } from 'zod';
import { listenKey } from '../parse/rest.js';
import { userEvent, type UserEvent } from '../parse/user-events.js';

export interface UserStreamOptions extends StreamLineOptions {
  /** `wss://fstream.binance.com`, without a path. */
  readonly url: string;
  readonly rest: BinanceRest;
  readonly account: string;
  /** How often the listen key is kept alive: it is over after an hour. Default 30 minutes. */
  readonly keepAliveMs?: number;
}

export interface UserStreamEvents {
  onEvent(event: UserEvent): void;
  /** The line stands. @param again what was said meanwhile is lost */
  onUp(again: boolean): void;
  /** Something was said that nobody here understands. */
  onUnreadable(): void;
}

/** How long it waits where the listen key could not be kept alive. */
const KEEP_ALIVE_AGAIN_MS = 60_000;

/**
 * What the exchange says of one account. The listen key is asked for with every new line (the same one while it
 * lives), kept alive, and asked for anew where the exchange says that it is over.
 */
export class UserStream {
  private readonly line: StreamLine;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private stopKeeping: () => void = () => undefined;
  private closed = false;

  constructor(
    private readonly options: UserStreamOptions,
    events: UserStreamEvents,
  ) {
    const { account, clock, logger } = options;
    this.clock = clock;
    this.logger = logger;
    this.line = new StreamLine(`the user stream of ${account}`, options, {
      address: () => this.address(),
      onUp: (again) => {
        this.keepAlive(this.keepAliveMs);
        events.onUp(again);
      },
      onMessage: (value) => {
        const event = userEvent(unwrapped(value));
        if (event.type === 'listen_key_expired') return this.line.restart('the listen key has expired');
        events.onEvent(event);
      },
      onUnreadable: () => events.onUnreadable(),
      onDown: () => this.stopKeeping(),
    });
  }

  /** Rejects with LineRefused where the exchange does not let us in. */
  open(): Promise<void> {
    return this.line.open();
  }

  close(): void {
    this.closed = true;
    this.stopKeeping();
    this.line.close();
  }

  private async address(): Promise<string> {
    const answer = await this.options.rest.keyed('POST', '/fapi/v1/listenKey', listenKey);
    if (answer.kind === 'ok') return `${this.options.url}/private/ws?listenKey=${answer.value.listenKey}`;
    const detail = `the exchange gives no listen key: ${explain(answer)}`;
    throw answer.kind === 'refused' && answer.meaning === 'access'
      ? new LineRefused(detail)
      : new Error(detail);
  }

  private keepAlive(pauseMs: number): void {
    this.stopKeeping();
    this.stopKeeping = this.clock.callAt(this.clock.now() + pauseMs, () => void this.keepAliveNow());
  }

  private async keepAliveNow(): Promise<void> {
    const answer = await this.options.rest.keyed('PUT', '/fapi/v1/listenKey', z.unknown());
    if (this.closed || !this.line.isUp) return;
    if (answer.kind === 'ok') return this.keepAlive(this.keepAliveMs);
    if (answer.kind === 'refused' && answer.meaning === 'listen_key')
      return this.line.restart('the listen key is over');
    this.logger.warn(
      { account: this.options.account, reason: explain(answer) },
      'the listen key was not kept alive',
    );
    this.keepAlive(Math.min(KEEP_ALIVE_AGAIN_MS, this.keepAliveMs));
  }

  private get keepAliveMs(): number {
    return this.options.keepAliveMs ?? 30 * 60_000;
  }
}
