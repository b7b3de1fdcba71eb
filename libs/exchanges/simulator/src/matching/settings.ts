import { cash } from '@bowline/domain';
import type { Account } from './account.js';
import type { AccountSetting } from './commands.js';
import type { Market } from './market.js';
import { assetBalances } from './spot.js';
import type { RejectCode } from './vocabulary.js';

/** How an account trades. */
export interface AccountSettings {
  readonly hedgeMode: boolean;
  leverageOf(symbol: string): number;
  /** Margin of the symbol is kept apart. For reports: what is at risk is worked out over the whole account. */
  isIsolated(symbol: string): boolean;
}

/** Binance's highest. */
const MOST_LEVERAGE = 125;

/** Why a setting cannot be changed so; null where it can. */
export function refuseSetting(
  setting: AccountSetting,
  account: Account,
  markets: ReadonlyMap<string, Market>,
): RejectCode | null {
  if (setting.kind === 'positionMode') {
    if (account.hedgeMode === setting.hedgeMode) return null;
    if (account.open.size > 0) return 'POSITION_MODE_OPEN_ORDERS';
    return isFlat(account, null) ? null : 'POSITION_MODE_OPEN_POSITION';
  }
  if (setting.kind === 'transfer') {
    const { asset, amount } = setting;
    const free = assetBalances(account).find((balance) => balance.asset === asset)?.free ?? 0n;
    return free + cash(amount) < 0n ? 'INSUFFICIENT_BALANCE' : null;
  }
  const { symbol } = setting;
  const market = markets.get(symbol);
  if (market === undefined) return 'UNKNOWN_SYMBOL';
  if (setting.kind === 'leverage') {
    const { leverage } = setting;
    const isOne = Number.isSafeInteger(leverage) && leverage >= 1 && leverage <= MOST_LEVERAGE;
    return isOne ? null : 'INVALID_LEVERAGE';
  }
  if (account.isIsolated(symbol) === setting.isolated) return null;
  for (const order of account.open.values()) if (order.market === market) return 'MARGIN_TYPE_OPEN_ORDERS';
  return isFlat(account, market) ? null : 'MARGIN_TYPE_OPEN_POSITION';
}

/** Changes a setting that is not refused. */
export function applySetting(setting: AccountSetting, account: Account): void {
  switch (setting.kind) {
    case 'positionMode':
      account.hedgeMode = setting.hedgeMode;
      break;
    case 'leverage':
      account.setLeverage(setting.symbol, setting.leverage);
      break;
    case 'marginType':
      account.setIsolated(setting.symbol, setting.isolated);
      break;
    case 'transfer':
      account.wallet(setting.asset).balance += cash(setting.amount);
      break;
  }
}

/** @param market null: in every one */
function isFlat(account: Account, market: Market | null): boolean {
  for (const position of account.positions())
    if (position.quantity !== 0 && (market === null || position.market === market)) return false;
  return true;
}
