import {
  BinanceClient,
  Fees,
  type Answer,
  type BinanceClientOptions,
  type Demands,
} from '@bowline/exchange-binance-common';
import type { ExchangeRequest } from '@bowline/ports';
import { amendOrder, cancelOrder } from './account/change.js';
import type { AccountContext } from './account/context.js';
import { Funding } from './account/funding.js';
import { KnownOrders } from './account/known-orders.js';
import { placeOrder } from './account/place.js';
import { queryOrder } from './account/query-order.js';
import { queryPosition } from './account/query-position.js';
import { onUserEvent } from './account/stream-events.js';
import { BINANCE_USDM_CAPABILITIES } from './capabilities.js';
import { demandsOf, exchangeInfo } from './parse/exchange-info.js';
import { positionMode } from './parse/rest.js';
import type { UserEvent } from './parse/user-events.js';
import { BINANCE_USDM } from './product.js';
import { UserStream } from './websocket/user-stream.js';

export interface BinanceUsdmClientOptions extends BinanceClientOptions {
  /** Whether the account is in hedge mode, as configured; where it is not so, that is told. */
  readonly hedgeMode: boolean;
  /** Default `wss://fstream.binance.com`. */
  readonly streamUrl?: string;
}

/** An account at Binance USD-M futures. */
export class BinanceUsdmClient extends BinanceClient {
  private readonly stream: UserStream;
  private readonly own: AccountContext;
  private funding: Funding | null = null;

  /** Throws a RangeError on a URL that is none. */
  constructor(private readonly options: BinanceUsdmClientOptions) {
    super(BINANCE_USDM, BINANCE_USDM_CAPABILITIES, options);
    const { hedgeMode, logger } = options;
    this.own = {
      ...this.context,
      ...{ hedgeMode, known: new KnownOrders(), fees: new Fees(this.rest, logger), lastTradeIds: new Map() },
    };
    const line = { ...options, url: options.streamUrl ?? BINANCE_USDM.streamUrl, rest: this.rest };
    this.stream = new UserStream(line, {
      onEvent: (event) => this.onEvent(event),
      onUp: (again) => this.up(again),
      onUnreadable: () => this.missed('a message could not be read'),
    });
  }

  protected act(request: ExchangeRequest): Promise<void> {
    switch (request.type) {
      case 'place':
        return placeOrder(this.own, request);
      case 'cancel':
        return cancelOrder(this.own, request);
      case 'amend':
        return amendOrder(this.own, request);
      case 'query_order':
        return queryOrder(this.own, request);
      case 'query_position':
        return queryPosition(this.own, request);
    }
  }

  protected async demands(): Promise<Answer<Demands>> {
    const info = await this.rest.publicData('exchangeInfo', exchangeInfo);
    return info.kind === 'ok' ? { kind: 'ok', value: demandsOf(info.value) } : info;
  }

  protected async begin(): Promise<void> {
    this.funding ??= new Funding(this.own, this.options.clock.now() + this.rest.clockOffsetMs);
    const mode = await this.insist(() => this.readMode());
    this.compareMode(mode.dualSidePosition);
  }

  protected async lookAgain(): Promise<void> {
    const mode = await this.readMode();
    if (mode.kind === 'ok') this.compareMode(mode.value.dualSidePosition);
    await this.funding?.ask();
  }

  protected openStream(): Promise<void> {
    return this.stream.open();
  }

  protected closeStream(): void {
    this.funding?.close();
    this.stream.close();
  }

  private onEvent(event: UserEvent): void {
    this.hear(() => onUserEvent(this.own, event));
    if (event.type === 'account' && event.reason === 'FUNDING_FEE') void this.funding?.expect();
  }

  private readMode() {
    return this.rest.signed('GET', '/fapi/v1/positionSide/dual', positionMode, {});
  }

  private compareMode(isHedge: boolean): void {
    if (isHedge === this.own.hedgeMode) return;
    const detail = `the account is in ${isHedge ? 'hedge' : 'one-way'} mode, and configured otherwise`;
    this.say({ type: 'account_changed', what: 'position_mode', symbol: null, detail });
  }
}
