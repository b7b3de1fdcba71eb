import { count } from '@bowline/contracts';
import {
  applyPositionReport,
  evolveClient,
  setTradingState,
  strategyOf,
  type ClientEvent,
  type PositionReport,
} from '@bowline/domain';
import { setScope, stateOf } from '../scopes.js';
import type { OrderGeneratorEvent } from './events.js';
import {
  channelOf,
  intentsOf,
  noteDue,
  targetOf,
  type GeneratorChannel,
  type OrderGeneratorSetup,
  type OrderGeneratorState,
} from './state.js';
import { countDecision } from './tally.js';

/** Folds one event into the client's state, in place. */
export function evolveGenerator(
  state: OrderGeneratorState,
  setup: OrderGeneratorSetup,
  event: OrderGeneratorEvent,
): void {
  switch (event.type) {
    case 'signal_received':
      count(state.tally, 'tradeengine_signals_received_total', {
        strategy: event.strategyId,
        symbol: event.symbol,
        action: actionOf(event.signal),
        client_id: state.client.clientId,
      });
      return;
    case 'decided':
      return applyDecision(state, setup, channelOf(state, event), event.decision);
    case 'reported': {
      const channel = channelOf(state, event);
      const target = targetOf(state, setup, channel, event.report.strategyId);
      const intents = intentsOf(channel, event.report.strategyId);
      const known = knownReport(event.report, event.sequence, intents, target);
      if (event.sequence >= intents.entry) intents.reserved = 0;
      applyPositionReport(state.client, channel.index, known, event.at);
      return noteDue(channel, event.report.strategyId, target);
    }
    case 'scope_set':
      state.scopes = setScope(state.scopes, event);
      return applyScopes(state);
  }
}

/** Signals have always been called by what they do. */
export function actionOf(signal: 1 | 0 | -1): 'buy' | 'sell' | 'close' {
  if (signal === 0) return 'close';
  return signal === 1 ? 'buy' : 'sell';
}

function applyDecision(
  state: OrderGeneratorState,
  setup: OrderGeneratorSetup,
  channel: GeneratorChannel,
  decision: ClientEvent,
): void {
  const strategyId = strategyOf(decision);
  const target = targetOf(state, setup, channel, strategyId);
  evolveClient(state.client, { ...decision, channel: channel.index });
  noteDue(channel, strategyId, target);
  if (
    decision.type === 'entry_ordered' ||
    decision.type === 'close_ordered' ||
    decision.type === 'close_commanded'
  ) {
    const intents = intentsOf(channel, strategyId);
    intents.sent += 1;
    if (decision.type === 'entry_ordered') {
      intents.entry = intents.sent;
      intents.reserved = decision.intent.quantity;
    }
  }
  countDecision(state.tally, state.client.clientId, channel, decision);
}

/**
 * The report as it stands with what is still on its way to the channel: an entry that the channel has not seen yet
 * stays reserved, and a close that it has not seen yet is still to come.
 */
function knownReport(
  report: PositionReport,
  sequence: number,
  intents: { readonly sent: number; readonly entry: number; readonly reserved: number },
  target: { readonly side: 'LONG' | 'SHORT'; readonly closing: boolean },
): PositionReport {
  if (sequence >= intents.sent) return report;
  const reserved = sequence < intents.entry ? intents.reserved : 0;
  return {
    ...report,
    side: report.openQty === 0 && reserved > 0 ? target.side : report.side,
    entryLeavesQty: report.entryLeavesQty + reserved,
    ...(target.closing ? { closing: true } : {}),
  };
}

/** Puts what was set by scope where the decisions look for it. */
export function applyScopes(state: OrderGeneratorState): void {
  const { client, scopes } = state;
  const whole = scopes.filter(
    ({ scope }) => scope.exchange === null && scope.symbol === null && scope.strategyId === null,
  );
  setTradingState(client, stateOf(whole, { exchange: '', symbol: '', strategyId: null }));
  for (const channel of state.channels) {
    for (const [strategyId, target] of client.channels[channel.index]!.targets) {
      setTradingState(client, stateOf(scopes, { ...channel, strategyId }), target);
    }
  }
}
