import {
  channelKey,
  topicOf,
  type ChannelName,
  type ExchangeInput,
  type ExecutionMessage,
} from '@bowline/contracts';
import type { Cash, Lots, OrderExecution, RejectReason, TimeMs } from '@bowline/domain';
import type { ExchangeRequest } from '@bowline/ports';
import type { Outcome, OutgoingMessage } from '../../runner/role.js';
import { evolveGateway } from './evolve.js';
import type { GatewayEvent, GatewayOrder, GatewaySetup, GatewayState } from './state.js';

type StatusExecType = Exclude<OrderExecution['execType'], 'trade' | 'partial_fill' | 'fill'>;

export interface StatusDetails {
  readonly cumQty?: Lots;
  readonly orderQty?: Lots;
  readonly reason?: RejectReason | null;
}

/** A decision in progress: facts are folded as they are found, and what is told and asked for is collected. */
export class GatewayStep {
  private readonly events: GatewayEvent[] = [];
  private readonly messages: OutgoingMessage[] = [];
  private readonly requests: ExchangeRequest[] = [];

  constructor(
    readonly state: GatewayState,
    readonly setup: GatewaySetup,
    readonly at: TimeMs,
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

  /** Tells of an order what is no trade. Of one that takes another's place the channel hears nothing before the answer. */
  tellStatus(
    { channel, key, replaces, terms }: Pick<GatewayOrder, 'channel' | 'key' | 'replaces' | 'terms'>,
    execType: StatusExecType,
    at: TimeMs,
    { cumQty, orderQty, reason = null }: StatusDetails = {},
  ): void {
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

  place({ channel: { symbol }, clientOrderId, expiresAt, key, terms }: GatewayOrder): void {
    const ocoGroup = key.leg === 't' || key.leg === 's' ? key.strategyPositionId : null;
    this.request({ type: 'place', clientOrderId, symbol, terms, expiresAt, ocoGroup, at: this.at });
  }

  /** Asks the exchange to cancel, and remembers that it is wanted until the order is over. */
  cancel({ channel: { symbol }, clientOrderId }: GatewayOrder, close = false): void {
    this.emit({ type: 'cancel_wanted', clientOrderId, close });
    this.request({ type: 'cancel', clientOrderId, symbol, at: this.at });
  }

  query({ channel: { symbol }, clientOrderId }: GatewayOrder): void {
    this.request({ type: 'query_order', clientOrderId, symbol, at: this.at });
  }
}
