import type { Mind, PriceSeries, Stance } from './price-series.js';

/**
 * Long from a close above the highest high of the `period` bars before it, short from a close below their lowest low.
 * Says nothing until the first such close.
 */
export function donchian({ high, low, close }: PriceSeries, period: number): Mind {
  const highest = new Extreme(high, period, 1);
  const lowest = new Extreme(low, period, -1);
  let stance: Stance | null = null;
  return (bar) => {
    if (bar >= period) {
      if (close[bar] > highest.price) stance = 1;
      else if (close[bar] < lowest.price) stance = -1;
    }
    highest.push(bar);
    lowest.push(bar);
    return stance;
  };
}

/**
 * The highest (`sign` 1) or lowest (`sign` -1) price of the last `period` bars. Keeps only bars that can still become
 * it, best first, so that a bar costs the same however long the period is.
 */
class Extreme {
  private readonly bars: Int32Array;
  private first = 0;
  private size = 0;

  constructor(
    private readonly prices: Float64Array,
    private readonly period: number,
    private readonly sign: 1 | -1,
  ) {
    this.bars = new Int32Array(period);
  }

  get price(): number {
    return this.prices[this.bars[this.first]];
  }

  push(bar: number): void {
    const { bars, period, prices, sign } = this;
    if (this.size > 0 && bars[this.first] <= bar - period) {
      this.first = (this.first + 1) % period;
      this.size -= 1;
    }
    while (this.size > 0) {
      const last = bars[(this.first + this.size - 1) % period];
      if (sign * prices[last] > sign * prices[bar]) break;
      this.size -= 1;
    }
    bars[(this.first + this.size) % period] = bar;
    this.size += 1;
  }
}
