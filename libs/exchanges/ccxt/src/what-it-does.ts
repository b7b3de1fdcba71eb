import type { Instrument } from '@bowline/domain';
import type { ExchangeCapabilities } from '@bowline/ports';
import { capabilitiesOf, missingFor } from './capabilities.js';
import { RECV_WINDOW_MS } from './client.js';
import { CcxtSession, type SessionOptions } from './ccxt/session.js';
import { CcxtSetupError } from './ccxt/shape.js';
import { profileOf } from './profiles.js';

/**
 * What an exchange does for an account that trades these instruments; nothing is asked of it.
 *
 * @throws CcxtSetupError where ccxt does not have it, or where it lacks what is needed
 */
export async function ccxtCapabilities(
  options: Pick<SessionOptions, 'ccxtId' | 'clock' | 'logger'>,
  instruments: readonly Instrument[],
): Promise<ExchangeCapabilities> {
  const profile = profileOf(options.ccxtId);
  const session = await CcxtSession.open({ ...options, keys: null }, profile ?? null);
  try {
    const missing = missingFor(session.exchange, profile, instruments);
    if (profile === undefined || missing.length > 0)
      throw new CcxtSetupError(
        `no account can be traded at ${options.ccxtId} by ccxt: it lacks ${missing.join('; ')}`,
      );
    return capabilitiesOf(session.exchange, profile, instruments, RECV_WINDOW_MS);
  } finally {
    await session.close();
  }
}
