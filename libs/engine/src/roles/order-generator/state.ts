import type { ClientConfig } from '@bowline/contracts';
import { createTally, declare, type Tally } from '@bowline/contracts';
import {
  addTarget,
  cashOf,
  createClient,
  type ClientState,
  type Lots,
  type RoutingPart,
  type StrategyParams,
  type Target,
} from '@bowline/domain';
import { channelPlaces, routingPart, type ListedInstrument } from '../../client-layout.js';
import { stateOf, type ScopedState } from '../scopes.js';

/** What one client's order-generator is made of. */
export interface OrderGeneratorSetup {
  readonly client: ClientConfig;
  /** Everything that is listed at the client's exchanges. */
  readonly markets: readonly ListedInstrument[];
  /** How long a signal that says nothing of it may enter after its own time; null: for ever. */
  readonly signalTtlMs: number | null;
  /** How old the last price may be when an entry is decided; null: any age. */
  readonly maxQuoteAgeMs: number | null;
  /** Real money: without certain limits (`lacksLimits`) nothing is entered. */
  readonly limitsRequired: boolean;
}

/** What has been asked of one channel for one strategy. */
export interface IntentCount {
  /** Number of the last intent that was sent. */
  sent: number;
  /** Number and lots of the last entry: reserved until the channel tells that it knows of it. */
  entry: number;
  reserved: Lots;
}

export interface OrderGeneratorState {
  readonly client: ClientState;
  readonly channels: readonly GeneratorChannel[];
  scopes: readonly ScopedState[];
  tally: Tally<'order-generator'>;
}

export interface GeneratorChannel {
  readonly index: number;
  readonly exchange: string;
  readonly symbol: string;
  /** Null: the channel takes the whole signal. */
  readonly routing: RoutingPart | null;
  /** By strategy. */
  readonly intents: Map<string, IntentCount>;
  /** Strategies whose entry waited for a close that is over. */
  readonly due: Set<string>;
}

export function createState({ client, markets }: OrderGeneratorSetup): OrderGeneratorState {
  const places = channelPlaces(markets, client.accounts);
  const channels = places.map(({ market: { exchange, symbol, instrument }, account }, index) => ({
    index,
    exchange,
    symbol,
    instrument,
    account,
    routing: routingPart(client, places, { exchange, symbol, instrument }),
    intents: new Map<string, IntentCount>(),
    due: new Set<string>(),
  }));
  const state: OrderGeneratorState = {
    client: createClient({
      clientId: client.clientId,
      limits: client.limits,
      accounts: client.accounts.map(({ accountBalance, exchange }) => ({
        exchange,
        balance: accountBalance && cashOf(accountBalance),
      })),
      channels: channels.map(({ account, instrument, symbol }) => ({ account, symbol, instrument })),
    }),
    channels,
    scopes: [],
    tally: createTally(),
  };
  for (const { exchange, symbol } of channels) {
    declare(state.tally, 'tradeengine_risk_rejections_total', {
      symbol,
      exchange,
      client_id: client.clientId,
    });
  }
  return state;
}

/** What the client's configuration says of a strategy; null where it does not follow it. */
export function paramsOf({ defaults, strategies }: ClientConfig, strategyId: string): StrategyParams | null {
  return strategies === null ? defaults : (strategies.get(strategyId) ?? null);
}

/** The strategy in the channel; a client that follows every strategy meets it with its first signal. */
export function targetOf(
  state: OrderGeneratorState,
  { client }: OrderGeneratorSetup,
  channel: GeneratorChannel,
  strategyId: string,
): Target {
  const known = state.client.channels[channel.index]!.targets.get(strategyId);
  if (known !== undefined) return known;
  // A strategy that is followed no longer may still own something: it goes on by the client's defaults.
  const params = paramsOf(client, strategyId) ?? client.defaults;
  const target = addTarget(state.client, channel.index, strategyId, params, channel.routing);
  target.tradingState = stateOf(state.scopes, { ...channel, strategyId });
  return target;
}

export function intentsOf(channel: GeneratorChannel, strategyId: string): IntentCount {
  const known = channel.intents.get(strategyId);
  if (known !== undefined) return known;
  const none = { sent: 0, entry: 0, reserved: 0 };
  channel.intents.set(strategyId, none);
  return none;
}

/** Notes whether the strategy's entry waits for nothing any more. */
export function noteDue(
  { due }: GeneratorChannel,
  strategyId: string,
  { closing, openQty, pending, workingQty }: Target,
): void {
  if (pending !== null && !closing && openQty + workingQty === 0) due.add(strategyId);
  else due.delete(strategyId);
}

/** The channel of a name that stands in a journal or a message. */
export function channelOf(
  state: OrderGeneratorState,
  { exchange, symbol }: { readonly exchange: string; readonly symbol: string },
): GeneratorChannel {
  const found = state.channels.find((each) => each.exchange === exchange && each.symbol === symbol);
  if (found !== undefined) return found;
  throw new Error(
    `${state.client.clientId} has traded ${symbol} at ${exchange}, which the configuration does not list any more`,
  );
}
