/**
 * The floor of the historical loop: the least that these strategies' trades can be computed with, and nothing that a
 * platform has. One strategy after the other walks all bars; a bar is two comparisons; a trade is exact cash for the
 * profit and both fees. No orders, no client, no limits, no netted position, no equity, one fixed set of rules.
 */
import { FEE_MAKER_BPS, FEE_TAKER_BPS, SLIPPAGE_BPS, instrument } from './scene.mjs';

/** Fees are rounded half-up to 10^-8, cash has 18 decimals. */
const FEE_UNIT = 10n ** 10n;
const TICK_LOT = instrument.tickLotCash;
/** Units of 10^-8 of one tick x lot at one basis point: 0.01 x 0.001 x 10^-4 / 10^-8 = 1 / 10. */
const FEE_DIVISOR = 10;

/**
 * @returns {{ trades: number, netPnl: bigint }} closed trades and the sum of their profit less fees, in cash
 */
export function runKernel({ bars, legPercent, turns }) {
  const { high, length, low, open } = bars;
  /** Of every trade: strategy, side, bars and prices of entry and exit, extremes; its cash. */
  const trades = [];
  const netPnls = [];
  let total = 0n;
  for (let at = 0; at < turns.length; at += 1) {
    const { firstSide, quantity, rows } = turns[at];
    let turn = 0;
    let nextTurn = rows[0];
    let side = 0;
    let entryRow = 0;
    let entry = 0;
    let above = Infinity;
    let below = -Infinity;
    let lowest = 0;
    let highest = 0;

    const close = (row, price, feeBps) => {
      const profit = (price - entry) * side * quantity;
      const fees = feeOf(entry * quantity, FEE_TAKER_BPS) + feeOf(price * quantity, feeBps);
      const netPnl = BigInt(profit) * TICK_LOT - BigInt(fees) * FEE_UNIT;
      trades.push(at, side, entryRow, entry, row, price, lowest, highest);
      netPnls.push(netPnl);
      total += netPnl;
      side = 0;
      above = Infinity;
      below = -Infinity;
    };

    for (let row = 0; row < length; row += 1) {
      if (row === nextTurn) {
        const wanted = turn % 2 === 0 ? firstSide : -firstSide;
        turn += 1;
        nextTurn = turn < rows.length ? rows[turn] : -1;
        if (side !== 0) close(row, slipped(open[row], -side), FEE_TAKER_BPS);
        side = wanted;
        entryRow = row;
        entry = slipped(open[row], side);
        above = Math.ceil((entry * (100_000 + legPercent * 1000)) / 100_000);
        below = Math.floor((entry * (100_000 - legPercent * 1000)) / 100_000);
        lowest = Infinity;
        highest = -Infinity;
      }
      if (low[row] <= below || high[row] >= above) {
        const opened = open[row];
        const stop = side > 0 ? below : above;
        const passed = side > 0 ? opened <= stop : opened >= stop;
        const reachesStop = side > 0 ? low[row] <= stop : high[row] >= stop;
        const reachesProfitFirst = side > 0 ? opened >= above : opened <= below;
        if (reachesStop && !reachesProfitFirst) close(row, slipped(passed ? opened : stop, -side), FEE_TAKER_BPS);
        else close(row, side > 0 ? Math.max(opened, above) : Math.min(opened, below), FEE_MAKER_BPS);
      } else if (side !== 0) {
        if (low[row] < lowest) lowest = low[row];
        if (high[row] > highest) highest = high[row];
      }
    }
  }
  return { trades: netPnls.length, netPnl: total };
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
