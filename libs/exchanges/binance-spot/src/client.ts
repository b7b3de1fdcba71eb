import {
  BinanceClient,
  Fees,
  type Answer,
  type BinanceClientOptions,
  type Demands,
} from '@bowline/exchange-binance-common';
import type { ExchangeRequest } from '@bowline/ports';
import { cancelOrder, refuseAmend } from './account/change.js';
import type { AccountContext } from './account/context.js';
import { KnownOrders } from './account/known-orders.js';
import { placeOrder } from './account/place.js';
import { queryOrder } from './account/query-order.js';
import { queryPosition } from './account/query-position.js';
import { onUserEvent } from './account/stream-events.js';
import { BINANCE_SPOT_CAPABILITIES } from './capabilities.js';
import { demandsOf, exchangeInfo } from './parse/exchange-info.js';
import { BINANCE_SPOT } from './product.js';
import { UserStream } from './websocket/user-stream.js';

export interface BinanceSpotClientOptions extends BinanceClientOptions {
  /** Of the line of requests, where the account's events are told. Default `wss://ws-api.binance.com:443`. */
  readonly userUrl?: string;
}

/** An account at Binance spot. Its position in a symbol is what it has of the base currency. */
export class BinanceSpotClient extends BinanceClient {
  private readonly stream: UserStream;
  private readonly own: AccountContext;

  /** Throws a RangeError on a URL that is none. */
  constructor(private readonly options: BinanceSpotClientOptions) {
    super(BINANCE_SPOT, BINANCE_SPOT_CAPABILITIES, options);
    const { logger, userUrl = 'wss://ws-api.binance.com:443' } = options;
    const fees = new Fees(this.rest, logger);
    this.own = {
      ...this.context,
      ...{ known: new KnownOrders(), fees, told: { balance: null }, lastTradeIds: new Map() },
    };
    this.stream = new UserStream(
      { ...options, url: userUrl, rest: this.rest },
      {
        onEvent: (event) => this.hear(() => onUserEvent(this.own, event)),
        onUp: (again) => this.up(again),
        onUnreadable: () => this.missed('a message could not be read'),
      },
    );
  }

  protected act(request: ExchangeRequest): Promise<void> {
    switch (request.type) {
      case 'place':
        return placeOrder(this.own, request);
      case 'cancel':
        return cancelOrder(this.own, request);
      case 'amend':
        return refuseAmend(this.own, request);
      case 'query_order':
        return queryOrder(this.own, request);
      case 'query_position':
        return queryPosition(this.own, request);
    }
  }

  protected async demands(): Promise<Answer<Demands>> {
    const symbols = JSON.stringify(this.options.instruments.map(({ symbol }) => symbol));
    const asked = await this.rest.publicData('exchangeInfo', exchangeInfo, { symbols });
    // One that is not traded there spoils the question; all of them tell which one it is.
    const isRefused = asked.kind === 'refused' && asked.meaning === 'rejected';
    const info = isRefused ? await this.rest.publicData('exchangeInfo', exchangeInfo) : asked;
    return info.kind === 'ok' ? { kind: 'ok', value: demandsOf(info.value) } : info;
  }

  protected begin(): Promise<void> {
    return Promise.resolve();
  }

  protected lookAgain(): Promise<void> {
    return Promise.resolve();
  }

  protected openStream(): Promise<void> {
    return this.stream.open();
  }

  protected closeStream(): void {
    this.stream.close();
  }
}
