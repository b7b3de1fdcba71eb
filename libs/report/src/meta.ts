import type { BacktestSummary } from '@bowline/contracts';
import type { Cash, Convention, DaysPerYear } from '@bowline/domain';
import type { StrategyTags } from './order-ids.js';

/** What a report says beyond the result itself. */
export interface ReportMeta {
  /** What it is a report of: a backtest (the default), a replay through the roles, or what a desk did. */
  readonly mode?: BacktestSummary['mode'];
  /** Wall-clock time of the run; 0 for `live`. */
  readonly elapsedMs: number;
  /** A tag for every strategy that appears, from `strategyTags` of the contracts. */
  readonly strategyTags: StrategyTags;
  /** Whose formulas the figures follow. Default: bowline. */
  readonly convention?: Convention;
  /** 365 (the default) where exchanges never close, 252 where they keep to the working week. */
  readonly daysPerYear?: DaysPerYear;
  /** Balances of the accounts, for the returns by account and by exchange; without them those use the client's equity. */
  readonly accounts?: readonly {
    readonly clientId: string;
    readonly exchange: string;
    readonly accountBalance: Cash;
  }[];
  /** What is worth knowing about the input, one sentence each. */
  readonly warnings?: readonly string[];
}
