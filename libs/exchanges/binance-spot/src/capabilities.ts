import type { ExchangeCapabilities } from '@bowline/ports';

/** Binance spot, as documented in 2026. */
export const BINANCE_SPOT_CAPABILITIES: ExchangeCapabilities = {
  // There are order lists, but of two orders that are only ever placed, canceled and replaced together: the legs of a
  // pair here shrink and move one by one.
  nativeOco: false,
  nativeBracket: false,
  hedgeMode: false,
  // There are no positions: two sells at rest want twice the balance.
  reduceOnly: false,
  amend: [],
  conditionalOrders: true,
  // So many in each symbol, as its filters say.
  maxConditionalOrders: null,
  clientOrderId: { pattern: '^[a-zA-Z0-9-_.:/]{1,36}$', maxLength: 36 },
  clientOrderIdReuse: 'closed',
  positionIds: false,
  rfq: false,
  combos: false,
  recvWindowMs: 5_000,
};
