import {
  apiRestrictions,
  BinancePace,
  BinanceRest,
  checked,
  toRateLimits,
  type BinanceKeys,
  type Checked,
} from '@bowline/exchange-binance-common';
import { formatUnits, type Decimal, type Instrument } from '@bowline/domain';
import type { Clock, Logger, RateLimit } from '@bowline/ports';
import { sumOf } from './account/query-position.js';
import { exchangeInfo } from './parse/exchange-info.js';
import { account, orders, type Balance } from './parse/rest.js';
import { BINANCE_SPOT } from './product.js';

export interface BinanceSpotCheckOptions {
  readonly keys: BinanceKeys;
  /** What is traded: of these the base currency is told as a position. */
  readonly instruments: readonly Pick<Instrument, 'symbol' | 'base'>[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default `https://api.binance.com`. */
  readonly restUrl?: string;
  /** Whether it is asked what the key may do; a testnet does not say. Default true. */
  readonly permissions?: boolean;
  readonly timeoutMs?: number;
}

export interface BinanceSpotCheck {
  /** What the exchange's clock is ahead of ours, ms: public, so that it also says whether it can be reached. */
  readonly clockOffsetMs: Checked<number>;
  readonly limits: Checked<readonly RateLimit[]>;
  /** By asset, reserved by orders or not, those of 0 left out: decimal texts. */
  readonly balances: Checked<Readonly<Record<string, string>>>;
  readonly openOrders: Checked<readonly SpotCheckedOrder[]>;
  /** What it has of the base currencies. */
  readonly positions: Checked<readonly { readonly symbol: string; readonly quantity: string }[]>;
  /** For people: what is not as it should be, with what to do. */
  readonly warnings: readonly string[];
}

export interface SpotCheckedOrder {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: 'BUY' | 'SELL';
  /** It waits for its price, or has. */
  readonly conditional: boolean;
  /** Decimal texts. */
  readonly orderQty: string;
  readonly cumQty: string;
  /** Limit price; of an order that has none its trigger price. */
  readonly price: string;
}

const RECV_WINDOW_MS = 5_000;
const OFFSET_WORTH_A_WORD_MS = 1_000;

/** Looks at an account without changing anything. Does not throw for what the exchange says. */
export async function checkBinanceSpot(options: BinanceSpotCheckOptions): Promise<BinanceSpotCheck> {
  const { clock, instruments, keys, logger, permissions = true, restUrl, timeoutMs = 10_000 } = options;
  const url = restUrl === undefined ? {} : { url: restUrl };
  const pace = new BinancePace(clock, BINANCE_SPOT.costs);
  const common = { product: BINANCE_SPOT, keys, clock, logger, pace, timeoutMs };
  const rest = new BinanceRest({ ...common, ...url, recvWindowMs: RECV_WINDOW_MS });
  try {
    const clockOffsetMs = checked(await rest.measureClock(), (offset) => offset);
    const [{ symbol } = { symbol: undefined }] = instruments;
    const limits = checked(
      await rest.publicData('exchangeInfo', exchangeInfo, { symbol }),
      ({ rateLimits }) => toRateLimits(rateLimits),
    );
    const told = checked(await rest.signed('GET', '/api/v3/account', account, {}), (value) => value);
    const may = permissions
      ? checked(
          await rest.signed('GET', '/sapi/v1/account/apiRestrictions', apiRestrictions, {}),
          (value) => value,
        )
      : null;
    const openOrders = checked(await rest.signed('GET', '/api/v3/openOrders', orders, {}), (found) =>
      found.map(({ clientOrderId, executedQty, origQty, price, side, stopPrice, symbol: of, type }) => ({
        ...{ symbol: of, clientOrderId, side, conditional: /^(STOP_LOSS|TAKE_PROFIT)/.test(type) },
        ...{ orderQty: text(origQty), cumQty: text(executedQty) },
        price: text(price.units === 0n ? (stopPrice ?? price) : price),
      })),
    );
    const held = told.ok ? told.value.balances.filter(isHeld) : [];
    const amounts = Object.fromEntries(
      held.map(({ asset, free, locked }) => [asset, text(sumOf(free, locked))]),
    );
    const warnings: string[] = [];
    if (clockOffsetMs.ok && Math.abs(clockOffsetMs.value) > OFFSET_WORTH_A_WORD_MS)
      warnings.push(
        `the clocks are ${Math.abs(clockOffsetMs.value)} ms apart: set this machine's clock (NTP)`,
      );
    if (told.ok && !told.value.canTrade)
      warnings.push('the account may not trade: enable spot trading for it');
    if (may?.ok === true) {
      const { enableSpotAndMarginTrading, enableWithdrawals, ipRestrict } = may.value;
      if (enableWithdrawals) warnings.push('the key may withdraw: take that permission away');
      if (enableSpotAndMarginTrading === false)
        warnings.push('the key may not trade spot: give it that permission');
      if (!ipRestrict) warnings.push('the key may be used from anywhere: bind it to your addresses');
    }
    return {
      ...{ clockOffsetMs, limits, openOrders, warnings },
      balances: told.ok ? { ok: true, value: amounts } : told,
      positions: told.ok
        ? {
            ok: true,
            value: instruments.flatMap(({ base, symbol: of }) => {
              const quantity = amounts[base];
              return quantity === undefined ? [] : [{ symbol: of, quantity }];
            }),
          }
        : told,
    };
  } finally {
    rest.close();
  }
}

function isHeld({ free, locked }: Balance): boolean {
  return free.units !== 0n || locked.units !== 0n;
}

function text({ scale, units }: Decimal): string {
  return formatUnits(units, scale);
}
