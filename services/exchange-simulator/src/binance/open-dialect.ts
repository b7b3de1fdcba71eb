import type { SimulatedExchange } from '../options.js';
import type { Dialect } from './common/dialect.js';
import type { FilterOptions } from './common/filters.js';
import type { UsageLimits } from './common/usage.js';
import { SpotDialect } from './spot/spot-dialect.js';
import type { SpotFilters } from './spot/spot-filters.js';
import { UsdmDialect, type UsdmSurroundings } from './usdm/usdm-dialect.js';

interface Plan {
  /** 0: any that is free. */
  readonly port: number;
  /** What is not said is as at Binance. */
  readonly limits?: Partial<UsageLimits>;
}

export interface UsdmPlan extends Plan {
  readonly kind: 'binance-usdm';
  readonly filters?: FilterOptions;
}

/** Of an exchange whose instruments are spot. */
export interface SpotPlan extends Plan {
  readonly kind: 'binance-spot';
  readonly filters?: Partial<SpotFilters>;
}

/** Whose language an exchange speaks, and where. */
export type DialectPlan = UsdmPlan | SpotPlan;

/**
 * The exchange's dialect; null: it has none. Throws a RangeError where two accounts have one API key, and on an
 * instrument that the dialect does not trade.
 */
export function openDialect(
  { accounts, dialect, instruments }: SimulatedExchange,
  surroundings: UsdmSurroundings,
): Dialect | null {
  if (dialect === undefined) return null;
  const { kind, limits } = dialect;
  const other = instruments.find((instrument) => (instrument.kind === 'spot') !== (kind === 'binance-spot'));
  if (other !== undefined)
    throw new RangeError(`${kind} does not trade ${other.symbol}, which is ${other.kind}`);
  const known = accounts.map(({ api = null, ...account }) => ({ ...account, api }));
  const shared = { instruments, accounts: known, ...(limits && { limits }) };
  return dialect.kind === 'binance-spot'
    ? new SpotDialect({ ...shared, ...(dialect.filters && { filters: dialect.filters }) }, surroundings)
    : new UsdmDialect({ ...shared, ...(dialect.filters && { filters: dialect.filters }) }, surroundings);
}
