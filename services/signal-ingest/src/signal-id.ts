import { createHash } from 'node:crypto';
import type { ClientSignal } from '@bowline/contracts';

/**
 * The id of a signal that has none: half of the SHA-256 over all that it asks for, but for how long it may enter. The
 * same signal again has the same id, wherever it is taken in.
 *
 * @param requestId in place of the time of a signal that has none: what its sender calls the request; null: the time counts
 */
export function derivedSignalId(
  signal: Omit<ClientSignal, 'id' | 'expiresAt'>,
  requestId: string | null = null,
): string {
  const {
    price,
    quantity,
    signal: wish,
    stopLoss,
    strategyId,
    symbol,
    takeProfit,
    time,
    volatility,
  } = signal;
  const said = [
    strategyId,
    symbol,
    wish,
    requestId ?? time,
    price,
    takeProfit,
    stopLoss,
    volatility,
    quantity,
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32);
}
