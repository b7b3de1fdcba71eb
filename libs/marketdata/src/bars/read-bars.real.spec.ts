import { expect, it } from '@jest/globals';
import { createInstrument } from '@bowline/domain';
import { sharedData, whenPresent } from '@bowline/testkit';
import { join } from 'node:path';
import { inferredTickSize } from './price-scale.js';
import { readBars } from './read-bars.js';
import { toTickBars } from './tick-bars.js';

whenPresent('real candles', '../shared/data/candles', sharedData('candles'), (folder) => {
  it.each([
    ['BTCUSDT', 6200],
    ['ETHUSDT', 6202],
  ])('reads a month of minutes of %s with its one gap', async (symbol, element) => {
    const path = join(folder, `binance-spot-${symbol}-1m.json.gz`);
    const { columns, notes, warnings, priceScale } = await readBars(path);
    expect([columns.length, columns.intervalMs, priceScale]).toEqual([42_915, 60_000, 2]);
    expect(notes).toEqual([]);
    expect(warnings).toEqual([
      `${path}: gap of 285 minutes from 2021-04-25T04:00:00.000Z to 2021-04-25T08:45:00.000Z, before element ${element} (284 bars are missing)`,
    ]);
    const instrument = createInstrument({
      exchange: 'binance-spot',
      symbol,
      kind: 'spot',
      base: symbol.slice(0, 3),
      quote: 'USDT',
      settle: 'USDT',
      multiplier: '1',
      inverse: false,
      tickSize: inferredTickSize(priceScale),
      lotSize: '0.00001',
      minNotional: '0',
    });
    const ticks = toTickBars(columns, instrument);
    expect(ticks.close.every((price, at) => price === Math.round(columns.close[at] * 100))).toBe(true);
  });
});
