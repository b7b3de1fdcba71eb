import type { ExchangeCapabilities } from '@bowline/ports';

/** Binance USD-M futures, as documented at the end of 2025. */
export const BINANCE_USDM_CAPABILITIES: ExchangeCapabilities = {
  nativeOco: false,
  nativeBracket: false,
  hedgeMode: true,
  reduceOnly: true,
  amend: ['limit'],
  conditionalOrders: true,
  maxConditionalOrders: 200,
  clientOrderId: { pattern: '^[.A-Z:/a-z0-9_-]{1,36}$', maxLength: 36 },
  clientOrderIdReuse: 'closed',
  positionIds: false,
  rfq: false,
  combos: false,
  recvWindowMs: 5_000,
};
