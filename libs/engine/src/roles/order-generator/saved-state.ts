import { tallyFromJson, tallyToJson, type TallyJson } from '@bowline/contracts';
import type { Cash, Lots, PositionSide, Target } from '@bowline/domain';
import type { ScopedState } from '../scopes.js';
import { applyScopes } from './evolve.js';
import {
  channelOf,
  createState,
  noteDue,
  targetOf,
  type IntentCount,
  type OrderGeneratorSetup,
  type OrderGeneratorState,
} from './state.js';

/** What of the state comes from events; the rest comes from the configuration, and prices from the market. */
interface SavedGenerator {
  readonly accounts: readonly (readonly [exchange: string, netPnl: Cash])[];
  readonly day: number;
  readonly dayNetPnl: Cash;
  readonly netPnl: Cash;
  readonly peakNetPnl: Cash;
  readonly losses: readonly (readonly [string, { inARow: number; day: number }])[];
  readonly channels: readonly SavedChannel[];
  readonly scopes: readonly ScopedState[];
  readonly tally: TallyJson;
}

interface SavedChannel {
  readonly exchange: string;
  readonly symbol: string;
  readonly longLots: Lots;
  readonly shortLots: Lots;
  readonly targets: readonly SavedTarget[];
  readonly intents: readonly (readonly [string, IntentCount])[];
}

type SavedTarget = { readonly strategyId: string; readonly side: PositionSide } & Pick<
  Target,
  'openQty' | 'workingQty' | 'closing' | 'pending' | 'lastSignalTime' | 'lastEntry'
>;

export function saveGenerator({ channels, client, scopes, tally }: OrderGeneratorState): SavedGenerator {
  const { accounts, day, dayNetPnl, losses, netPnl, peakNetPnl } = client;
  return {
    accounts: accounts.map(({ exchange, netPnl: earned }) => [exchange, earned]),
    day,
    dayNetPnl,
    netPnl,
    peakNetPnl,
    losses: [...losses],
    channels: channels.map(({ exchange, index, intents, symbol }) => {
      const { longLots, shortLots, targets } = client.channels[index]!;
      return {
        exchange,
        symbol,
        longLots,
        shortLots,
        targets: [...targets].map(([strategyId, target]) => savedTarget(strategyId, target)),
        intents: [...intents],
      };
    }),
    scopes,
    tally: tallyToJson(tally),
  };
}

function savedTarget(strategyId: string, target: Target): SavedTarget {
  const { closing, lastEntry, lastSignalTime, openQty, pending, side, workingQty } = target;
  return { strategyId, side, openQty, workingQty, closing, pending, lastSignalTime, lastEntry };
}

export function loadGenerator(setup: OrderGeneratorSetup, saved: unknown): OrderGeneratorState {
  const from = saved as SavedGenerator;
  const state = createState(setup);
  const { client } = state;
  client.day = from.day;
  client.dayNetPnl = from.dayNetPnl;
  client.netPnl = from.netPnl;
  client.peakNetPnl = from.peakNetPnl;
  state.scopes = from.scopes;
  for (const [exchange, netPnl] of from.accounts) {
    const account = client.accounts.find((each) => each.exchange === exchange);
    if (account !== undefined) account.netPnl = netPnl;
  }
  for (const [strategyId, streak] of from.losses) client.losses.set(strategyId, streak);
  for (const { exchange, intents, longLots, shortLots, symbol, targets } of from.channels) {
    // A channel that is not traded any more and holds nothing may leave the configuration.
    if (longLots + shortLots === 0 && !isListed(state, exchange, symbol)) continue;
    const channel = channelOf(state, { exchange, symbol });
    const book = client.channels[channel.index]!;
    Object.assign(book, { longLots, shortLots });
    for (const { strategyId, ...fields } of targets) {
      const target = Object.assign(targetOf(state, setup, channel, strategyId), fields);
      noteDue(channel, strategyId, target);
    }
    for (const [strategyId, counted] of intents) channel.intents.set(strategyId, counted);
  }
  applyScopes(state);
  state.tally = tallyFromJson(from.tally);
  return state;
}

function isListed(state: OrderGeneratorState, exchange: string, symbol: string): boolean {
  return state.channels.some((each) => each.exchange === exchange && each.symbol === symbol);
}
