import type { Clock, ExchangeRequest } from '@bowline/ports';
import type { TimeMs } from '@bowline/domain';
import type { AccountCharge, Command, EngineOptions, ExecutionReport } from '../matching/index.js';

export interface MockExchangeOptions extends EngineOptions {
  /** `binance-usdm`: names it in market data, and its log. */
  readonly exchange: string;
  readonly clock: Clock;
  /** Of every draw. Default 1. */
  readonly seed?: number;
  /** How long a request travels, and a report as well. Default 50. */
  readonly latencyMs?: number;
  /** Standard deviation of that, drawn for each message. Default 0. */
  readonly latencySpreadMs?: number;
  /** When a client gives up on an answer: `request_unknown`. Default 1,000. */
  readonly timeoutMs?: number;
  /** Age at which a request is refused when it arrives, by the account's own time of it. Default 5,000. */
  readonly recvWindowMs?: number;
  /**
   * How deep the outside market is for the accounts. Default 1: as deep as it shows. Below 1, each quote and each
   * trade of the outside that meets orders of the accounts carries only this share of what these want, down to the
   * lot, but at least one. So an order that takes gets its share at once; what is left of a market order expires, as
   * in an empty book; and an order that rests is filled in parts, with each tick that reaches it.
   */
  readonly fillRatio?: number;
  /** Share of orders that the exchange refuses for a reason of its own, drawn by clientOrderId. Default 0. */
  readonly rejectProbability?: number;
  /** Share of reports that come a second time, up to a second later, drawn by the report's id. Default 0. */
  readonly duplicateProbability?: number;
  /** What goes wrong with a request. Asked once for each, when it is sent. Default: nothing. */
  readonly faultOf?: (account: string, request: ExchangeRequest) => Fault | null;
  /** Where the exchange keeps what it knows beyond the life of the process. Null, the default: in memory only. */
  readonly log?: { readonly folder: string } | null;
  /** Sees everything that the engine carries out, at once, with what it has to report of it; first what the log holds. */
  readonly onCarriedOut?: (carriedOut: CarriedOut) => void;
}

/**
 * - `request_lost`: it never arrives; the client says `request_unknown`
 * - `reply_lost`: it is executed; of what that does to the order at once nothing is told but `request_unknown`
 * - `timed_out`: it is executed and told, and the client says `request_unknown` besides
 * - `lateMs`: it travels that much longer
 */
export type Fault = 'request_lost' | 'reply_lost' | 'timed_out' | { readonly lateMs: number };

/** A command that the engine has carried out. */
export interface CarriedOut {
  readonly at: TimeMs;
  readonly command: Command;
  readonly reports: readonly ExecutionReport[];
  /** What accounts were given or charged by it, other than by trades. */
  readonly charges: readonly AccountCharge[];
  /** It was read from the log: it has happened before the process died. */
  readonly isReplayed: boolean;
}

export type MockSettings = Required<
  Omit<
    MockExchangeOptions,
    Exclude<keyof EngineOptions, 'instruments' | 'accounts'> | 'log' | 'faultOf' | 'onCarriedOut'
  >
> & { readonly faultOf: (account: string, request: ExchangeRequest) => Fault | null };

/** The options with their defaults. Throws a RangeError that names the option which cannot be. */
export function settingsOf(options: MockExchangeOptions): MockSettings {
  const settings = {
    seed: 1,
    latencyMs: 50,
    latencySpreadMs: 0,
    timeoutMs: 1_000,
    recvWindowMs: 5_000,
    fillRatio: 1,
    rejectProbability: 0,
    duplicateProbability: 0,
    faultOf: () => null,
    ...options,
  };
  for (const name of ['latencyMs', 'latencySpreadMs', 'timeoutMs', 'recvWindowMs'] as const) {
    if (!(settings[name] >= 0 && Number.isFinite(settings[name])))
      throw new RangeError(`${name} must be 0 ms or more, got ${settings[name]}`);
  }
  for (const name of ['rejectProbability', 'duplicateProbability'] as const) {
    if (!(settings[name] >= 0 && settings[name] <= 1))
      throw new RangeError(`${name} must lie between 0 and 1, got ${settings[name]}`);
  }
  if (!(settings.fillRatio > 0 && settings.fillRatio <= 1))
    throw new RangeError(`fillRatio must be above 0 and at most 1, got ${settings.fillRatio}`);
  return settings;
}
