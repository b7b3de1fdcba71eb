import { describe, expect, it } from '@jest/globals';
import { flat, flats, runBars, type BarRow, type SignalTuple } from '@bowline/testkit';

const instrument = { tickSize: '0.1', lotSize: '0.001' };

describe('two strategies inside one exchange position', () => {
  // A: long 0.001 at 45,000 with 48,000 and 43,000; B: long 0.002 at 46,000 with 49,000 and 44,000.
  const bars: BarRow[] = [
    flat(45_000),
    flat(46_000),
    [46_000, 48_000, 46_000, 47_000],
    flat(47_000),
    [46_000, 46_000, 44_000, 44_500],
  ];
  const signals: SignalTuple[] = [
    [0, 'A', 1, { quantity: '0.001', takeProfit: 48_000, stopLoss: 43_000 }],
    [1, 'B', 1, { quantity: '0.002', takeProfit: 49_000, stopLoss: 44_000 }],
  ];
  const after = (count: number) => runBars({ bars: bars.slice(0, count), instrument, signals });

  it('the exchange shows 0.003 at the average of both', () => {
    expect(after(2).exchangePositions).toEqual([
      { key: 'BTCUSDT_LONG', quantity: '0.003', averageEntry: '45666.66666667', sumOfShares: '0.003' },
    ]);
  });

  it('A takes its profit of 3 from its own entry; B stays with its own pair', () => {
    const { exchangePositions, open, orders, trades } = after(3);
    expect(trades).toMatchObject([
      { strategyId: 'A', exit: '48000 at 2', reason: 'take_profit', realizedPnl: '3' },
    ]);
    expect(open).toMatchObject([
      { position: 'B-1', quantity: '0.002', entry: '46000 at 1', takeProfit: '49000', stopLoss: '44000' },
    ]);
    expect(
      orders
        .filter(({ order, status }) => order.startsWith('B-1') && status === 'new')
        .map(({ order }) => order),
    ).toEqual(['B-1.s1', 'B-1.t2']);
    // A close takes its share of the cost and leaves the average.
    expect(exchangePositions).toEqual([
      { key: 'BTCUSDT_LONG', quantity: '0.002', averageEntry: '45666.66666667', sumOfShares: '0.002' },
    ]);
  });

  it('B is stopped with a loss of 4, and the exchange is flat', () => {
    const { exchangePositions, trades } = after(5);
    expect(trades[1]).toMatchObject({
      strategyId: 'B',
      exit: '44000 at 4',
      reason: 'stop_loss',
      realizedPnl: '-4',
    });
    expect(exchangePositions).toEqual([]);
  });
});

describe('the exchange nets what an account does in a symbol', () => {
  const long10short6: SignalTuple[] = [
    [0, 'A', 1, { quantity: 10, takeProfit: 110 }],
    [0, 'B', -1, { quantity: 6, stopLoss: 120 }],
  ];

  it('one-way: long 10 and short 6 are 4', () => {
    expect(runBars({ bars: flats(1, 100), signals: long10short6 }).exchangePositions).toEqual([
      { key: 'BTCUSDT_LONG', quantity: '4', averageEntry: '100', sumOfShares: '4' },
    ]);
  });

  it('the take-profit of A closes 10 whole: the net becomes -6, which is B’s', () => {
    const { exchangePositions, open, trades } = runBars({
      bars: [flat(100), [105, 110, 105, 108]],
      signals: long10short6,
    });
    expect(trades).toMatchObject([{ strategyId: 'A', quantity: '10', realizedPnl: '100' }]);
    expect(open).toMatchObject([{ position: 'B-1', side: 'SHORT', quantity: '6', entry: '100 at 0' }]);
    expect(exchangePositions).toEqual([
      { key: 'BTCUSDT_SHORT', quantity: '6', averageEntry: '110', sumOfShares: '-6' },
    ]);
  });

  it('flat between opposite strategies, both of their stops stay', () => {
    const signals: SignalTuple[] = [
      [0, 'A', 1, { stopLoss: 95 }],
      [0, 'B', -1, { stopLoss: 105 }],
    ];
    const quiet = runBars({ bars: flats(2, 100), signals });
    expect([quiet.exchangePositions, quiet.open.map(({ stopLoss }) => stopLoss)]).toEqual([
      [],
      ['95', '105'],
    ]);
    const { trades } = runBars({ bars: [flat(100), [100, 105, 95, 100]], signals });
    expect(trades.map(({ exit, strategyId }) => `${strategyId} ${exit}`)).toEqual([
      'A 95 at 1',
      'B 105 at 1',
    ]);
  });

  it('hedge mode keeps LONG and SHORT apart', () => {
    const account = { hedgeMode: true };
    expect(runBars({ bars: flats(1, 100), account, signals: long10short6 }).exchangePositions).toEqual([
      { key: 'BTCUSDT_LONG', quantity: '10', averageEntry: '100', sumOfShares: '10' },
      { key: 'BTCUSDT_SHORT', quantity: '6', averageEntry: '100', sumOfShares: '-6' },
    ]);
    const closed = runBars({ bars: [flat(100), [105, 110, 105, 108]], account, signals: long10short6 });
    expect(closed.exchangePositions.map(({ key }) => key)).toEqual(['BTCUSDT_SHORT']);
  });

  it('each symbol, exchange and client by itself', () => {
    const { exchangePositions, result } = runBars({
      bars: {
        'okx:BTCUSDT': flats(1, 100),
        'okx:ETHUSDT': flats(1, 50),
        'binance-usdm:BTCUSDT': flats(1, 101),
      },
      clients: { odum: { accounts: { okx: {}, 'binance-usdm': {} } }, ikenna: { accounts: { okx: {} } } },
      signals: [
        [0, 'a', 1],
        [0, 'b', 1],
        [0, 'b', -1, { symbol: 'ETHUSDT' }],
      ],
    });
    expect(
      exchangePositions.map(
        ({ averageEntry, key, quantity }) => `${key} ${quantity} @ ${averageEntry ?? '-'}`,
      ),
    ).toEqual([
      'BTCUSDT_LONG 2 @ 100',
      'ETHUSDT_SHORT 1 @ 50',
      'BTCUSDT_LONG 2 @ 101',
      'BTCUSDT_LONG 2 @ 100',
      'ETHUSDT_SHORT 1 @ 50',
    ]);
    expect(result.exchangePositions.map(({ channel }) => result.channels[channel].clientId)).toEqual([
      'ikenna',
      'ikenna',
      'odum',
      'odum',
      'odum',
    ]);
  });

  it('is compared with the shares after every fill', () => {
    const { result } = runBars({
      bars: flats(3, 100),
      signals: [
        [0, 'a', 1],
        [1, 'a', -1],
        [0, 'b', -1],
        [2, 'b', 0],
      ],
    });
    expect(result.invariants).toEqual({ checked: result.fills.length, violated: 0 });
  });
});

describe('trade ids', () => {
  it('number the fills of an account from 1, over all its symbols', () => {
    const { result } = runBars({
      bars: { BTCUSDT: flats(2, 100), ETHUSDT: flats(2, 50) },
      signals: [
        [0, 'a', 1],
        [0, 'a', 1, { symbol: 'ETHUSDT' }],
        [1, 'a', 0],
        [1, 'a', 0, { symbol: 'ETHUSDT' }],
      ],
    });
    expect(result.fills.map(({ tradeId }) => tradeId).sort()).toEqual(['1', '2', '3', '4']);
  });
});
