import type { TimeMs } from '@bowline/domain';
import type { Parameters } from './parameters.js';
import type { Cost } from './usage.js';

/** A request whose sender, signature and weight are settled. */
export interface Call {
  readonly params: Parameters;
  /** The exchange's time. */
  readonly at: TimeMs;
  /** Whose request it is; empty for a public one. */
  readonly account: string;
}

/** What faults are asked for by. */
export type RequestKind = 'place' | 'cancel' | 'amend' | 'query_order' | 'query_position' | 'other';

/** Something that can be asked of an exchange in a dialect. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/fapi/v1/order` */
  readonly path: string;
  /** Nothing, an API key, or a key with a signature. */
  readonly security: 'none' | 'key' | 'signed';
  readonly kind: RequestKind;
  costOf(params: Parameters): Cost;
  /** The answer's body. Throws a BinanceError. */
  handle(call: Call): unknown;
}
