import type { Cash, Instrument, Lots, Side, TickLots, Ticks, TimeMs } from '@bowline/domain';
import type { BarFills, BarFillTerms } from '@bowline/ports';
import { draw } from './draw.js';
import { feeOn, feeRate } from './fees.js';
import { partialLots } from './partial-lots.js';
import {
  firstLeg,
  isMarketable,
  restingLimitPrice,
  slippage,
  slippedPrice,
  stopPriceReached,
} from './prices.js';

/** The bar exchange's fill rules for one channel. */
export function createBarFills(instrument: Instrument, terms: BarFillTerms): BarFills {
  const slips = slippage(instrument, terms.slippageBps);
  const maker = feeRate(instrument, terms.feeMakerBps);
  const taker = feeRate(instrument, terms.feeTakerBps);
  const { fillProbability, intrabar, partialFillRatio, seed } = terms;
  const partOf = partialLots(partialFillRatio);
  return {
    marketPrice: (price: Ticks, side: Side): Ticks => slippedPrice(price, side, slips),
    marketable: isMarketable,
    restingLimit: restingLimitPrice,
    restingStop: stopPriceReached,
    firstLeg: (side: Side, takeProfit: Ticks, stop: Ticks, open: Ticks, high: Ticks, low: Ticks): 't' | 's' =>
      firstLeg(side, takeProfit, stop, open, high, low, intrabar),
    take(leaves: Lots, clientOrderId: () => string, openTime: TimeMs): Lots {
      if (fillProbability < 1 && draw(seed, clientOrderId(), openTime) >= fillProbability) return 0;
      return partialFillRatio < 1 ? Math.min(leaves, Math.max(1, partOf(leaves))) : leaves;
    },
    fee: (value: TickLots, liquidity: 'maker' | 'taker'): Cash =>
      feeOn(value, liquidity === 'maker' ? maker : taker),
  };
}
