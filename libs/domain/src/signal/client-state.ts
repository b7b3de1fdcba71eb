import { cashValue, quantityToLots, type Instrument } from '../instrument/index.js';
import {
  tickLots,
  type Cash,
  type Decimal,
  type Lots,
  type PositionSide,
  type Side,
  type Ticks,
  type TimeMs,
} from '../primitives/index.js';
import {
  utcDay,
  type ClientExposure,
  type EntryLimits,
  type StrategyExposure,
} from '../risk/entry-checks.js';
import type { TradingState } from '../risk/denial.js';
import type { ClientLimits, StrategyParams } from './params.js';
import type { PendingSignal } from './decide-signal.js';

/** All that the order-generator knows of its client. Owned by one runner, folded in place by `evolveClient`. */
export interface ClientState {
  readonly clientId: string;
  readonly limits: ClientLimits;
  readonly accounts: readonly AccountBook[];
  readonly channels: readonly ChannelBook[];
  /** Losing trades in a row of a strategy, over all channels of the client. */
  readonly losses: Map<string, LossStreak>;
  tradingState: TradingState;
  /** Whether any limit is set: without one there is nothing to check while the client is ACTIVE. */
  readonly limited: boolean;
  /** Days since the epoch (UTC) that `dayNetPnl` counts. */
  day: number;
  dayNetPnl: Cash;
  netPnl: Cash;
  /** Sum of the accounts' balances at the start; null where one is unknown. */
  readonly startingBalance: Cash | null;
  peakNetPnl: Cash;
}

export interface AccountBook {
  readonly exchange: string;
  readonly startingBalance: Cash | null;
  netPnl: Cash;
}

export interface ChannelBook {
  readonly account: AccountBook;
  readonly symbol: string;
  readonly instrument: Instrument;
  readonly targets: Map<string, Target>;
  /** Last known price: values the exposure. */
  mark: Ticks;
  /** Open and working lots of all strategies. */
  longLots: Lots;
  shortLots: Lots;
}

/** One strategy in one channel, as the client sees it. */
export interface Target extends StrategyExposure {
  readonly params: StrategyParams;
  readonly limits: EntryLimits;
  tradingState: TradingState;
  side: PositionSide;
  openQty: Lots;
  /** Entry quantity on its way or resting: reserved. */
  workingQty: Lots;
  closing: boolean;
  /** Waits for the close in flight. */
  pending: PendingSignal | null;
  lastSignalTime: TimeMs;
  lastEntry: { readonly at: TimeMs; readonly side: Side; readonly quantity: Lots } | null;
  losses: LossStreak;
  /** The quantity of a fixed sizing; null where it depends on the moment. */
  readonly fixedLots: Lots | null;
  /** The channel's part of a signal that is split over the client's exchanges; null: it takes the whole. */
  readonly routing: RoutingPart | null;
}

/** `part` of `whole`. */
export interface RoutingPart {
  readonly part: bigint;
  readonly whole: bigint;
}

export interface LossStreak {
  inARow: number;
  day: number;
}

export interface ClientSetup {
  readonly clientId: string;
  readonly limits: ClientLimits;
  readonly accounts: readonly { readonly exchange: string; readonly balance: Cash | null }[];
  /** `account` is the place in `accounts`. */
  readonly channels: readonly {
    readonly account: number;
    readonly symbol: string;
    readonly instrument: Instrument;
  }[];
}

export function createClient(setup: ClientSetup): ClientState {
  const accounts = setup.accounts.map(({ exchange, balance }) => ({
    exchange,
    startingBalance: balance,
    netPnl: 0n,
  }));
  let startingBalance: Cash | null = 0n;
  for (const { balance } of setup.accounts) {
    startingBalance = startingBalance === null || balance === null ? null : startingBalance + balance;
  }
  return {
    clientId: setup.clientId,
    limits: setup.limits,
    accounts,
    channels: setup.channels.map(({ account, symbol, instrument }) => ({
      account: accounts[account]!,
      symbol,
      instrument,
      targets: new Map(),
      mark: 0,
      longLots: 0,
      shortLots: 0,
    })),
    losses: new Map(),
    tradingState: 'ACTIVE',
    limited: isLimited(setup.limits),
    day: 0,
    dayNetPnl: 0n,
    netPnl: 0n,
    startingBalance,
    peakNetPnl: 0n,
  };
}

function isLimited(limits: ClientLimits): boolean {
  const { duplicateOrderWindowMs: _, restrictedSymbols, ...others } = limits;
  return restrictedSymbols.length > 0 || Object.values(others).some((limit) => limit !== null);
}

/** Makes the strategy known to the channel: from here on its signals have a target. */
export function addTarget(
  state: ClientState,
  channel: number,
  strategyId: string,
  params: StrategyParams,
  routing: RoutingPart | null = null,
): Target {
  const book = state.channels[channel]!;
  let losses = state.losses.get(strategyId);
  if (!losses) state.losses.set(strategyId, (losses = { inARow: 0, day: 0 }));
  const { limits } = params;
  const lots = (quantity: Decimal | null) => quantity && quantityToLots(book.instrument, quantity);
  const target: Target = {
    params,
    limits: {
      maxPositionLots: lots(limits.maxPositionSize),
      maxPositionNotional: limits.maxPositionNotional,
      maxOrderLots: lots(limits.maxOrderQuantity),
      maxOrderValue: limits.maxOrderValue,
      maxConsecutiveLosses: limits.maxConsecutiveLosses,
      maxSlippageBps: params.maxSlippageBps,
    },
    tradingState: 'ACTIVE',
    side: 'LONG',
    openQty: 0,
    workingQty: 0,
    closing: false,
    pending: null,
    lastSignalTime: -Infinity,
    lastEntry: null,
    losses,
    fixedLots: params.sizing.kind === 'fixedQuantity' ? lots(params.sizing.quantity) : null,
    routing,
  };
  book.targets.set(strategyId, target);
  return target;
}

/** accountBalance + realized netPnl; null where the balance is unknown. */
export function accountBalance(account: AccountBook): Cash | null {
  return account.startingBalance === null ? null : account.startingBalance + account.netPnl;
}

/** What an entry is sized on: the account's balance, or where signals are split the client's. */
export function sizingBalance(
  state: ClientState,
  account: AccountBook,
  routing: RoutingPart | null,
): Cash | null {
  if (routing === null) return accountBalance(account);
  return state.startingBalance === null ? null : state.startingBalance + state.netPnl;
}

/** What the client's controls look at, worked out only as far as they ask. */
export function clientExposure(state: ClientState, account: AccountBook, at: TimeMs): ClientExposure {
  const { startingBalance } = state;
  return {
    tradingState: state.tradingState,
    dayNetPnl: utcDay(at) === state.day ? state.dayNetPnl : 0n,
    equity: startingBalance === null ? null : startingBalance + state.netPnl,
    peakEquity: startingBalance === null ? null : startingBalance + state.peakNetPnl,
    accountBalance: accountBalance(account),
    accountGross: () =>
      sumExposure(state, (book) => (book.account === account ? book.longLots + book.shortLots : 0)),
    clientGross: () => sumExposure(state, (book) => book.longLots + book.shortLots),
    clientNet: () => sumExposure(state, (book) => book.longLots - book.shortLots),
  };
}

function sumExposure(state: ClientState, lotsOf: (book: ChannelBook) => Lots): Cash {
  let sum = 0n;
  for (const book of state.channels) {
    const lots = lotsOf(book);
    if (lots !== 0) sum += cashValue(book.instrument, tickLots(book.mark, lots));
  }
  return sum;
}
