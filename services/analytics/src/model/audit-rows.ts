import type { AuditEntry, LiveRow } from '@bowline/contracts';
import { quantityText, type TimeMs } from '@bowline/domain';
import type { KnownDesk } from './known-desk.js';

/** Rows that audit entries lead to, not yet numbered. */
export interface AuditRows {
  readonly signals: Omit<LiveRow<'signals'>, 'sequence'>[];
  readonly denials: Omit<LiveRow<'denials'>, 'sequence'>[];
  readonly alerts: Omit<LiveRow<'alerts'>, 'sequence'>[];
  readonly controls: Omit<LiveRow<'controls'>, 'sequence'>[];
}

/** `messageId` and the place in it name an entry, which has no name of its own. */
export function auditRows(
  clientId: string,
  messageId: string,
  entries: readonly AuditEntry[],
  instrumentOf: KnownDesk['instrumentOf'],
): AuditRows {
  const rows: AuditRows = { signals: [], denials: [], alerts: [], controls: [] };
  for (const [i, entry] of entries.entries())
    addEntry(rows, `${messageId}/${i}`, clientId, entry, instrumentOf);
  return rows;
}

function addEntry(
  rows: AuditRows,
  auditId: string,
  clientId: string,
  entry: AuditEntry,
  instrumentOf: KnownDesk['instrumentOf'],
): void {
  const named = { auditId, clientId, time: entry.at };
  switch (entry.type) {
    case 'signal': {
      const { code, exchange, outcome, signal, signalId, signalTime, strategyId, symbol, text } = entry;
      const of = { ...named, exchange, symbol, strategyId };
      rows.signals.push({ ...of, signalId, signal, signalTime, outcome, code, text });
      if (outcome === 'denied') {
        rows.denials.push({ ...of, id: signalId, code: code ?? 'UNKNOWN', text: text ?? code ?? '' });
      }
      return;
    }
    case 'intent_denied': {
      const { code, exchange, intentId, strategyId, symbol, text } = entry;
      rows.denials.push({ ...named, exchange, symbol, strategyId, id: intentId, code, text });
      return;
    }
    case 'alert': {
      const { code, exchange, leg, quantity, strategyPositionId, symbol } = entry;
      const instrument = instrumentOf(entry);
      const units = instrument === null ? null : quantityText(instrument, quantity);
      const text = instrument === null ? `${quantity} lots` : null;
      rows.alerts.push({ ...named, exchange, symbol, code, strategyPositionId, leg, quantity: units, text });
      return;
    }
    case 'control': {
      const { by, command, exchange, reason, strategyId, symbol, tradingState } = entry;
      rows.controls.push({ ...named, exchange, symbol, strategyId, command, tradingState, by, reason });
      return;
    }
    case 'dead_letter': {
      const { error, messageId, shard, topic } = entry;
      rows.alerts.push(deadLetterRow(named, `${shard} has put aside ${messageId} of ${topic}: ${error}`));
      return;
    }
  }
}

/** A message that nobody could deal with. */
export function deadLetterRow(
  named: { readonly auditId: string; readonly clientId: string; readonly time: TimeMs },
  text: string,
): Omit<LiveRow<'alerts'>, 'sequence'> {
  return {
    ...named,
    exchange: null,
    symbol: null,
    code: 'DEAD_LETTER',
    strategyPositionId: null,
    leg: null,
    quantity: null,
    text,
  };
}
