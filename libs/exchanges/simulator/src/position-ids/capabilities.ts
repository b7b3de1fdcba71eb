import { MAX_EXTERNAL_REFERENCE } from '@bowline/domain';
import type { ExchangeCapabilities } from '@bowline/ports';
import { SIMULATED_CAPABILITIES } from '../capabilities.js';

/**
 * What an exchange of positions with ids does for an account, as Saxo's: orders say whether they open or close, which
 * holds for resting ones too, and the reference of an order need not be unique.
 */
export const POSITION_ID_CAPABILITIES: ExchangeCapabilities = {
  ...SIMULATED_CAPABILITIES,
  hedgeMode: false,
  positionIds: true,
  clientOrderId: { pattern: '^[\\x20-\\x7e]+$', maxLength: MAX_EXTERNAL_REFERENCE },
};
