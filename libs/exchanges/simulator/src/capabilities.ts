import type { Instrument } from '@bowline/domain';
import type { ExchangeCapabilities } from '@bowline/ports';

/** What the matching engine does for an account, whoever stands between. */
export const SIMULATED_CAPABILITIES: ExchangeCapabilities = {
  nativeOco: false,
  nativeBracket: false,
  hedgeMode: true,
  reduceOnly: true,
  amend: ['limit'],
  conditionalOrders: true,
  maxConditionalOrders: null,
  clientOrderId: { pattern: '^[.A-Z:/a-z0-9_-]+$', maxLength: 36 },
  clientOrderIdReuse: 'closed',
  positionIds: false,
  rfq: false,
  combos: false,
  recvWindowMs: 5_000,
};

/** The same of an exchange of spot: nothing is held but what was bought, and a sell is held up by what it sells. */
const SIMULATED_SPOT_CAPABILITIES: ExchangeCapabilities = {
  ...SIMULATED_CAPABILITIES,
  hedgeMode: false,
  reduceOnly: false,
};

/** What an exchange of these instruments does for its accounts. */
export function simulatedCapabilities(
  instruments: readonly Pick<Instrument, 'kind'>[],
): ExchangeCapabilities {
  return instruments.every(({ kind }) => kind === 'spot')
    ? SIMULATED_SPOT_CAPABILITIES
    : SIMULATED_CAPABILITIES;
}
