import { count, type Tally } from '@bowline/contracts';
import type { ClientEvent, DenialCode } from '@bowline/domain';

const CHECKS = ['protection', 'sizing', 'order', 'client', 'duplicate'] as const;

/** Counts the controls that an entry went through, and the one that stopped it. */
export function countDecision(
  tally: Tally<'order-generator'>,
  clientId: string,
  { exchange, symbol }: { readonly exchange: string; readonly symbol: string },
  decision: ClientEvent,
): void {
  if (decision.type !== 'entry_ordered' && decision.type !== 'entry_denied') return;
  const stoppedBy = decision.type === 'entry_denied' ? checkOf(decision.code) : null;
  for (const check of CHECKS) {
    const denied = check === stoppedBy;
    count(tally, 'tradeengine_risk_checks_total', {
      check_type: check,
      result: denied ? 'denied' : 'passed',
      exchange,
      client_id: clientId,
    });
    if (denied) break;
  }
  if (decision.type === 'entry_denied') {
    count(tally, 'tradeengine_risk_rejections_total', {
      reason: decision.code,
      symbol,
      exchange,
      client_id: clientId,
    });
  }
}

/** Which control a denial comes from. */
function checkOf(code: DenialCode): (typeof CHECKS)[number] {
  switch (code) {
    case 'VOLATILITY_UNAVAILABLE':
    case 'TAKE_PROFIT_WRONG_SIDE':
    case 'STOP_LOSS_WRONG_SIDE':
    case 'MARKET_DATA_STALE':
      return 'protection';
    case 'NO_BALANCE':
    case 'STOP_REQUIRED':
    case 'QUANTITY_ZERO':
    case 'QUANTITY_TOO_LARGE':
      return 'sizing';
    case 'BELOW_MIN_NOTIONAL':
    case 'MAX_ORDER_QUANTITY':
    case 'MAX_ORDER_VALUE':
    case 'MAX_POSITION_SIZE':
    case 'MAX_POSITION_NOTIONAL':
    case 'CONSECUTIVE_LOSSES':
    case 'MAX_SLIPPAGE':
      return 'order';
    case 'DUPLICATE_ORDER':
      return 'duplicate';
    default:
      return 'client';
  }
}
