import type { ClientConfig } from '@bowline/contracts';
import type { CloseReason, StrategyParams, TimeMs } from '@bowline/domain';
import type { HistoricalInput, Market } from '@bowline/engine';
import type { SignalRow } from '@bowline/ports';
import type { Distance } from '@bowline/domain';
import type { Ratio } from './ratio.js';

/** One client, while it runs. */
export interface Client {
  readonly input: HistoricalInput;
  readonly config: ClientConfig;
  readonly accounts: readonly Account[];
  readonly channels: readonly Channel[];
  /** In code-point order of (exchange, symbol, strategyId). */
  readonly slots: readonly Slot[];
  readonly outcome: Outcome;
}

export interface Account {
  readonly exchange: string;
  readonly balance: Ratio | null;
  readonly makerBps: Ratio;
  readonly takerBps: Ratio;
  readonly hedgeMode: boolean;
  netPnl: Ratio;
}

export interface Bar {
  readonly openTime: TimeMs;
  readonly closeTime: TimeMs;
  readonly open: Ratio;
  readonly high: Ratio;
  readonly low: Ratio;
  readonly close: Ratio;
}

export interface Channel {
  readonly name: string;
  readonly account: Account;
  readonly market: Market;
  readonly bars: readonly Bar[];
  readonly tick: Ratio;
  readonly lot: Ratio;
  /** Base units a contract. */
  readonly multiplier: Ratio;
  /** Time and rate, in order of time. */
  readonly funding: readonly { readonly time: TimeMs; readonly rate: Ratio }[];
  /** What exposure is valued at. */
  mark: Ratio;
  /** Cash that fills, fees and funding have brought, and base units held. */
  cash: Ratio;
  held: Ratio;
  /** cash + held x close at the last bar that has closed. */
  equity: Ratio;
}

/** One strategy in one channel. */
export interface Slot {
  readonly channel: Channel;
  readonly strategyId: string;
  readonly params: StrategyParams;
  /** The channel's share of a signal; null: it takes the whole. */
  readonly share: Ratio | null;
  /** Signals with the bar that they act on, in order of (time, row). */
  readonly signals: readonly { readonly bar: number; readonly row: SignalRow }[];
  /** Positions that were ever begun. */
  begun: number;
  position: Position | null;
  resting: RestingEntry | null;
  cash: Ratio;
  held: Ratio;
  equity: Ratio;
}

export type Direction = 1 | -1;

export interface Plan {
  readonly takeProfit: LegPlan | null;
  readonly stopLoss: LegPlan | null;
  readonly trailingStop: Distance | null;
  readonly breakEven: Distance | null;
  readonly volatility: number | null;
}

export type LegPlan = { readonly kind: 'price'; readonly price: Ratio } | Distance;

export interface RestingEntry {
  /** The position that it begins, or adds to. */
  readonly position: string;
  readonly direction: Direction;
  readonly limit: Ratio;
  readonly plan: Plan;
  /** First bar in which it can fill. */
  readonly from: number;
  leaves: Ratio;
}

export interface Position {
  readonly id: string;
  readonly direction: Direction;
  readonly entryTime: TimeMs;
  /** First bar in which its legs can fill. */
  readonly legsFrom: number;
  plan: Plan;
  quantity: Ratio;
  /** Sum of entry price x quantity that is still open. */
  cost: Ratio;
  entered: Ratio;
  entryValue: Ratio;
  exitValue: Ratio;
  fees: Ratio;
  funding: Ratio;
  takeProfit: Ratio | null;
  stop: Ratio | null;
  /** Extremes of the bars that it has lived through. */
  lowest: Ratio | null;
  highest: Ratio | null;
}

/** What a run leaves; amounts as exact texts, so that two of them can be compared and read. */
export interface Outcome {
  readonly trades: OutcomeTrade[];
  readonly denials: OutcomeDenial[];
  readonly open: OutcomeOpen[];
  /** By reason. */
  readonly ignored: Record<string, number>;
  /** `client` or `client.strategy`: equity at the close of every bar. */
  readonly equity: Record<string, OutcomeEquity[]>;
}

export interface OutcomeTrade {
  readonly channel: string;
  readonly strategyId: string;
  readonly position: string;
  readonly side: 'LONG' | 'SHORT';
  readonly quantity: string;
  readonly entryTime: TimeMs;
  readonly entryValue: string;
  readonly exitTime: TimeMs;
  readonly exitValue: string;
  readonly reason: CloseReason;
  readonly realizedPnl: string;
  readonly fees: string;
  readonly funding: string;
  readonly netPnl: string;
  readonly worst: string;
  readonly best: string;
}

export interface OutcomeDenial {
  readonly channel: string;
  readonly strategyId: string;
  readonly time: TimeMs;
  readonly code: string;
}

export interface OutcomeOpen {
  readonly channel: string;
  readonly position: string;
  readonly side: 'LONG' | 'SHORT';
  readonly quantity: string;
  readonly cost: string;
  readonly takeProfit: string | null;
  readonly stop: string | null;
  readonly mark: string;
  readonly unrealizedPnl: string;
}

export interface OutcomeEquity {
  readonly time: TimeMs;
  readonly equity: string;
}
