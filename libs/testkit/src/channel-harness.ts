import {
  cashValue,
  closedReportOf,
  createChannel,
  decideChannel,
  evolveChannel,
  isLive,
  openQty,
  reportOf,
  type Cash,
  type ChannelEvent,
  type ChannelInput,
  type ChannelSetup,
  type ChannelState,
  type CloseReason,
  type Lots,
  type OrderTerms,
  type PositionReport,
  type StrategyPosition,
} from '@bowline/domain';
import { isOpen, leaves, type ExchangeOrder } from './channel/exchange-order.js';
import { FakeExchange } from './channel/fake-exchange.js';
import { WHOLE } from './channel/setup.js';

export type { ExchangeOrder, ExchangeOrderStatus, ExchangeTrade } from './channel/exchange-order.js';
export * from './channel/fake-exchange.js';
export * from './channel/client.js';
export * from './channel/desk.js';
export * from './channel/fingerprint.js';
export * from './channel/laws.js';
export * from './channel/random-channel.js';
export * from './channel/setup.js';
export * from './channel/steps.js';

/** Something that happens to a channel: an input, or what the exchange does with one of its orders. */
export type Step = (channel: ChannelHarness) => void;

export interface HarnessSetup extends Partial<ChannelSetup> {
  /** Reports carry the exchange's own cumQty and a version. */
  readonly totals?: boolean;
  readonly feePerLot?: Cash;
}

/** A channel on a fake exchange, after the steps that a test takes for granted. */
export function given(...steps: readonly Step[]): ChannelHarness {
  return givenChannel({}, ...steps);
}

/** As `given`, with another setup than a paired one-way channel in whole ticks and lots. */
export function givenChannel(setup: HarnessSetup, ...steps: readonly Step[]): ChannelHarness {
  return new ChannelHarness(setup).when(...steps);
}

/** What a test looks at of a strategy position, whether it is open or over. */
export interface PositionView {
  readonly status: 'open' | 'closing' | 'closed';
  readonly openQty: Lots;
  readonly closeReason: CloseReason | null;
  /** Before fees. */
  readonly realizedPnl: Cash;
  readonly fees: Cash;
  readonly funding: Cash;
}

/** Drives the decider as a service does: decide, fold the events, hand what they ask for to the exchange. */
export class ChannelHarness {
  readonly state: ChannelState;
  readonly exchange: FakeExchange;
  /** All events since the channel was made. */
  readonly journal: ChannelEvent[] = [];
  /** Events since the last `when` began. */
  events: readonly ChannelEvent[] = [];
  /** Positions as they stood when they were over, in that order. */
  readonly closed: StrategyPosition[] = [];
  /** Called with each report that a service would publish on `positions`. */
  onReport: (report: PositionReport) => void = () => {};
  /** Whether reports are delivered as they come. */
  hears = true;

  constructor(readonly setup: HarnessSetup = {}) {
    const { feePerLot = 0n, totals = false, ...channel } = setup;
    this.state = createChannel({
      instrument: WHOLE,
      protection: 'paired',
      allowSynthetic: true,
      hedgeMode: false,
      reduceOnly: false,
      ...channel,
    });
    this.exchange = new FakeExchange({ pairs: channel.protection === 'native', totals, feePerLot });
  }

  when(...steps: readonly Step[]): this {
    const from = this.journal.length;
    for (const step of steps) step(this);
    this.events = this.journal.slice(from);
    return this;
  }

  /** Time passes by one at each input. */
  tick(): number {
    this.exchange.now += 1;
    return this.exchange.now;
  }

  take(input: ChannelInput): readonly ChannelEvent[] {
    const events = decideChannel(this.state, input);
    const over: StrategyPosition[] = [];
    for (const event of events) {
      if (event.type === 'position_closed') over.push(this.state.positions.get(event.strategyPositionId)!);
      evolveChannel(this.state, event);
      this.journal.push(event);
      this.exchange.receive(event);
    }
    this.closed.push(...over);
    // Told last: whoever hears it may ask the channel for the next thing.
    for (const position of over) this.onReport(closedReportOf(this.state, position));
    this.tellChanged(events);
    return events;
  }

  /** Hands over one report of the exchange, the first that waits unless told otherwise. */
  deliver(place = 0): void {
    const [report] = this.exchange.outbox.splice(place, 1);
    this.tick();
    if (report) this.take(report.execution);
  }

  deliverAll(): void {
    while (this.hears && this.exchange.outbox.length > 0) this.deliver();
  }

  /**
   * The exchange answers whatever is asked, finds what was lost, and fills what is at the market, until nothing is
   * left to answer. Throws where that does not end.
   */
  settle(): void {
    for (let round = 0; round < 200; round += 1) {
      this.deliverAll();
      const { exchange } = this;
      const [lost] = exchange.lost;
      const [request] = exchange.requests;
      const market = exchange.orders.find((order) => isOpen(order) && order.terms.orderType === 'market');
      if (request) exchange.answer(request);
      else if (lost) exchange.query(lost);
      else if (market) exchange.fill(market);
      else return;
    }
    throw new Error('the channel and the exchange do not come to rest');
  }

  /** The strategy position by its id, `A-1`, open or over. */
  position(id: string): PositionView {
    const position = this.state.positions.get(id) ?? this.closed.filter((over) => over.id === id).at(-1);
    if (!position) throw new Error(`no position ${id}`);
    const { instrument } = this.state;
    const open = this.state.positions.has(id);
    return {
      status: !open ? 'closed' : position.closing === null ? 'open' : 'closing',
      // Without the sign that a short's nothing has.
      openQty: openQty(position) + 0,
      closeReason: position.closedBy,
      realizedPnl: cashValue(instrument, position.realized),
      fees: position.fees,
      funding: position.funding,
    };
  }

  /** The state of an open position. Throws where it is over. */
  open(id: string): StrategyPosition {
    const position = this.state.positions.get(id);
    if (!position) throw new Error(`position ${id} is not open`);
    return position;
  }

  /** Orders that may fill at the exchange, as texts: `A-1 s SELL 10 @90`. */
  working(id?: string): string[] {
    const ours = (order: ExchangeOrder) => id === undefined || order.terms.key.strategyPositionId === id;
    return this.exchange
      .live()
      .filter(ours)
      .map((order) => orderText(order.terms, leaves(order)))
      .sort();
  }

  /** What the events since the last `when` asked of the exchange, as texts: `order A-1 x SELL 10`, `cancel A-1 t`. */
  asked(): string[] {
    return this.events.flatMap((event) => {
      switch (event.type) {
        case 'order_requested':
          return [`order ${orderText(event.terms)}`];
        case 'cancel_requested':
          return [`cancel ${event.key.strategyPositionId} ${event.key.leg}`];
        case 'replace_requested':
          return [`replace ${orderText(event.terms)}`];
        default:
          return [];
      }
    });
  }

  /** Alerts since the last `when`. */
  alerts(): string[] {
    return this.events.flatMap((event) => (event.type === 'alert' ? [event.code] : []));
  }

  /** Denials since the last `when`, of intents and of adoptions. */
  denials(): string[] {
    return this.events.flatMap((event) =>
      event.type === 'denied' || event.type === 'adoption_refused' ? [event.code] : [],
    );
  }

  /** Orders of the channel that it still counts as live. */
  counted(): number {
    let live = 0;
    for (const { entry, exit, stopLoss, superseded, takeProfit } of this.state.positions.values()) {
      for (const order of [entry, takeProfit, stopLoss, exit, ...superseded]) {
        if (order !== null && isLive(order.state)) live += 1;
      }
    }
    return live;
  }

  private tellChanged(events: readonly ChannelEvent[]): void {
    const changed = new Set<string>();
    for (const event of events) {
      if (event.type === 'denied') changed.add(event.strategyId);
      const id = changedId(event);
      const position = id === null ? undefined : this.state.positions.get(id);
      if (position) changed.add(position.strategyId);
    }
    for (const strategyId of changed) {
      const current = this.state.current.get(strategyId);
      this.onReport(current ? reportOf(current) : { ...NOTHING, strategyId });
    }
  }
}

/** The position of which an event changes what others are told. */
function changedId(event: ChannelEvent): string | null {
  switch (event.type) {
    case 'execution_applied':
      return event.execution.key.strategyPositionId;
    case 'order_requested':
      return event.terms.key.strategyPositionId;
    case 'share_closed':
    case 'share_adopted':
      return event.strategyPositionId;
    default:
      return null;
  }
}

/** What is reported of a strategy that has no position, because its entry was denied. */
const NOTHING = {
  side: 'LONG',
  openQty: 0,
  entryLeavesQty: 0,
  closed: { netPnl: 0n, realizedPnl: 0n, traded: false },
} as const;

function orderText({ key, limitPrice, orderQty, side, stopPrice }: OrderTerms, quantity = orderQty): string {
  const price = limitPrice ?? stopPrice;
  return `${key.strategyPositionId} ${key.leg} ${side} ${quantity}${price === null ? '' : ` @${price}`}`;
}
