import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomHistoricalResult, usdtInstrument } from '@bowline/testkit';
import { downsample } from './candles.js';
import { MAX_POINTS, pageCurves } from './curves.js';
import { escapeHtml, inlineScript, scriptJson } from './escape.js';

describe('escaping', () => {
  it('keeps any text inside its element and attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', '/') }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('keeps any text inside its script, and as it was', () => {
    const nasty = fc.constantFrom('</script>', '<!--', '<script', '\u2028', 'plain', '"', '\\');
    fc.assert(
      fc.property(
        fc.array(nasty).map((parts) => parts.join('')),
        (text) => {
          const json = scriptJson({ id: text });
          expect(json).not.toMatch(/[<>\u2028\u2029]/);
          expect(JSON.parse(json)).toEqual({ id: text });
        },
      ),
    );
  });

  it('keeps a library inside its script', () => {
    expect(inlineScript('a="</script>";b="<!--"')).toBe('a="<\\/script>";b="<\\!--"');
  });
});

describe('candles', () => {
  const instrument = usdtInstrument('binance-usdm', 'BTCUSDT');
  const { bars } = randomHistoricalResult({ bars: 1_000, trades: 0, symbols: ['BTCUSDT'] }).channels[0];

  it('are the bars where these are few', () => {
    const candles = downsample(bars, instrument, 1_000);
    expect(candles).toHaveLength(1_000);
    const [open, high, low, close] = [bars.open, bars.high, bars.low, bars.close].map(
      (column) => column[7] / 100,
    );
    expect(candles[7]).toEqual([bars.openTime[7] / 1000, open, high, low, close]);
  });

  it('cover all bars, keep every high and low, and ascend in time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_200 }), (max) => {
        const candles = downsample(bars, instrument, max);
        expect(candles.length).toBeLessThanOrEqual(max);
        expect(candles[0][1]).toBe(bars.open[0] / 100);
        expect(candles.at(-1)?.[4]).toBe(bars.close[bars.length - 1] / 100);
        expect(Math.max(...candles.map((candle) => candle[2]))).toBe(Math.max(...bars.high) / 100);
        expect(Math.min(...candles.map((candle) => candle[3]))).toBe(Math.min(...bars.low) / 100);
        expect(candles.every((candle, i) => i === 0 || candle[0] > candles[i - 1][0])).toBe(true);
      }),
    );
  });

  it('share a second where bars are shorter than that', () => {
    const fast = { ...bars, openTime: bars.openTime.map((_time, i) => i * 250), intervalMs: 250 };
    const candles = downsample(fast, instrument);
    expect(candles).toHaveLength(250);
    expect(candles[0][4]).toBe(bars.close[3] / 100);
  });
});

describe('curves', () => {
  it('are drawn for each client and strategy, and for all clients together', () => {
    const result = randomHistoricalResult({ clients: ['a', 'b'], strategies: ['x'], trades: 40 });
    const curves = pageCurves(result.equity, result.channels[0].bars.openTime[0]);
    expect(curves.map(({ clientId, strategyId }) => [clientId, strategyId])).toEqual([
      [null, null],
      [null, 'x'],
      ['a', null],
      ['a', 'x'],
      ['b', null],
      ['b', 'x'],
    ]);
    const last = (at: number): number => curves[at].points.at(-1)?.[1] ?? NaN;
    expect(last(0)).toBeCloseTo(last(2) + last(4), 1);
    expect(last(1)).toBeCloseTo(last(3) + last(5), 1);
    expect(curves.every((curve) => curve.points.every((point) => point[2] <= 0))).toBe(true);
  });

  it('keep their highest and lowest point when they are thinned out', () => {
    const result = randomHistoricalResult({ clients: ['a'], bars: 9_000, equity: 'bar', trades: 60 });
    const [whole] = pageCurves(result.equity, result.channels[0].bars.openTime[0]);
    const equity = result.equity[0].equity.map((value) => Number((Number(value) / 1e18).toFixed(2)));
    expect(equity).toHaveLength(9_000);
    expect(whole.points.length).toBeLessThanOrEqual(MAX_POINTS + 2);
    const drawn = whole.points.map((point) => point[1]);
    expect(Math.min(...drawn)).toBe(equity.reduce((least, value) => Math.min(least, value), Infinity));
    expect(Math.max(...drawn)).toBe(equity.reduce((most, value) => Math.max(most, value), -Infinity));
    expect(drawn.at(-1)).toBe(equity.at(-1));
  });
});
