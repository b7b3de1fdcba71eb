import type { AuditEntry, ClientSignal, ControlMessage } from '@bowline/contracts';
import type { ClientEvent, TimeMs } from '@bowline/domain';
import type { GeneratorChannel } from './state.js';

/** What people are told of a decision about a signal; null where it shows elsewhere. */
export function auditOf(
  { exchange, symbol }: GeneratorChannel,
  decision: ClientEvent,
  text: string | null,
  at: TimeMs,
): AuditEntry | null {
  if (decision.type === 'close_commanded') return null;
  const { id, signal, strategyId, time } = decision.signal;
  return {
    type: 'signal',
    signalId: id,
    strategyId,
    exchange,
    symbol,
    signal,
    signalTime: time,
    ...outcomeOf(decision),
    text,
    at,
  };
}

function outcomeOf(
  decision: Exclude<ClientEvent, { type: 'close_commanded' }>,
): Pick<Extract<AuditEntry, { type: 'signal' }>, 'outcome' | 'code'> {
  switch (decision.type) {
    case 'entry_ordered':
      return { outcome: 'ordered', code: null };
    case 'close_ordered':
      return { outcome: 'closing', code: null };
    case 'entry_denied':
      return { outcome: 'denied', code: decision.code };
    case 'signal_ignored':
      return { outcome: 'ignored', code: decision.reason };
  }
}

/** A signal for a symbol that none of the client's accounts trades. */
export function notTraded({ id, signal, strategyId, symbol, time }: ClientSignal, at: TimeMs): AuditEntry {
  return {
    type: 'signal',
    signalId: id,
    strategyId,
    exchange: null,
    symbol,
    signal,
    signalTime: time,
    outcome: 'ignored',
    code: 'NOT_TRADED',
    text: null,
    at,
  };
}

export function controlAudit(command: ControlMessage, at: TimeMs): AuditEntry {
  const { by, reason, scope, type } = command;
  return {
    type: 'control',
    command: type,
    ...scope,
    tradingState: type === 'trading_state' ? command.tradingState : null,
    by,
    reason,
    at,
  };
}
