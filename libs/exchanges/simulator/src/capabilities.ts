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
