import { encodeJson, topicOf, type AuditMessage, type ControlMessage } from '@bowline/contracts';
import type { OrderFilters } from '@bowline/domain';
import type { ExchangeReport } from '@bowline/ports';
import type { GatewayStep } from './step.js';

/** What the exchange demands of orders: noted where it has changed. */
export function onFilters(step: GatewayStep, filters: OrderFilters): void {
  const known = step.state.filters.get(filters.symbol);
  if (known === undefined || encodeJson(known) !== encodeJson(filters)) {
    step.emit({ type: 'filters_told', filters });
  }
}

/**
 * Somebody has changed what the account's positions rest on: what is known of them may not hold any more. The account is
 * halted, by a command as a person gives it, and only a person lifts it.
 */
export function onAccountChanged(
  step: GatewayStep,
  { detail, symbol, what }: Extract<ExchangeReport, { type: 'account_changed' }>,
): void {
  const { at, setup } = step;
  const { channels, clientId, exchange } = setup;
  const halt: ControlMessage = {
    ...{ type: 'trading_state', clientId, tradingState: 'HALTED' },
    scope: { exchange, symbol: null, strategyId: null },
    by: 'execution-gateway',
    reason: `${what} was changed at ${exchange}: ${detail}`.slice(0, 256),
  };
  step.say({ topic: topicOf('control', clientId), key: clientId, body: halt });
  const affected = channels.filter((channel) => symbol === null || channel.symbol === symbol);
  const body: AuditMessage = {
    clientId,
    entries: affected.map((channel) => ({
      ...{ type: 'alert', code: 'ACCOUNT_CHANGED', exchange, symbol: channel.symbol, at },
      ...{ strategyPositionId: null, leg: null, quantity: 0 },
    })),
  };
  step.say({ topic: topicOf('audit', clientId), key: `${clientId}.${exchange}`, body });
}
