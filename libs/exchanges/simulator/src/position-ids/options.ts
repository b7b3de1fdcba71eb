import type { OrderActivity } from '@bowline/domain';
import type { MockExchangeOptions } from '../client/options.js';

export interface PositionIdOptions extends Omit<
  MockExchangeOptions,
  'clientOrderIdPattern' | 'log' | 'onCarriedOut'
> {
  /** How long several positions of a symbol stay apart. Default null: until `merge`. */
  readonly mergeAfterMs?: number | null;
  /** How late the log of orders is, at least and at most. Default 3,000 to 10,000. */
  readonly logLagMs?: readonly [least: number, most: number];
  /** One order of a session in so many milliseconds; 0: as many as are sent. Default 1,000. */
  readonly orderMs?: number;
  /** Positions that a query of them leaves out, and why; null: none. Default: never any. */
  readonly missingOf?: (account: string, symbol: string) => string | null;
  /** The line as the log tells it: a wrong one, for what cannot happen. Default: as it is. */
  readonly told?: (activity: OrderActivity) => OrderActivity;
}
