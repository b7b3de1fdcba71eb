import { describe, expect, it } from '@jest/globals';
import { InputError, parseConfig } from '@bowline/contracts';
import type { BarColumns } from '@bowline/ports';
import { MarketMaker } from './markets.js';
import type { SymbolBars } from './read-symbol-files.js';

function bars(
  symbol: string,
  exchange: string | null,
  prices: readonly number[],
  priceScale = 2,
): SymbolBars {
  const column = () => Float64Array.from(prices);
  const columns: BarColumns = {
    length: prices.length,
    openTime: Float64Array.from(prices, (_, at) => at * 60_000),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    intervalMs: 60_000,
  };
  const path = `${exchange ?? 'all'}-${symbol}.csv`;
  return { symbol, exchange, path, read: { columns, notes: [], warnings: [], priceScale } };
}

const desk = (clients: string, rest = '') => parseConfig(`clients:\n${clients}${rest}`, 'desk.yaml');
const TWO = `  a: { exchanges: { okx: {}, binance-spot: { symbols: [BTCUSDT] } } }
  b: { exchanges: { okx: { symbols: [ETHUSDT] } } }
`;
const FILES = [bars('BTCUSDT', null, [10.25, 11]), bars('ETHUSDT', null, [1.5, 2], 1)];

function namesOf(maker: MarketMaker, config = desk(TWO)): string[] {
  return maker.marketsOf(config).map(({ exchange, symbol }) => `${exchange}:${symbol}`);
}

describe('markets', () => {
  it('are those that some account trades, and that have bars', () => {
    expect(namesOf(new MarketMaker(FILES, false, true)).sort()).toEqual([
      'binance-spot:BTCUSDT',
      'okx:BTCUSDT',
      'okx:ETHUSDT',
    ]);
  });

  it('take their units from the configuration, the exchange before the symbol, else from name and data', () => {
    const config = desk(
      TWO,
      'instruments:\n  BTCUSDT: { tickSize: 0.05, minNotional: 5 }\n  okx: { BTCUSDT: { tickSize: 0.25, kind: future } }\n',
    );
    const specs = new MarketMaker(FILES, false, true)
      .marketsOf(config)
      .map(({ exchange, instrument, symbol }) => {
        const { base, kind, lotSize, minNotional, quote, tickSize } = instrument;
        return [`${exchange}:${symbol}`, kind, base, quote, tickSize, lotSize, minNotional].join(' ');
      });
    expect(specs.sort()).toEqual([
      'binance-spot:BTCUSDT spot BTC USDT 0.05 0.000001 5',
      'okx:BTCUSDT future BTC USDT 0.25 0.000001 5',
      'okx:ETHUSDT perpetual ETH USDT 0.1 0.00001 0',
    ]);
  });

  it('have a lot that is worth little and can be counted, also where the coin is very cheap', () => {
    const [market] = new MarketMaker([bars('PEPEUSDT', null, [0.000000000012], 12)], false, true).marketsOf(
      desk('  a: { exchanges: { okx: {} } }\n'),
    );
    expect(market.instrument.lotSize).toBe('1');
  });

  it('share their bars where file and tick are the same', () => {
    const maker = new MarketMaker(FILES, false, true);
    const of = (config = desk(TWO)) =>
      new Map(maker.marketsOf(config).map((market) => [`${market.exchange}:${market.symbol}`, market.bars]));
    expect(of().get('okx:BTCUSDT')).toBe(of().get('binance-spot:BTCUSDT'));
    expect([...(of().get('okx:BTCUSDT')?.close ?? [])]).toEqual([1025, 1100]);
    const coarse = of(desk(TWO, 'instruments: { okx: { BTCUSDT: { tickSize: 0.25 } } }'));
    expect([...(coarse.get('okx:BTCUSDT')?.close ?? [])]).toEqual([41, 44]);
    expect(coarse.get('binance-spot:BTCUSDT')).toBe(of().get('binance-spot:BTCUSDT'));
  });

  it('take the memory of their prices where nobody else will ask for these', () => {
    const files = [bars('BTCUSDT', null, [10.25, 11]), bars('ETHUSDT', null, [1.5, 2], 1)];
    const markets = new MarketMaker(files, false, false).marketsOf(desk(TWO));
    const closes = markets.map(({ bars: { close }, exchange, symbol }) =>
      [exchange, symbol, ...close].join(' '),
    );
    expect(closes.sort()).toEqual([
      'binance-spot BTCUSDT 1025 1100',
      'okx BTCUSDT 1025 1100',
      'okx ETHUSDT 15 20',
    ]);
    const [btc, eth] = files.map(({ read }) => read.columns.close);
    expect(markets.find(({ symbol }) => symbol === 'ETHUSDT')?.bars.close).toBe(eth);
    expect([...btc]).toEqual([10.25, 11]);
  });

  it('are made of the bars of their exchange, where it has its own', () => {
    const maker = new MarketMaker([...FILES, bars('BTCUSDT', 'okx', [99])], false, true);
    const closes = maker
      .marketsOf(desk(TWO))
      .filter(({ symbol }) => symbol === 'BTCUSDT')
      .map(({ bars: { close }, exchange }) => `${exchange} ${close[0]}`);
    expect(closes.sort()).toEqual(['binance-spot 1025', 'okx 9900']);
  });

  it('are rounded to the tick with --repair, which says so, and refused without', () => {
    const config = desk(TWO, 'instruments: { BTCUSDT: { tickSize: 0.5 } }');
    expect(() => new MarketMaker(FILES, false, true).marketsOf(config)).toThrow(InputError);
    const repairing = new MarketMaker(FILES, true, true);
    expect(repairing.marketsOf(config)).toHaveLength(3);
    expect(repairing.notes).toEqual([expect.stringContaining('rounded')]);
  });

  it('are refused where nobody trades any', () => {
    const files = [bars('XRPUSDT', null, [1])];
    const config = desk('  b: { exchanges: { okx: { symbols: [ETHUSDT] } } }\n');
    expect(() => new MarketMaker(files, false, true).marketsOf(config)).toThrow(
      'no account trades what there are bars of (XRPUSDT): b at okx trades ETHUSDT',
    );
  });
});
