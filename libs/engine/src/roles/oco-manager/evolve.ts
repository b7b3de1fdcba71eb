import { evolveChannel, type ChannelEvent } from '@bowline/domain';
import { setScope } from '../scopes.js';
import type { OcoManagerEvent, OcoManagerSetup, OcoManagerState } from './state.js';
import { countChannelEvent, seen } from './tally.js';

/** Folds one event into the channel's state, in place. */
export function evolveOco(state: OcoManagerState, setup: OcoManagerSetup, event: OcoManagerEvent): void {
  switch (event.type) {
    case 'intent_seen':
      state.sequences.set(event.strategyId, event.sequence);
      return;
    case 'scope_set':
      state.scopes = setScope(state.scopes, event);
      return;
    case 'compared': {
      const { at, difference, exchangeQty } = event;
      state.compared = { at, difference, exchangeQty };
      return;
    }
    default:
      return evolveAndCount(state, setup, event);
  }
}

function evolveAndCount(state: OcoManagerState, setup: OcoManagerSetup, event: ChannelEvent): void {
  const before = seen(state, event);
  evolveChannel(state.channel, event);
  countChannelEvent(state, setup, event, before);
}
