import { describe, expect, it } from '@jest/globals';
import type { ExecutionPlan } from '@bowline/domain';
import { LiveDesk } from '@bowline/testkit';

async function opened(execution: ExecutionPlan): Promise<LiveDesk> {
  const params = { fixedQuantity: '0.010', takeProfitPct: 10, stopLossPct: 10, execution };
  const desk = await LiveDesk.open({ clients: { odum: { params, strategies: { A: {} } } } });
  await desk.price(45_000);
  await desk.signal('A', 1);
  await desk.pass(500);
  return desk;
}

const heldBy = (desk: LiveDesk) => [...desk.manager().state.channel.positions.values()][0]?.share.quantity;
const entries = (desk: LiveDesk) =>
  desk.sent.flatMap((request) =>
    request.type === 'place' && request.terms.key.leg === 'e' ? [request.terms.orderQty] : [],
  );
const stops = (desk: LiveDesk) =>
  desk.exchanges
    .get('binance-usdm')!
    .openOrders('odum')
    .flatMap(({ leavesQty, stopPrice }) => (stopPrice === null ? [] : [leavesQty]));

describe('an entry that the gateway works by a plan, through the roles', () => {
  const twap: ExecutionPlan = { type: 'twap', durationMs: 60_000, slices: 4 };

  it('opens one strategy position in slices, each protected as it fills', async () => {
    const desk = await opened(twap);
    expect([heldBy(desk), entries(desk), stops(desk)]).toEqual([2, [2], [2]]);
    await desk.pass(15_000);
    expect([heldBy(desk), entries(desk), stops(desk)]).toEqual([5, [2, 3], [5]]);
    await desk.pass(60_000);
    expect([heldBy(desk), entries(desk), stops(desk)]).toEqual([10, [2, 3, 2, 3], [10]]);
    expect(desk.manager().state.channel.positions.size).toBe(1);
    expect(desk.incidents).toEqual([]);
  });

  it('goes on after a crash between two slices', async () => {
    const desk = await (await opened(twap)).crash();
    await desk.pass(80_000);
    expect([heldBy(desk), entries(desk)]).toEqual([10, [2, 3, 2, 3]]);
  });

  it('opens nothing more once the strategy gives it up', async () => {
    const desk = await opened(twap);
    await desk.signal('A', 0);
    await desk.pass(80_000);
    expect([heldBy(desk), entries(desk)]).toEqual([undefined, [2]]);
    expect(desk.exchanges.get('binance-usdm')!.positions('odum')).toEqual([]);
    expect(desk.exchanges.get('binance-usdm')!.openOrders('odum')).toEqual([]);
    expect(desk.trades()).toMatchObject([{ strategyId: 'A', closeReason: 'signal' }]);
  });

  it('is quoted by what is known of the market, and taken where that is in vain', async () => {
    const desk = await opened({
      ...{ type: 'chunked', chunks: 2, quoting: 'top_of_book', quoteMs: 4_000, repriceMs: 1_000 },
      ...{ repriceBps: 0, attempts: 2, retryMs: 500 },
    });
    expect([heldBy(desk), entries(desk)]).toEqual([0, [5]]);
    await desk.pass(20_000);
    expect([heldBy(desk), entries(desk)]).toEqual([10, [5, 5, 5, 5]]);
  });
});
