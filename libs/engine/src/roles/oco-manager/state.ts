import {
  createTally,
  declare,
  tallyFromJson,
  tallyToJson,
  type Tally,
  type TallyJson,
} from '@bowline/contracts';
import type { ChannelName, ExchangeInput } from '@bowline/contracts';
import type {
  ChannelEvent,
  ChannelState,
  Instrument,
  Intent,
  Lots,
  OrderKey,
  ProtectionMode,
  StopMoved,
  StrategyPosition,
  TimeExitDue,
  TimeMs,
  TriggerHit,
  UnprotectedDue,
  WatchReport,
} from '@bowline/domain';
import { createChannel } from '@bowline/domain';
import type { ControlMessage } from '@bowline/contracts';
import type { ScopedState } from '../scopes.js';

/** What one channel's oco-manager is made of. */
export interface OcoManagerSetup {
  readonly channel: ChannelName;
  readonly instrument: Instrument;
  /** How pairs are protected where nothing stands in the way. */
  readonly protection: ProtectionMode;
  /** Stops may be watched here where none can rest at the exchange. */
  readonly allowSynthetic: boolean;
  readonly hedgeMode: boolean;
  /** Closing orders carry reduceOnly: only where owners can never be on opposite sides. */
  readonly reduceOnly: boolean;
  /** Names an order at the exchange. */
  readonly clientOrderId: (strategyId: string, key: OrderKey) => string;
}

export interface OcoManagerState {
  readonly channel: ChannelState;
  /** The last intent of each strategy that was dealt with. */
  readonly sequences: Map<string, number>;
  scopes: readonly ScopedState[];
  /** The last comparison with what the exchange says, at rest. */
  compared: Comparison | null;
  /** Positions whose pair has been in place whole: it is counted once. */
  readonly placed: Set<string>;
  tally: Tally<'oco-manager'>;
}

export interface Comparison {
  readonly exchangeQty: Lots;
  /** Sum of shares less `exchangeQty`. */
  readonly difference: Lots;
  readonly at: TimeMs;
}

export type OcoManagerInput =
  | { readonly type: 'intent'; readonly intent: Intent; readonly sequence: number }
  | { readonly type: 'exchange'; readonly input: ExchangeInput }
  | { readonly type: 'watched'; readonly input: WatchedInput }
  /** `id` names the message: an adoption that is refused is told under it. */
  | { readonly type: 'control'; readonly id: string; readonly command: ControlMessage };

/** What comes of looking at prices and the clock. */
export type WatchedInput = StopMoved | TriggerHit | WatchReport | TimeExitDue | UnprotectedDue;

export type OcoManagerEvent =
  | ChannelEvent
  | { readonly type: 'intent_seen'; readonly strategyId: string; readonly sequence: number }
  | ({ readonly type: 'scope_set' } & ScopedState)
  | ({ readonly type: 'compared' } & Comparison);

export function createOcoState(setup: OcoManagerSetup): OcoManagerState {
  const { allowSynthetic, channel, hedgeMode, instrument, protection, reduceOnly } = setup;
  const state: OcoManagerState = {
    channel: createChannel({ instrument, protection, allowSynthetic, hedgeMode, reduceOnly }),
    sequences: new Map(),
    scopes: [],
    compared: null,
    placed: new Set(),
    tally: createTally(),
  };
  const { clientId, exchange, symbol } = channel;
  declare(state.tally, 'tradeengine_naked_position_detected_total', {
    symbol,
    exchange,
    client_id: clientId,
  });
  declare(state.tally, 'tradeengine_position_reconciliation_divergences_total', {
    symbol,
    client_id: clientId,
  });
  return state;
}

interface SavedOco {
  readonly positions: readonly StrategyPosition[];
  readonly current: readonly (readonly [strategyId: string, positionId: string])[];
  readonly channel: Pick<
    ChannelState,
    | 'sequence'
    | 'lastCloseAt'
    | 'tradingState'
    | 'watchStaleSince'
    | 'frozen'
    | 'external'
    | 'dust'
    | 'dustCash'
    | 'reopened'
  > & { readonly tradeIds: ReadonlySet<string | number> };
  readonly sequences: ReadonlyMap<string, number>;
  readonly scopes: readonly ScopedState[];
  readonly compared: Comparison | null;
  readonly placed: ReadonlySet<string>;
  readonly tally: TallyJson;
}

export function saveOco(state: OcoManagerState): SavedOco {
  const {
    current,
    dust,
    dustCash,
    external,
    frozen,
    lastCloseAt,
    positions,
    reopened,
    sequence,
    tradeIds,
    tradingState,
    watchStaleSince,
  } = state.channel;
  return {
    positions: [...positions.values()],
    current: [...current].map(([strategyId, { id }]) => [strategyId, id]),
    channel: {
      sequence,
      lastCloseAt,
      tradingState,
      watchStaleSince,
      frozen,
      external,
      dust,
      dustCash,
      reopened,
      // A live channel keeps its trade ids in a set; only a decision in progress lays another over it.
      tradeIds: tradeIds as Set<string | number>,
    },
    sequences: state.sequences,
    scopes: state.scopes,
    compared: state.compared,
    placed: state.placed,
    tally: tallyToJson(state.tally),
  };
}

export function loadOco(setup: OcoManagerSetup, saved: unknown): OcoManagerState {
  const from = saved as SavedOco;
  const state = createOcoState(setup);
  Object.assign(state.channel, from.channel);
  for (const position of from.positions) {
    // What was saved by versions with one mode for the whole channel does not say what is its positions' own.
    position.protection ??= setup.protection;
    position.raisedFrom ??= null;
    position.overdue ??= false;
    state.channel.positions.set(position.id, position);
  }
  for (const [strategyId, id] of from.current) {
    state.channel.current.set(strategyId, state.channel.positions.get(id)!);
  }
  for (const [strategyId, sequence] of from.sequences) state.sequences.set(strategyId, sequence);
  for (const id of from.placed) state.placed.add(id);
  state.scopes = from.scopes;
  state.compared = from.compared;
  state.tally = tallyFromJson(from.tally);
  return state;
}
