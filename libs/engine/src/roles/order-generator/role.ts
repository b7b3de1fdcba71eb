import { count, topicOf, type AuditEntry, type AuditMessage, type ClientSignal } from '@bowline/contracts';
import {
  compareCodePoints,
  decidePending,
  denialText,
  strategyOf,
  type ClientEvent,
  type TimeMs,
} from '@bowline/domain';
import type { Outcome, OutgoingMessage, Role, Timer } from '../../runner/role.js';
import type { MarketView } from '../market-view.js';
import { auditOf, controlAudit, notTraded } from './audit.js';
import { actionOf, evolveGenerator } from './evolve.js';
import type { OrderGeneratorEvent, OrderGeneratorInput } from './events.js';
import { factsOf } from './facts.js';
import { decideFor, splitSignal } from './signals.js';
import { loadGenerator, saveGenerator } from './saved-state.js';
import { matches } from '../scopes.js';
import {
  channelOf,
  createState,
  intentsOf,
  targetOf,
  type GeneratorChannel,
  type OrderGeneratorSetup,
  type OrderGeneratorState,
} from './state.js';

/** Decides for one client: which signals become intents for which of its channels, and how large. */
export function orderGenerator(
  setup: OrderGeneratorSetup,
  market: MarketView,
): Role<OrderGeneratorState, OrderGeneratorInput, OrderGeneratorEvent> {
  const { clientId } = setup.client;
  return {
    create: () => createState(setup),
    execute(state, input, at) {
      const step = new Step(setup, market, state, at);
      step.take(input);
      return step.outcome();
    },
    evolve: (state, event) => evolveGenerator(state, setup, event),
    timer: nextEntry,
    // A signal that may have to close something is never skipped.
    mayPark: (state, input) =>
      input.type === 'signal' && input.signal.signal !== 0 && !isExposed(state, input.signal.strategyId),
    duplicate(state, input) {
      if (input.type !== 'signal') return;
      const { signal, strategyId, symbol } = input.signal;
      count(state.tally, 'tradeengine_signals_duplicate_total', {
        strategy: strategyId,
        symbol,
        action: actionOf(signal),
        client_id: clientId,
      });
    },
    save: saveGenerator,
    load: (saved) => loadGenerator(setup, saved),
    parked: (_, letter) => [audit(clientId, [{ type: 'dead_letter', ...letter }])],
  };
}

/**
 * The next entry that waits for nothing but this: by the clock, so that it is sized and checked after all closes that
 * are known by then, in the order of channels and strategies.
 */
function nextEntry({ channels }: OrderGeneratorState): Timer<OrderGeneratorInput> | null {
  for (const channel of channels) {
    if (channel.due.size === 0) continue;
    const { exchange, symbol } = channel;
    const strategyId = [...channel.due].sort(compareCodePoints)[0]!;
    const id = `${exchange}.${symbol}/entry/${strategyId}/${intentsOf(channel, strategyId).sent}`;
    return { at: 0, id, input: { type: 'entry_due', exchange, symbol, strategyId } };
  }
  return null;
}

function isExposed({ client }: OrderGeneratorState, strategyId: string): boolean {
  return client.channels.some(({ targets }) => {
    const target = targets.get(strategyId);
    return target !== undefined && (target.openQty + target.workingQty > 0 || target.closing);
  });
}

function audit(clientId: string, entries: readonly AuditEntry[]): OutgoingMessage {
  const body: AuditMessage = { clientId, entries: [...entries] };
  return { topic: topicOf('audit', clientId), key: clientId, body };
}

/** One input on its way through the rules: what they decide is folded at once and told at the end. */
class Step {
  private readonly events: OrderGeneratorEvent[] = [];
  private readonly messages: OutgoingMessage[] = [];
  private readonly audited: AuditEntry[] = [];

  constructor(
    private readonly setup: OrderGeneratorSetup,
    private readonly market: MarketView,
    private readonly state: OrderGeneratorState,
    private readonly at: TimeMs,
  ) {}

  take(input: OrderGeneratorInput): void {
    switch (input.type) {
      case 'signal':
        return this.signal(input.signal, input.exchange);
      case 'positions':
        return this.positions(input.message);
      case 'control':
        return this.control(input.id, input.command);
      case 'entry_due':
        return this.enterWhereDue(channelOf(this.state, input), input.strategyId);
    }
  }

  outcome(): Outcome<OrderGeneratorEvent> {
    const { clientId } = this.setup.client;
    if (this.audited.length > 0) this.messages.push(audit(clientId, this.audited));
    return { events: this.events, messages: this.messages, effects: [] };
  }

  private signal(signal: ClientSignal, exchange?: string): void {
    const { strategyId, symbol } = signal;
    this.emit({ type: 'signal_received', strategyId, symbol, signal: signal.signal });
    const channels = this.state.channels.filter(
      (channel) =>
        channel.symbol === symbol &&
        channel.routing?.part !== 0n &&
        (exchange === undefined || channel.exchange === exchange),
    );
    if (channels.length === 0) this.audited.push(notTraded(signal, this.at));
    const parts = splitSignal(this.state, this.setup, this.market, channels, signal, this.at);
    for (const channel of channels) {
      const part = parts?.get(channel) ?? null;
      // What waited is decided before what is new.
      this.enterWhereDue(channel, strategyId);
      this.decided(channel, decideFor(this.state, this.setup, this.market, channel, signal, this.at, part));
    }
  }

  /** Frees what was reserved, and books results. An entry that waited for a close is then due, behind everything told. */
  private positions({
    channel: name,
    reports,
  }: Extract<OrderGeneratorInput, { type: 'positions' }>['message']): void {
    const channel = channelOf(this.state, name);
    const { exchange, symbol } = channel;
    for (const { report, sequence } of reports) {
      this.emit({ type: 'reported', exchange, symbol, report, sequence, at: this.at });
    }
  }

  private enterWhereDue(channel: GeneratorChannel, strategyId: string): void {
    if (!channel.due.has(strategyId)) return;
    const { params } = targetOf(this.state, this.setup, channel, strategyId);
    const facts = factsOf(this.state, this.setup, this.market, channel, params, this.at);
    const decision = decidePending(this.state.client, channel.index, strategyId, facts);
    if (decision !== null) this.decided(channel, decision);
  }

  private control(id: string, command: Extract<OrderGeneratorInput, { type: 'control' }>['command']): void {
    if (command.type === 'trading_state') {
      const { by, reason, scope, tradingState } = command;
      this.emit({ type: 'scope_set', scope, tradingState, by, reason, at: this.at });
    } else if (command.type === 'close') {
      for (const channel of this.state.channels) this.closeAll(channel, id, command);
    }
    this.audited.push(controlAudit(command, this.at));
  }

  /** Everything that the strategies in scope have, or may have, in the channel. Never refused. */
  private closeAll(
    channel: GeneratorChannel,
    id: string,
    { scope }: Extract<OrderGeneratorInput, { type: 'control' }>['command'],
  ): void {
    for (const [strategyId, target] of [...this.state.client.channels[channel.index]!.targets]) {
      // What was adopted was never entered.
      const hasNothing = target.lastEntry === null && target.openQty === 0;
      if (!matches(scope, { ...channel, strategyId }) || hasNothing) continue;
      this.decided(channel, {
        type: 'close_commanded',
        channel: channel.index,
        intent: { type: 'close', intentId: id, strategyId, reason: 'manual', at: this.at },
      });
    }
  }

  private decided(channel: GeneratorChannel, decision: ClientEvent): void {
    const { exchange, symbol } = channel;
    const text = decision.type === 'entry_denied' ? denialText(this.state.client, decision) : null;
    this.emit({ type: 'decided', exchange, symbol, decision });
    if ('intent' in decision) {
      const { clientId } = this.setup.client;
      const name = { clientId, exchange, symbol };
      const sequence = intentsOf(channel, strategyOf(decision)).sent;
      this.messages.push({
        topic: topicOf('order-intents', clientId),
        key: `${clientId}.${exchange}.${symbol}`,
        body: { channel: name, intent: decision.intent, sequence },
      });
    }
    const entry = auditOf(channel, decision, text, this.at);
    if (entry !== null) this.audited.push(entry);
  }

  private emit(event: OrderGeneratorEvent): void {
    evolveGenerator(this.state, this.setup, event);
    this.events.push(event);
  }
}
