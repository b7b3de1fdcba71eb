import {
  channelKey,
  LIVE_TABLES,
  liveKey,
  type AccountMessage,
  type AuditMessage,
  type ChannelName,
  type LiveRow,
  type LiveRows,
  type LiveTable,
  type LiveTableName,
  type PositionsMessage,
} from '@bowline/contracts';
import { cash, formatCash, type Instrument } from '@bowline/domain';
import type { BusMessage, MarketUpdate } from '@bowline/ports';
import { REMEMBERED_MESSAGES, type LiveHistory, type TradeOutcome } from '@bowline/store-duckdb';
import { auditRows, deadLetterRow } from './audit-rows.js';
import { CodeCounts } from './code-counts.js';
import {
  configuredAccountRow,
  configuredChannelRow,
  toldAccountRow,
  toldChannelRow,
  type AccountRow,
  type ChannelRow,
} from './desk-rows.js';
import { KeptRows } from './kept-rows.js';
import type { KnownDesk } from './known-desk.js';
import { fillRow, isEnded, orderRow } from './order-rows.js';
import { closedRow, positionRow, tradeRow, type PositionRow } from './position-rows.js';
import { RecentIds } from './recent-ids.js';
import { Tallies } from './tallies.js';

/** Rows of what is over, of each table. */
export const KEPT_ROWS = 1_000;

/** What a message says, as far as the model cares. */
export type TopicBody =
  | { readonly topic: 'positions'; readonly body: PositionsMessage }
  | { readonly topic: 'audit'; readonly body: AuditMessage }
  | { readonly topic: 'accounts'; readonly body: AccountMessage };

/** What names a message, and who sent it. */
export type Envelope = Pick<BusMessage, 'topic' | 'id' | 'source' | 'epoch' | 'time'>;

type Unnumbered<Name extends LiveTableName> = Omit<LiveRow<Name>, 'sequence'>;
type NumberedTable = Exclude<LiveTableName, 'channels' | 'accounts' | 'bars' | 'funding'>;

/**
 * What is known of a running desk: the fold of its messages, and what it last was in the store. A message that comes
 * again changes nothing. Of what is over it keeps the last rows; figures are of everything.
 */
export class LiveModel {
  readonly channels = new Map<string, ChannelRow>();
  readonly accounts = new Map<string, AccountRow>();
  readonly positions: KeptRows<PositionRow>;
  readonly trades: KeptRows<LiveRow<'trades'>>;
  readonly orders: KeptRows<LiveRow<'orders'>>;
  readonly fills: KeptRows<LiveRow<'fills'>>;
  readonly signals: KeptRows<LiveRow<'signals'>>;
  readonly denials: KeptRows<LiveRow<'denials'>>;
  readonly alerts: KeptRows<LiveRow<'alerts'>>;
  readonly controls: KeptRows<LiveRow<'controls'>>;
  readonly tallies = new Tallies();
  readonly denied = new CodeCounts();
  readonly ignored = new CodeCounts();
  private readonly marks = new Map<string, MarketUpdate>();
  private readonly epochs = new Map<string, number>();
  private readonly seen = new RecentIds(REMEMBERED_MESSAGES);
  private sequence = 0;
  /** The time of the latest message. */
  private lastAt = 0;

  constructor(
    readonly desk: KnownDesk,
    keep = KEPT_ROWS,
  ) {
    const always = (): boolean => true;
    this.positions = new KeptRows(keep, ({ status }) => status === 'closed');
    this.orders = new KeptRows(keep, ({ orderStatus }) => isEnded(orderStatus));
    this.trades = new KeptRows(keep, always);
    this.fills = new KeptRows(keep, always);
    this.signals = new KeptRows(keep, always);
    this.denials = new KeptRows(keep, always);
    this.alerts = new KeptRows(keep, always);
    this.controls = new KeptRows(keep, always);
  }

  /**
   * Takes up what the store knows, and what the configuration says. Returns the rows that are to be written: those of
   * the configuration. Trades are told one by one, by `countTrade`.
   */
  begin(history: LiveHistory): LiveRows {
    for (const row of history.rows.channels) this.channels.set(liveKey('channels', row), row);
    for (const row of history.rows.accounts) this.accounts.set(liveKey('accounts', row), row);
    for (const name of NUMBERED) {
      for (const row of history.rows[name]) this.kept(name).set(liveKey(name, row), row as never);
    }
    for (const { count, ...counted } of history.denied) this.denied.add(counted, count);
    for (const { count, ...counted } of history.ignored) this.ignored.add(counted, count);
    for (const { id, topic } of history.seen) this.seen.add(topic, id);
    this.sequence = history.lastSequence;
    const channels = this.desk.channels.map((channel) => {
      const key = liveKey('channels', channel);
      const row = configuredChannelRow(channel, this.channels.get(key));
      this.channels.set(key, row);
      return row;
    });
    const accounts = this.desk.accounts.map((account) => {
      const key = liveKey('accounts', account);
      const row = configuredAccountRow(account, this.accounts.get(key));
      this.accounts.set(key, row);
      return row;
    });
    return { channels, accounts };
  }

  countTrade(trade: TradeOutcome): void {
    this.tallies.add(trade);
  }

  /** Whether a message was neither folded before nor put aside, and its sender was not replaced since. */
  isNews({ epoch, id, source, topic }: Envelope): boolean {
    return epoch >= (this.epochs.get(senderKey(topic, source)) ?? 0) && !this.seen.has(topic, id);
  }

  /**
   * Folds a message. Returns the rows that it has changed: none where it is no news.
   *
   * @throws RangeError where it is about a symbol that the desk does not trade; then nothing has changed
   */
  fold(envelope: Envelope, message: TopicBody): LiveRows {
    if (!this.isNews(envelope)) return {};
    const rows = this.foldBody(envelope, message);
    this.note(envelope);
    return rows;
  }

  /** Notes a message that nobody can fold or store, as an alert. */
  putAside(envelope: Envelope, error: string): LiveRows {
    this.note(envelope);
    const { id, source, time, topic } = envelope;
    const named = { auditId: `${topic}/${id}`, clientId: topic.slice(topic.indexOf('.') + 1), time };
    const row = deadLetterRow(named, `analytics has put aside ${id} of ${topic}, from ${source}: ${error}`);
    return { alerts: [this.keep('alerts', row)] };
  }

  /** Notes a row that the store cannot hold, as an alert. */
  refuse(table: LiveTableName, row: { readonly clientId: string }, error: string): LiveRows {
    const { key }: LiveTable = LIVE_TABLES[table];
    const values = row as Readonly<Record<string, unknown>>;
    const which = key.map((field) => String(values[field])).join(' ');
    const named = { auditId: `store/${table}/${which}`, clientId: row.clientId, time: this.lastAt };
    const text = `the store cannot hold ${which} of ${table}: ${error}`;
    return { alerts: [this.keep('alerts', deadLetterRow(named, text))] };
  }

  /** Notes the market's price. */
  mark(update: MarketUpdate): void {
    this.marks.set(marketKey(update), update);
  }

  /** The last price of a symbol, with its units; null where it is not known. */
  markOf(market: Pick<ChannelName, 'exchange' | 'symbol'>): { instrument: Instrument; last: number } | null {
    const update = this.marks.get(marketKey(market));
    const instrument = this.desk.instrumentOf(market);
    return update === undefined || instrument === null ? null : { instrument, last: update.last };
  }

  private note({ epoch, id, source, time, topic }: Envelope): void {
    this.lastAt = Math.max(this.lastAt, time);
    this.epochs.set(senderKey(topic, source), epoch);
    this.seen.add(topic, id);
  }

  private foldBody(envelope: Envelope, message: TopicBody): LiveRows {
    switch (message.topic) {
      case 'positions':
        return this.foldPositions(message.body);
      case 'audit':
        return this.foldAudit(envelope, message.body);
      case 'accounts':
        return this.foldAccount(message.body);
    }
  }

  private foldPositions(body: PositionsMessage): LiveRows {
    const { at, channel } = body;
    const instrument = this.instrument(channel);
    const key = liveKey('channels', channel);
    const channelBefore = this.channels.get(key);
    if (channelBefore === undefined) throw new RangeError(`${channelKey(channel)} is no channel of the desk`);
    const shares = toldChannelRow(channelBefore, instrument, body.shares, at);
    this.channels.set(key, shares);

    const trades = body.trades.map((trade) => this.keep('trades', tradeRow(channel, instrument, trade)));
    for (const trade of body.trades) this.tallies.add({ ...trade, clientId: channel.clientId });
    const funding: LiveRow<'funding'>[] = [];
    const positions = body.positions.map((view) => {
      const told = positionRow(channel, instrument, view, at);
      const before = this.positions.get(liveKey('strategy_positions', told));
      const booked = fundingRow(told, before);
      if (booked !== null) funding.push(booked);
      const trade = trades.find(
        ({ entryTime, strategyPositionId }) =>
          strategyPositionId === told.strategyPositionId && entryTime === told.entryTime,
      );
      return this.keep('strategy_positions', trade === undefined ? told : closedRow(told, trade));
    });
    return {
      channels: [shares],
      strategy_positions: positions,
      trades,
      funding,
      orders: body.orders.map((order) => this.keep('orders', orderRow(channel, instrument, order))),
      fills: body.fills.map((fill) => this.keep('fills', fillRow(channel, instrument, fill))),
    };
  }

  private foldAudit({ id }: Envelope, { clientId, entries }: AuditMessage): LiveRows {
    const rows = auditRows(clientId, id, entries, this.desk.instrumentOf);
    for (const denial of rows.denials) this.denied.add(denial);
    for (const { code, outcome, strategyId } of rows.signals) {
      if (outcome === 'ignored') this.ignored.add({ clientId, strategyId, code: code ?? '' });
    }
    return {
      signals: rows.signals.map((row) => this.keep('signals', row)),
      denials: rows.denials.map((row) => this.keep('denials', row)),
      alerts: rows.alerts.map((row) => this.keep('alerts', row)),
      controls: rows.controls.map((row) => this.keep('controls', row)),
    };
  }

  private foldAccount(message: AccountMessage): LiveRows {
    const key = liveKey('accounts', message);
    const row = toldAccountRow(message, this.accounts.get(key));
    this.accounts.set(key, row);
    return { accounts: [row] };
  }

  /** Numbers a row, or gives it the number that it had, and keeps it. */
  private keep<Name extends NumberedTable>(name: Name, row: Unnumbered<Name>): LiveRow<Name> {
    const kept = this.kept(name);
    const key = liveKey(name, row);
    const sequence = kept.get(key)?.sequence ?? (this.sequence += 1);
    const numbered = { ...row, sequence } as unknown as LiveRow<Name>;
    kept.set(key, numbered);
    return numbered;
  }

  private kept<Name extends NumberedTable>(name: Name): KeptRows<LiveRow<Name>> {
    const table =
      name === 'strategy_positions'
        ? this.positions
        : this[name as Exclude<NumberedTable, 'strategy_positions'>];
    return table as unknown as KeptRows<LiveRow<Name>>;
  }

  private instrument(channel: ChannelName): Instrument {
    const instrument = this.desk.instrumentOf(channel);
    if (instrument !== null) return instrument;
    throw new RangeError(`the desk does not trade ${channel.symbol} at ${channel.exchange}`);
  }
}

const NUMBERED: readonly NumberedTable[] = [
  'strategy_positions',
  'trades',
  'orders',
  'fills',
  'signals',
  'denials',
  'alerts',
  'controls',
];

/** A sender's messages of one topic keep their order; those of two topics do not. */
function senderKey(topic: string, source: string): string {
  return `${topic}\n${source}`;
}

function marketKey({ exchange, symbol }: Pick<ChannelName, 'exchange' | 'symbol'>): string {
  return `${exchange}\n${symbol}`;
}

/** What funding has come to a position since it was last told of; null where none has. */
function fundingRow(
  now: Omit<PositionRow, 'sequence'>,
  before: PositionRow | undefined,
): LiveRow<'funding'> | null {
  const amount = cash(now.funding) - cash(before?.funding ?? '0');
  if (amount === 0n) return null;
  const { clientId, exchange, strategyId, strategyPositionId, symbol, updatedAt } = now;
  return {
    clientId,
    exchange,
    symbol,
    strategyPositionId,
    strategyId,
    time: updatedAt,
    amount: formatCash(amount),
  };
}
