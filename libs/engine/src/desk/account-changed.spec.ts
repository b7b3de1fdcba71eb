import { describe, expect, it } from '@jest/globals';
import { LiveDesk } from '@bowline/testkit';

const EXCHANGE = 'binance-usdm';
const SCOPE = { exchange: EXCHANGE, symbol: null, strategyId: null };

async function opened(): Promise<LiveDesk> {
  const params = { fixedQuantity: '0.002', stopLossPct: 10 };
  const desk = await LiveDesk.open({ clients: { odum: { params, strategies: { A: {}, B: {} } } } });
  await desk.price(45_000);
  await desk.signal('A', 1);
  await desk.pass(1_000);
  return desk;
}

/** The exchange says that somebody has changed the account. */
async function changed(desk: LiveDesk): Promise<void> {
  const { runner } = desk.gateways.shards[0]!;
  const report = { id: 'changed', at: desk.clock.now(), symbol: null, detail: 'hedge mode is on' } as const;
  const envelope = { id: 'changed', source: runner.shard, epoch: runner.epoch, topic: 'exchange' };
  await runner.handle(envelope, {
    type: 'report',
    report: { type: 'account_changed', what: 'position_mode', ...report },
  });
  await desk.quiet();
}

const strategies = (desk: LiveDesk) =>
  [...desk.manager().state.channel.positions.values()].map(({ strategyId }) => strategyId);

describe('fault 44: the position mode of an account is changed by somebody else', () => {
  it('opens nothing more there, protects and closes what is open, and goes on once a person says so', async () => {
    const desk = await opened();
    await changed(desk);
    expect(desk.manager().state.channel.tradingState).toBe('HALTED');
    await desk.signal('B', 1);
    await desk.pass(1_000);
    expect(strategies(desk)).toEqual(['A']);
    expect(desk.exchanges.get(EXCHANGE)!.openOrders('odum')).toMatchObject([{ stopPrice: 405_000 }]);
    expect(desk.audited).toContainEqual(
      expect.objectContaining({ type: 'alert', code: 'ACCOUNT_CHANGED', symbol: 'BTCUSDT' }),
    );

    await desk.signal('A', 0);
    await desk.pass(1_000);
    expect(strategies(desk)).toEqual([]);

    await desk.control({
      ...{ type: 'trading_state', clientId: 'odum', scope: SCOPE, tradingState: 'ACTIVE' },
      ...{ by: 'odi', reason: 'set back' },
    });
    await desk.signal('B', 1);
    await desk.pass(1_000);
    expect(strategies(desk)).toEqual(['B']);
    expect(desk.incidents).toEqual([]);
  });

  it('is halted still after a crash', async () => {
    const before = await opened();
    await changed(before);
    const desk = await before.crash();
    await desk.signal('B', 1);
    await desk.pass(1_000);
    expect(strategies(desk)).toEqual(['A']);
  });
});
