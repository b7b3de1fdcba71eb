import type { Cash, TimeMs } from '@bowline/domain';
import type { OrderPositionSide } from './vocabulary.js';

/** Cash that an account is given or charged without a trade. */
export interface AccountCharge {
  readonly kind: 'FUNDING' | 'INSURANCE_CLEAR';
  readonly time: TimeMs;
  readonly account: string;
  readonly symbol: string;
  readonly positionSide: OrderPositionSide;
  readonly asset: string;
  /** What the balance has changed by: below 0 where it was paid. */
  readonly amount: Cash;
}
