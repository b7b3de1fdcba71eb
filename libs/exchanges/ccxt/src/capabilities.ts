import type { Instrument } from '@bowline/domain';
import type { ExchangeCapabilities } from '@bowline/ports';
import { listsOf } from './account/find-order.js';
import { featuresOf } from './ccxt/features.js';
import type { CcxtExchange } from './ccxt/shape.js';
import { profiledIds, type ExchangeProfile } from './profiles.js';

/** ccxt's word for precisions that are steps. */
const TICK_SIZE = 4;

/** What an exchange can do for an account, by ccxt and by what we know besides. */
export function capabilitiesOf(
  exchange: CcxtExchange,
  profile: ExchangeProfile,
  instruments: readonly Instrument[],
  recvWindowMs: number,
): ExchangeCapabilities {
  const { maxLength, pattern, reuse } = profile.clientOrderId;
  const isSpot = instruments.every(({ kind }) => kind === 'spot');
  return {
    // Some have them, each in a way of its own, and none of these ways is unified.
    nativeOco: false,
    nativeBracket: false,
    hedgeMode: profile.hedge !== null && !isSpot,
    reduceOnly: !isSpot,
    amend: profile.amend && exchange.has['editOrder'] === true ? ['limit'] : [],
    conditionalOrders: instruments.every(({ kind }) => featuresOf(exchange, kind).stops),
    maxConditionalOrders: profile.maxConditionalOrders,
    clientOrderId: { pattern, maxLength },
    clientOrderIdReuse: reuse,
    positionIds: false,
    rfq: false,
    combos: false,
    recvWindowMs,
  };
}

/** What an exchange lacks, so that no account can be traded there. Empty: nothing. */
export function missingFor(
  exchange: CcxtExchange,
  profile: ExchangeProfile | undefined,
  instruments: readonly Instrument[],
): readonly string[] {
  const has = (name: string): boolean => exchange.has[name] === true;
  const needed = ['createOrder', 'cancelOrder', 'fetchMyTrades', 'fetchBalance', 'fetchOHLCV'];
  if (instruments.some(({ kind }) => kind !== 'spot')) needed.push('fetchPositions');
  if (profile?.find === 'fetchOrder') needed.push('fetchOrder');
  const missing = needed.filter((name) => !has(name));
  if (profile === undefined)
    missing.push(`what it makes of an order id of ours (known of ${profiledIds().join(', ')})`);
  if (profile?.find === 'lists' && listsOf(exchange).length < 2)
    missing.push('fetchOpenOrders and fetchClosedOrders');
  if (exchange.precisionMode !== TICK_SIZE) missing.push('precisions that are steps');
  return missing;
}
