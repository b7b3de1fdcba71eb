import { describe, expect, it } from '@jest/globals';
import { EXCHANGE, LiveDesk, type ParamsSpec } from '@bowline/testkit';

/** A desk with one strategy that is long at 45,000, and its stop at the exchange. */
async function entered(params: ParamsSpec): Promise<LiveDesk> {
  const desk = await LiveDesk.open({ clients: { odum: { params: { fixedQuantity: '0.01', ...params } } } });
  await desk.price(45_000);
  await desk.signal('A', 1);
  await desk.pass(1_000);
  return desk;
}

async function showed(desk: LiveDesk, ...prices: readonly number[]): Promise<readonly (number | null)[]> {
  const stops: (number | null)[] = [];
  for (const price of prices) {
    await desk.price(price);
    await desk.pass(1_000);
    stops.push(...stopsOf(desk));
  }
  return stops;
}

function stopsOf(desk: LiveDesk): (number | null)[] {
  return desk.exchanges
    .get(EXCHANGE)!
    .openOrders('odum')
    .filter(({ conditional }) => conditional)
    .map(({ stopPrice }) => stopPrice && stopPrice / 10);
}

describe('a stop that trails', () => {
  it('follows the price up, and stays where it is when the price comes back', async () => {
    const desk = await entered({ trailingStopPct: 1 });
    expect(stopsOf(desk)).toEqual([44_550]);
    expect(await showed(desk, 46_000, 45_700, 45_900, 46_100)).toEqual([45_540, 45_540, 45_540, 45_639]);
    expect(desk.incidents).toEqual([]);
  });

  it('never goes back, though the best price is forgotten when the process dies', async () => {
    const desk = await entered({ trailingStopPct: 1 });
    await showed(desk, 46_000);
    const next = await desk.crash();
    expect(await showed(next, 45_700, 47_000)).toEqual([45_540, 46_530]);
  });

  it('closes the position where the price comes back that far', async () => {
    const desk = await entered({ trailingStopPct: 1 });
    await showed(desk, 46_000);
    await desk.price(45_500, { bid: 45_500, ask: 45_500.1 });
    await desk.pass(1_000);
    expect(desk.trades()).toMatchObject([{ closeReason: 'stop_loss', stopLossPrice: 455_400 }]);
    expect(desk.exchanges.get(EXCHANGE)!.positions('odum')).toEqual([]);
  });
});

describe('a stop that goes to the entry price', () => {
  it('does so once the price has moved far enough, and not before', async () => {
    const desk = await entered({ stopLossPct: 2, breakEvenPct: 1 });
    expect(stopsOf(desk)).toEqual([44_100]);
    expect(await showed(desk, 45_400, 45_450, 45_100)).toEqual([44_100, 45_000, 45_000]);
  });
});
