import { topicOf, type AccountMessage, type AuditMessage } from '@bowline/contracts';
import type { ExchangeRequest } from '@bowline/ports';
import type { Role, Timer } from '../../runner/role.js';
import { notSent, onCommand, onSilent } from './commands.js';
import { evolveGateway } from './evolve.js';
import { ask } from './queries.js';
import { runExecution } from './execution.js';
import { sinceOf } from './registry.js';
import { onReport } from './reports.js';
import {
  createGatewayState,
  loadGateway,
  saveGateway,
  type GatewayEvent,
  type GatewayInput,
  type GatewaySetup,
  type GatewayState,
} from './state.js';
import { GatewayStep, type MarketOf } from './step.js';

/** Keeps the life of one account's orders at its exchange: nothing is sent without a durable intent, nothing twice. */
export function executionGateway(
  setup: GatewaySetup,
  market: MarketOf = () => null,
): Role<GatewayState, GatewayInput, GatewayEvent, ExchangeRequest> {
  const { clientId, exchange } = setup;
  return {
    create: createGatewayState,
    execute(state, input, at) {
      const step = new GatewayStep(state, setup, at, market, traceOf(state, input));
      take(step, input);
      return step.outcome();
    },
    evolve: (state, event) => evolveGateway(state, setup, event),
    timer: nextTimer,
    mayPark: (_, input) =>
      input.type === 'command' && input.command.type === 'place' && input.command.terms.key.leg === 'e',
    traceOf,
    save: saveGateway,
    load: loadGateway,
    parked(state, letter, input) {
      const step = new GatewayStep(state, setup, letter.at, market);
      if (input?.type === 'command' && input.command.type === 'place') notSent(step, input.command);
      const body: AuditMessage = { clientId, entries: [{ type: 'dead_letter', ...letter }] };
      step.say({ topic: topicOf('audit', clientId), key: `${clientId}.${exchange}`, body });
      return step.outcome().messages;
    },
  };
}

/** A report belongs where its order does. */
function traceOf({ orders }: GatewayState, input: GatewayInput): string | undefined {
  if (input.type === 'command') return input.traceparent;
  const about = input.type === 'report' ? input.report : input;
  const isOfOrder = 'clientOrderId' in about && about.clientOrderId !== null;
  return isOfOrder ? orders.get(about.clientOrderId)?.traceparent : undefined;
}

function take(step: GatewayStep, input: GatewayInput): void {
  const { state } = step;
  switch (input.type) {
    case 'command':
      return onCommand(step, input.command);
    case 'report':
      if (input.report.type === 'reconnected') return onConnected(step, false);
      onReport(step, input.report);
      if (input.report.type === 'balance') tellAccount(step);
      return;
    case 'connected':
      return onConnected(step, true);
    case 'silent':
      return onSilent(step, input.symbol);
    case 'sweep_due':
      return sweep(step);
    case 'reconcile':
      return askPositions(step, input.symbols);
    case 'query_due': {
      const order = state.orders.get(input.clientOrderId);
      if (order !== undefined && order.status === 'unknown') ask(step, order);
      return;
    }
    case 'execution_due': {
      const order = state.orders.get(input.clientOrderId);
      if (order !== undefined) runExecution(step, order);
    }
  }
}

/** Whatever may have happened meanwhile is asked for: orders first, then trades, then positions. */
function onConnected(step: GatewayStep, isStart: boolean): void {
  for (const order of step.state.live) {
    if (order.parts !== undefined) continue;
    // Requests may have waited for a long time before they were sent: until the last start ended, as far as is known.
    ask(step, order, isStart && order.status !== 'open' ? step.at : undefined);
  }
  sweep(step);
}

/** Asks for the trades that were missed and the positions of all symbols. */
function sweep(step: GatewayStep): void {
  const { at, setup } = step;
  step.emit({ type: 'swept', at });
  askPositions(
    step,
    setup.channels.map(({ symbol }) => symbol),
  );
  tellAccount(step);
}

function askPositions(step: GatewayStep, symbols: readonly string[]): void {
  const { at, state } = step;
  for (const symbol of symbols) {
    step.request({ type: 'query_position', symbol, ...sinceOf(state, symbol), at });
  }
}

function tellAccount(step: GatewayStep): void {
  const { at, setup, state } = step;
  const { asset, clientId, exchange } = setup;
  const body: AccountMessage = {
    clientId,
    exchange,
    asset,
    balance: state.balance,
    unknownOrders: state.unknown.size,
    openOrders: [...state.live].filter(({ parts }) => parts === undefined).length,
    at,
  };
  step.say({ topic: topicOf('accounts', clientId), key: `${clientId}.${exchange}`, body });
}

function nextTimer({ executing, sweepAt, unknown }: GatewayState): Timer<GatewayInput> | null {
  if (sweepAt === null) return null;
  let next: Timer<GatewayInput> = { at: sweepAt, id: `sweep/${sweepAt}`, input: { type: 'sweep_due' } };
  for (const { clientOrderId, queryAt } of unknown) {
    if (queryAt === null || queryAt >= next.at) continue;
    const input = { type: 'query_due', clientOrderId } as const;
    next = { at: queryAt, id: `query/${clientOrderId}/${queryAt}`, input };
  }
  for (const { cancelWanted, clientOrderId, parts } of executing) {
    // Its plan rests while it is being canceled.
    if (cancelWanted) continue;
    const { wakeAt } = parts!.execution!;
    if (wakeAt === null || wakeAt >= next.at) continue;
    const input = { type: 'execution_due', clientOrderId } as const;
    next = { at: wakeAt, id: `execution/${clientOrderId}/${wakeAt}`, input };
  }
  return next;
}
