/**
 * The floor of the historical loop: the least that these strategies' trades can be computed with, and nothing that a
 * platform has. One strategy after the other walks all bars; a bar is two comparisons; a trade is exact cash for the
 * profit and both fees. No orders, no client, no limits, no netted position, no equity, and one fixed set of rules.
 */
import { FEE_MAKER_BPS, FEE_TAKER_BPS, SLIPPAGE_BPS, instrument } from './scene.mjs';

/** Fees are rounded half-up to 10^-8; cash has 18 decimals. */
const FEE_UNIT = 10n ** 10n;
/** A tick x lot is 0.01 x 0.001, so one basis point of it is a tenth of 10^-8. */
const FEE_DIVISOR = 10;
/** Percentages in whole thousandths, so that the distance of a leg is exact. */
const WHOLE = 100_000;

/**
 * @param {import('./scene.mjs').Scene} scene
 * @returns {{ trades: number, netPnl: bigint }} closed trades, and the sum of their profit less fees in cash
 */
export function runKernel({ bars, legPercent, turns }) {
  const log = { columns: [], netPnls: [], netPnl: 0n };
  const legPart = Math.round(legPercent * 1000);
  turns.forEach((strategy, at) => walk(bars, strategy, at, legPart, log));
  return { trades: log.netPnls.length, netPnl: log.netPnl };
}

/** All bars of one strategy. Everything lives in locals: this is as fast as such a loop gets. */
function walk({ high, length, low, open }, { quantity, rows, signals }, strategy, legPart, log) {
  let turn = 0;
  let nextTurn = rows[0];
  let side = 0;
  let entryRow = 0;
  let entry = 0;
  let above = Infinity;
  let below = -Infinity;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let row = 0; row < length; row += 1) {
    if (row === nextTurn) {
      const wanted = signals[turn];
      turn += 1;
      nextTurn = turn < rows.length ? rows[turn] : -1;
      if (side !== wanted) {
        if (side !== 0) {
          const price = slipped(open[row], -side);
          book(log, strategy, side, quantity, entryRow, entry, row, price, FEE_TAKER_BPS, lowest, highest);
        }
        side = wanted;
        entryRow = row;
        entry = slipped(open[row], side);
        above = side === 0 ? Infinity : Math.ceil((entry * (WHOLE + legPart)) / WHOLE);
        below = side === 0 ? -Infinity : Math.floor((entry * (WHOLE - legPart)) / WHOLE);
        lowest = Infinity;
        highest = -Infinity;
      }
    }
    const bottom = low[row];
    const top = high[row];
    if (bottom <= below || top >= above) {
      const long = side > 0;
      const opened = open[row];
      const stop = long ? below : above;
      const gapsToProfit = long ? opened >= above : opened <= below;
      const stops = (long ? bottom <= stop : top >= stop) && !gapsToProfit;
      const passed = long ? opened <= stop : opened >= stop;
      const price = stops
        ? slipped(passed ? opened : stop, -side)
        : long
          ? Math.max(opened, above)
          : Math.min(opened, below);
      const feeBps = stops ? FEE_TAKER_BPS : FEE_MAKER_BPS;
      book(log, strategy, side, quantity, entryRow, entry, row, price, feeBps, lowest, highest);
      side = 0;
      above = Infinity;
      below = -Infinity;
    } else {
      if (bottom < lowest) lowest = bottom;
      if (top > highest) highest = top;
    }
  }
}

function book(log, strategy, side, quantity, entryRow, entry, row, price, feeBps, lowest, highest) {
  const profit = (price - entry) * side * quantity;
  const fees = feeOf(entry * quantity, FEE_TAKER_BPS) + feeOf(price * quantity, feeBps);
  const netPnl = BigInt(profit) * instrument.tickLotCash - BigInt(fees) * FEE_UNIT;
  log.columns.push(strategy, side, entryRow, entry, row, price, lowest, highest);
  log.netPnls.push(netPnl);
  log.netPnl += netPnl;
}

/** Against us, and to the tick against us. */
function slipped(price, side) {
  return side > 0
    ? Math.ceil((price * (10_000 + SLIPPAGE_BPS)) / 10_000)
    : Math.floor((price * (10_000 - SLIPPAGE_BPS)) / 10_000);
}

/** In units of 10^-8, half-up. */
function feeOf(value, bps) {
  return Math.floor((value * bps) / FEE_DIVISOR + 0.5);
}
