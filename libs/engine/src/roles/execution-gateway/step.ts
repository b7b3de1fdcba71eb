import {
  channelKey,
  topicOf,
  type ChannelName,
  type ExchangeInput,
  type ExecutionMessage,
} from '@bowline/contracts';
import type { Cash, ExecutionMarket, Lots, OrderExecution, RejectReason, TimeMs } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import type { Outcome, OutgoingMessage } from '../../runner/role.js';
import { evolveGateway } from './evolve.js';
import { livePartsOf, onCanceledBetweenParts, onPartStatus } from './parts.js';
import { closesOf } from './registry.js';
import type { GatewayEvent, GatewayOrder, GatewaySetup, GatewayState } from './state.js';

export type StatusExecType = Exclude<OrderExecution['execType'], 'trade' | 'partial_fill' | 'fill'>;

export interface StatusDetails {
  readonly cumQty?: Lots;
  readonly orderQty?: Lots;
  readonly reason?: RejectReason | null;
}

/** The market in a symbol; null: nothing is known of it. */
export type MarketOf = (symbol: string) => ExecutionMarket | null;

/** A decision in progress: facts are folded as they are found, and what is told and asked for is collected. */
export class GatewayStep {
  private readonly events: GatewayEvent[] = [];
  private readonly messages: OutgoingMessage[] = [];
  private readonly requests: ExchangeRequest[] = [];

  constructor(
    readonly state: GatewayState,
    readonly setup: GatewaySetup,
    readonly at: TimeMs,
    /** The market in a symbol, as it is known at this moment. */
    readonly market: MarketOf,
    /** Of what is being decided about. */
    readonly traceparent?: string,
  ) {}

  outcome(): Outcome<GatewayEvent, ExchangeRequest> {
    return { events: this.events, messages: this.messages, effects: this.requests };
  }

  emit(event: GatewayEvent): void {
    evolveGateway(this.state, this.setup, event);
    this.events.push(event);
  }

  /** What goes out once all of this is durable. */
  request(request: ExchangeRequest): void {
    this.requests.push(request);
  }

  say(message: OutgoingMessage): void {
    this.messages.push(message);
  }

  /** Tells a channel what the exchange says. */
  tell(channel: ChannelName, input: ExchangeInput): void {
    const { clientId, exchange } = this.setup;
    const body: ExecutionMessage = { channel, input };
    this.say({ topic: topicOf('executions', `${clientId}.${exchange}`), key: channelKey(channel), body });
  }

  /** Tells of an order what is no trade; of a part, as it matters to the whole. Of one that takes another's place the channel hears nothing before the answer. */
  tellStatus(
    {
      channel,
      key,
      part,
      replaces,
      terms,
    }: Pick<GatewayOrder, 'channel' | 'key' | 'part' | 'replaces' | 'terms'>,
    execType: StatusExecType,
    at: TimeMs,
    { cumQty, orderQty, reason = null }: StatusDetails = {},
  ): void {
    if (part !== undefined) {
      const whole = this.state.orders.get(part.of)!;
      return onPartStatus(this, whole, execType, at, reason);
    }
    if (replaces !== null) return;
    const report: OrderExecution = {
      execType,
      tradeId: null,
      lastQty: 0,
      lastPx: 0,
      ...(cumQty === undefined ? {} : { cumQty }),
      ...(orderQty === undefined ? {} : { orderQty }),
    };
    this.tellExecution({ channel, key, terms }, report, 0n, 0, reason, at);
  }

  tellExecution(
    { channel, key, terms }: Pick<GatewayOrder, 'channel' | 'key' | 'terms'>,
    report: OrderExecution,
    fee: Cash,
    feeBaseLots: Lots,
    reason: RejectReason | null,
    at: TimeMs,
  ): void {
    this.tell(channel, { type: 'execution', key, side: terms.side, report, fee, feeBaseLots, reason, at });
  }

  place(order: GatewayOrder): void {
    const { channel, clientOrderId, expiresAt, key, part, terms } = order;
    const { leg, strategyPositionId } = key;
    const pair = part === undefined ? strategyPositionId : `${strategyPositionId}/${part.number}`;
    const ocoGroup = leg === 't' || leg === 's' ? pair : null;
    const { symbol } = channel;
    const closes = closesOf(this.state, order);
    this.request({
      type: 'place',
      clientOrderId,
      symbol,
      terms,
      expiresAt,
      ocoGroup,
      ...closes,
      at: this.at,
    });
  }

  /** Asks the exchange to cancel, and remembers that it is wanted until the order is over. */
  cancel(order: GatewayOrder, close = false): void {
    const { channel, clientOrderId, parts, replacement, replaces } = order;
    const { symbol } = channel;
    this.emit({ type: 'cancel_wanted', clientOrderId, close });
    if (parts !== undefined) {
      // While it is being replaced the cancel of a part is tried again here, as that of a whole is.
      const closePart = close && replacement === null && replaces === null;
      for (const part of livePartsOf(this.state, order)) this.cancel(part, closePart);
      return onCanceledBetweenParts(this, order);
    }
    this.request({ type: 'cancel', clientOrderId, symbol, at: this.at });
  }

  query({ channel: { symbol }, clientOrderId }: GatewayOrder): void {
    this.request({ type: 'query_order', clientOrderId, symbol, at: this.at });
  }
}
