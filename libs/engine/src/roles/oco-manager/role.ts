import {
  accountKey,
  channelKey,
  topicOf,
  type AdoptMessage,
  type AuditEntry,
  type AuditMessage,
  type ControlMessage,
  type PositionsMessage,
} from '@bowline/contracts';
import {
  decimal,
  sumOfShares,
  type Adoption,
  type ChannelInput,
  type Decimal,
  type TimeMs,
} from '@bowline/domain';
import type { Outcome, OutgoingMessage, Role } from '../../runner/role.js';
import { matches, setScope, stateOf } from '../scopes.js';
import { evolveOco } from './evolve.js';
import { Folding } from './folding.js';
import { orderCommands } from './order-commands.js';
import {
  createOcoState,
  loadOco,
  saveOco,
  type OcoManagerEvent,
  type OcoManagerInput,
  type OcoManagerSetup,
  type OcoManagerState,
} from './state.js';
import { Telling } from './telling.js';
import { nextTimer } from './timers.js';

/** Trades one channel: entries, strategy positions, their pairs, every close, and the ledger of who owns what. */
export function ocoManager(setup: OcoManagerSetup): Role<OcoManagerState, OcoManagerInput, OcoManagerEvent> {
  const { channel } = setup;
  const { clientId, exchange, symbol } = channel;
  const audit = (entries: AuditEntry[]): OutgoingMessage => {
    const body: AuditMessage = { clientId, entries };
    return { topic: topicOf('audit', clientId), key: channelKey(channel), body };
  };
  return {
    create: () => createOcoState(setup),
    execute(state, input, at): Outcome<OcoManagerEvent> {
      const telling = new Telling(state, setup);
      const folding = new Folding(state, setup, telling);
      take(folding, state, input, at);
      const { events } = folding;
      const messages: OutgoingMessage[] = orderCommands(setup, input, events).map((body) => ({
        topic: topicOf('orders', accountKey(channel)),
        key: channelKey(channel),
        body,
      }));
      if (input.type === 'intent') telling.answer(input.intent.strategyId);
      if (events.length > 0 || input.type === 'intent') {
        const body: PositionsMessage = telling.message(at);
        messages.push({ topic: topicOf('positions', clientId), key: channelKey(channel), body });
      }
      const audited = telling.audited();
      if (audited.length > 0) messages.push(audit(audited));
      return { events, messages, effects: [] };
    },
    evolve: (state, event) => evolveOco(state, setup, event),
    timer: (state) => nextTimer(state, channelKey(channel)),
    mayPark: (_, input) => input.type === 'intent' && input.intent.type === 'open',
    save: saveOco,
    load: (saved) => loadOco(setup, saved),
    parked(state, letter, input) {
      const told = audit([{ type: 'dead_letter', ...letter }]);
      if (input?.type !== 'intent') return [told];
      // What was reserved for it is free.
      const telling = new Telling(state, setup);
      telling.answer(input.intent.strategyId);
      const { reports, ...message } = telling.message(letter.at);
      const { sequence } = input;
      const body: PositionsMessage = { ...message, reports: reports.map((each) => ({ ...each, sequence })) };
      return [{ topic: topicOf('positions', clientId), key: channelKey(channel), body }, told];
    },
  };

  function take(folding: Folding, state: OcoManagerState, input: OcoManagerInput, at: TimeMs): void {
    switch (input.type) {
      case 'intent': {
        const { intent, sequence } = input;
        // An intent that was overtaken by a later one of its strategy comes too late: the later one knew of it.
        if (sequence <= (state.sequences.get(intent.strategyId) ?? 0)) return;
        folding.note({ type: 'intent_seen', strategyId: intent.strategyId, sequence });
        // The exchange's clock may be ahead of ours: what comes after a close is not older than it.
        const closedAt = state.channel.lastCloseAt.get(intent.strategyId) ?? at;
        return folding.decide({ ...intent, at: Math.max(at, closedAt) });
      }
      case 'exchange': {
        folding.decide(input.input);
        const compared = compare(state, input);
        if (compared !== null) folding.note(compared);
        return;
      }
      case 'watched':
        return folding.decide(input.input);
      case 'control':
        for (const each of control(state, input.id, input.command, at)) {
          if ('scope' in each) folding.note(each);
          else folding.decide(each);
        }
    }
  }

  function control(
    state: OcoManagerState,
    id: string,
    command: ControlMessage,
    at: TimeMs,
  ): (ChannelInput | Extract<OcoManagerEvent, { type: 'scope_set' }>)[] {
    const { by, reason, scope } = command;
    const inScope = matches({ ...scope, strategyId: null }, { exchange, symbol, strategyId: null });
    if (!inScope || clientId !== command.clientId) return [];
    switch (command.type) {
      case 'retry': {
        const { positions, protection } = state.channel;
        const again = [...positions.values()].filter(
          (position) =>
            (position.stuck || position.protection !== protection) &&
            matches(scope, { exchange, symbol, strategyId: position.strategyId }),
        );
        return again.map((position) => ({ type: 'retry', strategyPositionId: position.id, at }));
      }
      case 'adopt':
        return [adoption(id, command, at)];
      case 'close':
      case 'reconcile':
        // Closes are the order-generator's to order, and what the exchange says the gateway's to ask for.
        return [];
      case 'trading_state':
    }
    const { tradingState } = command;
    const scoped = { scope, tradingState, by, reason, at };
    if (scope.strategyId !== null) {
      return tradingState === 'ACTIVE' ? [] : [{ type: 'stop_entries', strategyId: scope.strategyId, at }];
    }
    const after = stateOf(setScope(state.scopes, scoped), {
      exchange,
      symbol,
      strategyId: null,
    });
    const set = { type: 'scope_set', ...scoped } as const;
    return after === state.channel.tradingState
      ? [set]
      : [set, { type: 'trading_state', tradingState: after, at }];
  }
}

function adoption(adoptionId: string, command: AdoptMessage, at: TimeMs): Adoption {
  const { by, price, quantity, reason, scope, side, stopLoss, takeProfit } = command;
  const orNone = (text: string | null): Decimal | null => (text === null ? null : decimal(text));
  return {
    type: 'adopt',
    adoptionId,
    strategyId: scope.strategyId,
    side,
    quantity: decimal(quantity),
    price: decimal(price),
    takeProfit: orNone(takeProfit),
    stopLoss: orNone(stopLoss),
    by,
    reason,
    at,
  };
}

/** A report of the exchange that could be compared: its last trade is booked here. */
function compare(
  { channel }: OcoManagerState,
  { input }: Extract<OcoManagerInput, { type: 'exchange' }>,
): Extract<OcoManagerEvent, { type: 'compared' }> | null {
  if (input.type !== 'position_report') return null;
  const { at, lastTradeId, signedQty } = input;
  if (lastTradeId !== null && !channel.tradeIds.has(lastTradeId)) return null;
  const difference = sumOfShares(channel) - signedQty;
  return { type: 'compared', exchangeQty: signedQty, difference, at };
}
