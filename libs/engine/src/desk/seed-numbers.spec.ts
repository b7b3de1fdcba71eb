import { describe, expect, it } from '@jest/globals';
import { CASH_ONE } from '@bowline/domain';
import { LiveDesk } from '@bowline/testkit';

const usdt = (amount: number) => (BigInt(Math.round(amount * 100)) * CASH_ONE) / 100n;

describe('two strategies in one netted position, through the roles', () => {
  const clients = {
    odum: { params: { fixedQuantity: '0.001' }, strategies: { A: {}, B: { fixedQuantity: '0.002' } } },
  };

  async function opened(): Promise<LiveDesk> {
    const desk = await LiveDesk.open({ clients });
    await desk.price(45_000);
    await desk.signal('A', 1, { takeProfit: '48000', stopLoss: '43000' });
    await desk.pass(1_000);
    await desk.price(46_000);
    await desk.signal('B', 1, { takeProfit: '49000', stopLoss: '44000' });
    await desk.pass(1_000);
    return desk;
  }

  it('nets both at the exchange, at the weighted average, and keeps the entry of each', async () => {
    const desk = await opened();

    expect(desk.exchanges.get('binance-usdm')!.positions('odum')).toMatchObject([
      { key: 'BTCUSDT_LONG', quantity: 3, entryPrice: '45666.66666667' },
    ]);
    expect(desk.incidents).toEqual([]);
    const { positions } = desk.manager().state.channel;
    expect(
      [...positions.values()].map(({ share, strategyId }) => [strategyId, share.quantity, share.cost]),
    ).toEqual([
      ['A', 1, 450_000n],
      ['B', 2, 920_000n],
    ]);
  });

  it('closes A by its own take-profit, and leaves B with its pair', async () => {
    const desk = await opened();

    await desk.price(48_000, { bid: 48_000, ask: 48_000.1 });
    await desk.pass(1_000);

    expect(desk.trades()).toMatchObject([
      {
        strategyId: 'A',
        closeReason: 'take_profit',
        realizedPnl: usdt(3),
        entryValue: 450_000n,
        exitValue: 480_000n,
      },
    ]);
    const [b] = [...desk.manager().state.channel.positions.values()];
    expect(b).toMatchObject({ strategyId: 'B', share: { quantity: 2 } });
    expect(desk.exchanges.get('binance-usdm')!.openOrders('odum')).toMatchObject([
      { stopPrice: 440_000, leavesQty: 2 },
      { price: 490_000, leavesQty: 2 },
    ]);

    await desk.price(44_000, { bid: 44_000, ask: 44_000.1 });
    await desk.pass(1_000);

    expect(desk.trades()[1]).toMatchObject({
      strategyId: 'B',
      closeReason: 'stop_loss',
      realizedPnl: usdt(-4),
    });
    expect(desk.exchanges.get('binance-usdm')!.positions('odum')).toEqual([]);
    expect(desk.exchanges.get('binance-usdm')!.openOrders('odum')).toEqual([]);
    expect(desk.incidents).toEqual([]);
  });
});
