import type { AuditEntry, FillView, PositionsMessage, TradeView } from '@bowline/contracts';
import {
  ADOPTION_REFUSALS,
  closedReportOf,
  DENIAL_CODES,
  findOrder,
  ordersOf,
  reportOf,
  type ChannelEvent,
  type ChannelOrder,
  type PositionReport,
  type StrategyPosition,
  type TimeMs,
} from '@bowline/domain';
import type { OcoManagerSetup, OcoManagerState } from './state.js';
import { positionIdOf } from './tally.js';
import { viewFill, viewOrder, viewPosition, viewShares, viewTrade } from './views.js';

interface Touched {
  readonly position: StrategyPosition;
  /** What the others knew of it before. */
  readonly report: PositionReport | null;
  readonly orders: Map<string, { readonly order: ChannelOrder; readonly version: string }>;
}

/** Watches one input being folded, and puts together what the others are told of it. */
export class Telling {
  private readonly touched = new Map<string, Touched>();
  private readonly closed: StrategyPosition[] = [];
  private readonly fills: FillView[] = [];
  private readonly answers = new Set<string>();
  private readonly entries: AuditEntry[] = [];
  private cumQtyBefore = 0;

  constructor(
    private readonly state: OcoManagerState,
    private readonly setup: OcoManagerSetup,
  ) {}

  before(event: ChannelEvent): void {
    const id = positionIdOf(event);
    const position = id === null ? undefined : this.state.channel.positions.get(id);
    if (position === undefined) return;
    this.touch(position, reportOf(position));
    if (event.type === 'execution_applied') {
      this.cumQtyBefore = findOrder(position, event.execution.key)?.state.cumQty ?? 0;
    }
  }

  after(event: ChannelEvent): void {
    if (event.type === 'denied') {
      this.answers.add(event.strategyId);
      this.denied(event, event.intentId, DENIAL_CODES[event.code]);
    }
    if (event.type === 'adoption_refused')
      this.denied(event, event.adoptionId, ADOPTION_REFUSALS[event.code]);
    if (event.type === 'close_noted') this.answers.add(event.strategyId);
    if (event.type === 'alert') this.alerted(event);
    const id = positionIdOf(event);
    if (id === null) return;
    const position = this.state.channel.positions.get(id) ?? this.touched.get(id)?.position;
    if (position === undefined) return;
    const touched = this.touch(position, null);
    for (const order of ordersOf(position)) this.noteOrder(touched, order, '');
    if (event.type === 'execution_applied') this.filled(position, event.execution);
    if (event.type === 'position_closed') this.closed.push(position);
  }

  /** The strategy is told where it stands whether or not anything has changed: somebody waits for an answer. */
  answer(strategyId: string): void {
    this.answers.add(strategyId);
  }

  audited(): AuditEntry[] {
    return this.entries;
  }

  message(at: TimeMs): PositionsMessage {
    const { setup, state } = this;
    const trades: TradeView[] = [];
    for (const position of this.closed) {
      if (position.enteredQty > 0) trades.push(viewTrade(state, setup, position));
    }
    return {
      channel: setup.channel,
      at,
      reports: this.reports(),
      positions: [...this.touched.values()].map(({ position }) => viewPosition(state, setup, position)),
      trades,
      orders: [...this.touched.values()].flatMap(({ orders, position }) =>
        [...orders.values()]
          .filter(({ order, version }) => versionOf(order) !== version)
          .map(({ order }) => viewOrder(setup, position.strategyId, order)),
      ),
      fills: this.fills,
      shares: viewShares(state),
    };
  }

  /** Results of positions that are over first, then where each strategy stands that was touched or asks. */
  private reports(): PositionsMessage['reports'] {
    const { channel, sequences } = this.state;
    const reports: { report: PositionReport; sequence: number }[] = [];
    const told = new Set<string>();
    const tell = (report: PositionReport): void => {
      told.add(report.strategyId);
      reports.push({ report, sequence: sequences.get(report.strategyId) ?? 0 });
    };
    for (const position of this.closed) tell(closedReportOf(channel, position));
    for (const { position, report } of this.touched.values()) {
      // A late fill's position beside the current one is not what the strategy's next signal is about.
      if (channel.current.get(position.strategyId) !== position || told.has(position.strategyId)) continue;
      const now = reportOf(position);
      if (report === null || !isSame(report, now)) tell(now);
    }
    for (const strategyId of this.answers) {
      if (told.has(strategyId)) continue;
      const current = channel.current.get(strategyId);
      tell(current === undefined ? nothing(strategyId) : reportOf(current));
    }
    return reports;
  }

  private touch(position: StrategyPosition, report: PositionReport | null): Touched {
    const known = this.touched.get(position.id);
    if (known !== undefined) return known;
    const touched: Touched = { position, report, orders: new Map() };
    this.touched.set(position.id, touched);
    // Of a position that is new with this event every order is news.
    if (report !== null)
      for (const order of ordersOf(position)) this.noteOrder(touched, order, versionOf(order));
    return touched;
  }

  private noteOrder({ orders }: Touched, order: ChannelOrder, version: string): void {
    const { generation, leg } = order.terms.key;
    const key = `${leg}${generation}`;
    if (!orders.has(key)) orders.set(key, { order, version });
  }

  private filled(position: StrategyPosition, execution: Parameters<typeof viewFill>[2]): void {
    if (execution.report.execType !== 'trade') return;
    const { generation, leg } = execution.key;
    const order = this.touched.get(position.id)?.orders.get(`${leg}${generation}`)?.order;
    const newQty = order === undefined ? execution.report.lastQty : order.state.cumQty - this.cumQtyBefore;
    if (newQty > 0) this.fills.push(viewFill(this.setup, position.strategyId, execution, newQty));
  }

  private denied(
    { at, code, strategyId }: Extract<ChannelEvent, { type: 'denied' | 'adoption_refused' }>,
    intentId: string,
    text: string,
  ): void {
    const { exchange, symbol } = this.setup.channel;
    this.entries.push({ type: 'intent_denied', intentId, strategyId, exchange, symbol, code, text, at });
  }

  private alerted({
    at,
    code,
    leg,
    quantity,
    strategyPositionId,
  }: Extract<ChannelEvent, { type: 'alert' }>): void {
    const { exchange, symbol } = this.setup.channel;
    this.entries.push({ type: 'alert', code, exchange, symbol, strategyPositionId, leg, quantity, at });
  }
}

function versionOf({ replacement, state }: ChannelOrder): string {
  return `${state.version}${replacement === null ? '' : 'r'}`;
}

function isSame(a: PositionReport, b: PositionReport): boolean {
  return (
    a.side === b.side &&
    a.openQty === b.openQty &&
    a.entryLeavesQty === b.entryLeavesQty &&
    a.closing === b.closing
  );
}

/** The strategy has nothing in the channel: whatever was reserved or waited for is free. */
function nothing(strategyId: string): PositionReport {
  return {
    strategyId,
    side: 'LONG',
    openQty: 0,
    entryLeavesQty: 0,
    closed: { netPnl: 0n, realizedPnl: 0n, traded: false },
  };
}
