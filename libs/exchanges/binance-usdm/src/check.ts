import { formatUnits, type Decimal } from '@bowline/domain';
import type { Clock, Logger, RateLimit } from '@bowline/ports';
import {
  apiRestrictions,
  BinancePace,
  BinanceRest,
  checked,
  toRateLimits,
  type Answer,
  type BinanceKeys,
  type Checked,
} from '@bowline/exchange-binance-common';
import { exchangeInfo } from './parse/exchange-info.js';
import { account, algoOrders, openOrders, positionMode, positionRisk } from './parse/rest.js';
import { BINANCE_USDM } from './product.js';

export interface BinanceUsdmCheckOptions {
  readonly keys: BinanceKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default `https://fapi.binance.com`. */
  readonly restUrl?: string;
  /** Where permissions of keys are told: the spot host. Null: they are not asked for. Default `https://api.binance.com`. */
  readonly spotUrl?: string | null;
  /** Whether the account is in hedge mode, as configured. */
  readonly hedgeMode: boolean;
  readonly timeoutMs?: number;
}

export interface BinanceUsdmCheck {
  /** What the exchange's clock is ahead of ours, ms: public, so that it also says whether it can be reached. */
  readonly clockOffsetMs: Checked<number>;
  readonly limits: Checked<readonly RateLimit[]>;
  readonly account: Checked<{
    readonly canTrade: boolean;
    readonly multiAssetsMode: boolean | null;
    /** Wallet balances by asset, those of 0 left out: decimal texts. */
    readonly balances: Readonly<Record<string, string>>;
  }>;
  readonly permissions: Checked<{
    readonly futures: boolean;
    readonly withdrawals: boolean;
    /** The key is bound to addresses. */
    readonly ipRestricted: boolean;
  }> | null;
  readonly positionMode: Checked<'hedge' | 'one-way'>;
  readonly openOrders: Checked<readonly CheckedOrder[]>;
  readonly positions: Checked<readonly CheckedPosition[]>;
  /** For people: what is not as it should be, with what to do. */
  readonly warnings: readonly string[];
}

export interface CheckedOrder {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: 'BUY' | 'SELL';
  /** It waits for its price among the conditional orders. */
  readonly conditional: boolean;
  /** Decimal texts. */
  readonly orderQty: string;
  readonly cumQty: string;
  /** Limit or trigger price. */
  readonly price: string;
}

export interface CheckedPosition {
  readonly symbol: string;
  readonly positionSide: 'BOTH' | 'LONG' | 'SHORT' | 'unknown';
  /** Signed. */
  readonly quantity: string;
  readonly entryPrice: string;
}

/** Looks at an account without changing anything. Does not throw for what the exchange says. */
export async function checkBinanceUsdm(options: BinanceUsdmCheckOptions): Promise<BinanceUsdmCheck> {
  const { restUrl = BINANCE_USDM.restUrl, spotUrl = 'https://api.binance.com' } = options;
  const rest = restOf(options, restUrl);
  const spot = spotUrl === null ? null : restOf(options, spotUrl);
  try {
    const clockOffsetMs = checked(await rest.measureClock(), (offset) => offset);
    const limits = checked(await rest.publicData('exchangeInfo', exchangeInfo), ({ rateLimits }) =>
      toRateLimits(rateLimits),
    );
    const found = {
      clockOffsetMs,
      limits,
      account: checked(await rest.signed('GET', '/fapi/v2/account', account, {}), (told) => ({
        canTrade: told.canTrade,
        multiAssetsMode: told.multiAssetsMargin ?? null,
        balances: balancesOf(told.assets),
      })),
      permissions: spot === null ? null : checked(await permissionsOf(spot, rest), (told) => told),
      positionMode: checked(
        await rest.signed('GET', '/fapi/v1/positionSide/dual', positionMode, {}),
        (told) => (told.dualSidePosition ? ('hedge' as const) : ('one-way' as const)),
      ),
      openOrders: await ordersOf(rest),
      positions: checked(await rest.signed('GET', '/fapi/v3/positionRisk', positionRisk, {}), (told) =>
        told
          .filter(({ positionAmt }) => positionAmt.units !== 0n)
          .map(({ entryPrice, positionAmt, positionSide, symbol }) => ({
            symbol,
            positionSide,
            quantity: text(positionAmt),
            entryPrice: text(entryPrice),
          })),
      ),
    };
    return { ...found, warnings: warningsOf(found, options.hedgeMode) };
  } finally {
    rest.close();
    spot?.close();
  }
}

const RECV_WINDOW_MS = 5_000;
const OFFSET_WORTH_A_WORD_MS = 1_000;

function restOf(
  { clock, keys, logger, timeoutMs = 10_000 }: BinanceUsdmCheckOptions,
  url: string,
): BinanceRest {
  const pace = new BinancePace(clock, BINANCE_USDM.costs);
  return new BinanceRest({
    product: BINANCE_USDM,
    url,
    keys,
    clock,
    logger,
    pace,
    recvWindowMs: RECV_WINDOW_MS,
    timeoutMs,
  });
}

async function permissionsOf(
  spot: BinanceRest,
  rest: BinanceRest,
): Promise<
  Answer<{ readonly futures: boolean; readonly withdrawals: boolean; readonly ipRestricted: boolean }>
> {
  spot.useClockOf(rest);
  const answer = await spot.signed('GET', '/sapi/v1/account/apiRestrictions', apiRestrictions, {});
  if (answer.kind !== 'ok') return answer;
  const { enableFutures, enableWithdrawals, ipRestrict } = answer.value;
  return {
    kind: 'ok',
    value: { futures: enableFutures, withdrawals: enableWithdrawals, ipRestricted: ipRestrict },
  };
}

async function ordersOf(rest: BinanceRest): Promise<Checked<readonly CheckedOrder[]>> {
  const book = checked(await rest.signed('GET', '/fapi/v1/openOrders', openOrders, {}), (orders) =>
    orders.map(({ clientOrderId, executedQty, origQty, price, side, symbol }) => ({
      ...{ symbol, clientOrderId, side, conditional: false },
      ...{ orderQty: text(origQty), cumQty: text(executedQty), price: text(price) },
    })),
  );
  if (!book.ok) return book;
  const algos = checked(await rest.signed('GET', '/fapi/v1/openAlgoOrders', algoOrders, {}), (orders) =>
    orders.map(({ clientAlgoId, quantity, side, symbol, triggerPrice }) => ({
      ...{ symbol, clientOrderId: clientAlgoId, side, conditional: true },
      ...{ orderQty: text(quantity), cumQty: '0', price: text(triggerPrice) },
    })),
  );
  return algos.ok ? { ok: true, value: [...book.value, ...algos.value] } : algos;
}

function warningsOf(found: Omit<BinanceUsdmCheck, 'warnings'>, hedgeMode: boolean): readonly string[] {
  const warnings: string[] = [];
  const { account: told, clockOffsetMs, permissions, positionMode: mode } = found;
  if (clockOffsetMs.ok && Math.abs(clockOffsetMs.value) > OFFSET_WORTH_A_WORD_MS)
    warnings.push(`the clocks are ${Math.abs(clockOffsetMs.value)} ms apart: set this machine's clock (NTP)`);
  if (told.ok && !told.value.canTrade)
    warnings.push('the account may not trade: enable futures trading for it');
  if (told.ok && told.value.multiAssetsMode === true)
    warnings.push(
      'multi-assets mode is on: margin is shared between currencies, which the margin kept here does not know',
    );
  if (permissions?.ok === true) {
    if (permissions.value.withdrawals) warnings.push('the key may withdraw: take that permission away');
    if (!permissions.value.futures) warnings.push('the key may not trade futures: give it that permission');
    if (!permissions.value.ipRestricted)
      warnings.push('the key may be used from anywhere: bind it to your addresses');
  }
  if (mode.ok && (mode.value === 'hedge') !== hedgeMode)
    warnings.push(`the account is in ${mode.value} mode, and configured otherwise: change one of them`);
  return warnings;
}

function balancesOf(
  assets: readonly { readonly asset: string; readonly walletBalance: Decimal }[],
): Readonly<Record<string, string>> {
  const held = assets.filter(({ walletBalance }) => walletBalance.units !== 0n);
  return Object.fromEntries(held.map(({ asset, walletBalance }) => [asset, text(walletBalance)]));
}

function text({ scale, units }: Decimal): string {
  return formatUnits(units, scale);
}
