import {
  errorOf,
  LineRefused,
  StreamLine,
  type BinanceRest,
  type StreamLineOptions,
} from '@bowline/exchange-binance-common';
import { SPOT_ERRORS } from '../http/errors.js';
import { answerOf, userEvent, type UserEvent } from '../parse/user-events.js';

export interface UserStreamOptions extends StreamLineOptions {
  /** `wss://ws-api.binance.com:443`, without a path. */
  readonly url: string;
  readonly rest: BinanceRest;
  readonly account: string;
}

export interface UserStreamEvents {
  onEvent(event: UserEvent): void;
  /** The line stands. @param again what was said meanwhile is lost */
  onUp(again: boolean): void;
  /** Something was said that nobody here understands. */
  onUnreadable(): void;
}

/**
 * What the exchange says of one account, over its line of requests: a signed subscription on each new line. (Listen keys,
 * as at the futures, are on their way out at spot.)
 */
export class UserStream {
  private readonly line: StreamLine;
  private asked = 0;

  constructor(
    private readonly options: UserStreamOptions,
    events: UserStreamEvents,
  ) {
    const { account, url } = options;
    this.line = new StreamLine(`the user stream of ${account}`, options, {
      address: () => Promise.resolve(`${url}/ws-api/v3`),
      greeting: { say: () => this.subscription(), isAnswer: (value) => this.isSubscribed(value) },
      onUp: (again) => events.onUp(again),
      onMessage: (value) => {
        if (answerOf(value) !== null) return;
        const event = userEvent(value);
        if (event.type === 'over') return this.line.restart('the exchange has ended the subscription');
        events.onEvent(event);
      },
      onUnreadable: () => events.onUnreadable(),
      onDown: () => undefined,
    });
  }

  /** Rejects with LineRefused where the exchange does not let us in. */
  open(): Promise<void> {
    return this.line.open();
  }

  close(): void {
    this.line.close();
  }

  private subscription(): string {
    this.asked += 1;
    const method = 'userDataStream.subscribe.signature';
    return JSON.stringify({ id: this.asked, method, params: this.options.rest.signedWords({}) });
  }

  private isSubscribed(value: unknown): boolean {
    const answer = answerOf(value);
    if (answer?.id !== this.asked) return false;
    const { error, status } = answer;
    if (status === 200) return true;
    const { meaning } = errorOf(SPOT_ERRORS, status, error?.code ?? null, error?.msg);
    const detail = `the exchange does not let us listen: ${error?.code ?? status}: ${error?.msg ?? 'no reason'}`;
    // The next line is signed by the offset measured anew.
    if (meaning === 'clock') void this.options.rest.measureClock();
    throw meaning === 'access' ? new LineRefused(detail) : new Error(detail);
  }
}
