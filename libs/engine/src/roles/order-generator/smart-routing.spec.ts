import { describe, expect, it } from '@jest/globals';
import type { DepthLevel, MarketDepth } from '@bowline/ports';
import { GeneratorBench, type GeneratorOptions } from './generator.spec-support.js';

const MARKETS = ['binance-usdm:BTCUSDT', 'okx:BTCUSDT'];
/** A lot is 0.001; the price is 1,000 ticks. */
const two: GeneratorOptions = {
  accounts: { 'binance-usdm': {}, okx: {} },
  markets: MARKETS,
  smartRouting: true,
  params: { fixedQuantity: '0.01' },
};

function depths(
  books: Readonly<
    Record<string, { readonly asks?: readonly DepthLevel[]; readonly bids?: readonly DepthLevel[] }>
  >,
) {
  return (exchange: string): MarketDepth | null => {
    const book = books[exchange];
    return book === undefined
      ? null
      : { exchange, symbol: 'BTCUSDT', at: 0, asks: book.asks ?? [], bids: book.bids ?? [] };
  };
}

describe('a client whose signals go where they cost least', () => {
  it('has an entry split by the order books', () => {
    const bench = new GeneratorBench(two);
    bench.depth = depths({
      'binance-usdm': {
        asks: [
          [1_000, 3],
          [1_002, 50],
        ],
      },
      okx: {
        asks: [
          [1_001, 5],
          [1_003, 50],
        ],
      },
    });
    expect(bench.signal('A', 1)).toBe('#1 LONG 5 A, okx #1 LONG 5 A');
  });

  it('has it all at one exchange where that is cheaper, and none refused at the other', () => {
    const bench = new GeneratorBench(two);
    bench.depth = depths({ 'binance-usdm': { bids: [[998, 50]] }, okx: { bids: [[999, 50]] } });
    expect(bench.signal('A', -1)).toBe('okx #1 SHORT 10 A, ignored NOT_ROUTED');
  });

  it('takes fees into account, and limits', () => {
    const accounts = { 'binance-usdm': { takerBps: 20 }, okx: {} };
    const limited = { ...two, accounts, params: { fixedQuantity: '0.01', maxOrderQuantity: '0.004' } };
    const bench = new GeneratorBench(limited);
    bench.depth = depths({ 'binance-usdm': { asks: [[1_000, 50]] }, okx: { asks: [[1_001, 50]] } });
    expect(bench.signal('A', 1)).toBe('#1 LONG 4 A, okx #1 LONG 4 A');
  });

  it('goes by the best prices where no book is known, and closes wherever something is', () => {
    const bench = new GeneratorBench(two);
    expect(bench.signal('A', 1)).toBe('#1 LONG 10 A, ignored NOT_ROUTED');
    bench.report('A', 1, { open: 10 });
    // Short is cheaper elsewhere: what is open here is closed, and not turned.
    bench.depth = depths({ 'binance-usdm': { bids: [[990, 50]] }, okx: { bids: [[999, 50]] } });
    expect(bench.signal('A', -1)).toBe('#2 close A reversal, okx #1 SHORT 10 A');
    expect(bench.report('A', 2, {})).toBe('');
  });

  it('keeps its split where an entry has to wait for a close', () => {
    const bench = new GeneratorBench(two);
    expect(bench.signal('A', 1)).toBe('#1 LONG 10 A, ignored NOT_ROUTED');
    bench.report('A', 1, { open: 10 });
    bench.depth = depths({ 'binance-usdm': { bids: [[999, 4]] }, okx: { bids: [[998, 50]] } });
    expect(bench.signal('A', -1)).toBe('#2 close A reversal, okx #1 SHORT 6 A');
    bench.depth = depths({ 'binance-usdm': { bids: [[999, 500]] }, okx: { bids: [[998, 50]] } });
    expect(bench.report('A', 2, {})).toBe('#3 SHORT 4 A');
  });

  it('enters nothing where no price is recent', () => {
    const bench = new GeneratorBench(two);
    bench.quote = null;
    expect(bench.signal('A', 1)).toBe('ignored NOT_ROUTED, ignored NOT_ROUTED');
  });
});
