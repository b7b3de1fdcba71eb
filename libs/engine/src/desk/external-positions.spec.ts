import { describe, expect, it } from '@jest/globals';
import type { ControlMessage } from '@bowline/contracts';
import { CASH_ONE, openingSide } from '@bowline/domain';
import { DeskLaws, LiveDesk } from '@bowline/testkit';

const EXCHANGE = 'binance-usdm';
const CLIENTS = { odum: { params: { fixedQuantity: '0.002' }, strategies: { A: {}, B: {} } } };
const SAID = { clientId: 'odum', by: 'odi', reason: 'bought on my phone' };

async function opened(symbols: readonly string[] = ['BTCUSDT']): Promise<LiveDesk> {
  const desk = await LiveDesk.open({ clients: CLIENTS, symbols });
  await desk.price(45_000);
  return desk;
}

/** A person trades on the account beside the desk. */
async function byHand(desk: LiveDesk, side: 'LONG' | 'SHORT', orderQty: number): Promise<void> {
  const key = { strategyPositionId: 'by-hand', leg: 'e', generation: 0 } as const;
  desk.exchanges
    .get(EXCHANGE)!
    .client('odum')
    .send({
      ...{
        type: 'place',
        clientOrderId: 'by-hand',
        symbol: 'BTCUSDT',
        ocoGroup: null,
        expiresAt: null,
        at: desk.clock.now(),
      },
      terms: {
        ...{ key, side: openingSide(side), positionSide: side, orderType: 'market', orderQty },
        ...{ limitPrice: null, stopPrice: null, timeInForce: 'GTC', reduceOnly: false },
      },
    });
  await desk.pass(1_000);
}

function adoption(strategyId: string, quantity: string): ControlMessage {
  return {
    ...{ type: 'adopt', ...SAID, scope: { exchange: EXCHANGE, symbol: 'BTCUSDT', strategyId } },
    ...{ side: 'LONG', quantity, price: '44000', takeProfit: '48000', stopLoss: '43000' },
  };
}

const exchangeOf = (desk: LiveDesk) => desk.exchanges.get(EXCHANGE)!;

describe('what a person has traded by hand', () => {
  it('is EXTERNAL until it is adopted, then protected, closed by its own leg, and booked to the strategy', async () => {
    const desk = await opened();
    await byHand(desk, 'LONG', 3);
    expect(desk.manager().state.channel.external).toBe(3);
    expect(desk.audited).toMatchObject([{ type: 'alert', code: 'EXTERNAL_TRADE', quantity: 3 }]);
    await desk.signal('B', 1, { takeProfit: '49000', stopLoss: '44000' });
    await desk.pass(1_000);

    await desk.control(adoption('A', '0.003'));
    await desk.pass(1_000);

    expect(desk.manager().state.channel.external).toBe(0);
    expect(exchangeOf(desk).signedQty('odum', 'BTCUSDT')).toBe(5);
    expect(exchangeOf(desk).openOrders('odum')).toMatchObject([
      { stopPrice: 440_000, leavesQty: 2 },
      { price: 490_000, leavesQty: 2 },
      { stopPrice: 430_000, leavesQty: 3 },
      { price: 480_000, leavesQty: 3 },
    ]);
    const [client] = desk.generators.runners;
    expect(client!.state.client.channels[0]).toMatchObject({ longLots: 5, shortLots: 0 });
    expect(desk.audited.at(-1)).toMatchObject({
      type: 'control',
      command: 'adopt',
      by: 'odi',
      strategyId: 'A',
    });

    await desk.price(48_000, { bid: 48_000, ask: 48_000.1 });
    await desk.pass(1_000);

    expect(desk.trades()).toMatchObject([
      {
        ...{ strategyId: 'A', closeReason: 'take_profit', quantity: 3, signalPrice: null },
        ...{ entryValue: 1_320_000n, exitValue: 1_440_000n, realizedPnl: 12n * CASH_ONE },
      },
    ]);
    expect(client!.state.client.channels[0]).toMatchObject({ longLots: 2 });
    expect(exchangeOf(desk).openOrders('odum')).toHaveLength(2);
    new DeskLaws().check(desk);
  });

  it('is adopted while its client is halted, and stays adopted over a crash', async () => {
    const desk = await opened();
    await byHand(desk, 'LONG', 3);
    const everything = { exchange: null, symbol: null, strategyId: null };
    await desk.control({ type: 'trading_state', ...SAID, scope: everything, tradingState: 'HALTED' });
    await desk.control(adoption('A', '0.002'));
    const next = await desk.crash();
    await next.pass(1_000);
    expect(next.manager().state.channel).toMatchObject({ external: 1, tradingState: 'HALTED' });
    expect(exchangeOf(next).openOrders('odum')).toMatchObject([{ leavesQty: 2 }, { leavesQty: 2 }]);

    await next.control({ type: 'close', ...SAID, scope: { ...everything, strategyId: 'A' } });
    await next.pass(1_000);
    expect(next.trades()).toMatchObject([{ strategyId: 'A', closeReason: 'manual' }]);
    expect(exchangeOf(next).signedQty('odum', 'BTCUSDT')).toBe(1);
    new DeskLaws().check(next);
  });

  it('is not given to one who asks for more, and everybody can read why', async () => {
    const desk = await opened();
    await byHand(desk, 'LONG', 3);
    await desk.control(adoption('A', '0.004'));
    expect(desk.audited.at(-1)).toMatchObject({
      ...{ type: 'intent_denied', strategyId: 'A', code: 'NOT_EXTERNAL' },
      intentId: expect.stringMatching(/^control-/),
    });
    expect(desk.manager().state.channel).toMatchObject({ external: 3 });
    expect(exchangeOf(desk).openOrders('odum')).toEqual([]);
  });
});

describe('a command to reconcile', () => {
  const reconcile = (scope: Partial<Record<'exchange' | 'symbol', string>>): ControlMessage => ({
    ...{ type: 'reconcile', ...SAID },
    scope: { exchange: null, symbol: null, strategyId: null, ...scope },
  });

  it.each([
    ['everything', {}, ['BTCUSDT', 'ETHUSDT']],
    ['a symbol', { symbol: 'ETHUSDT' }, ['ETHUSDT']],
    ['an exchange', { exchange: EXCHANGE }, ['BTCUSDT', 'ETHUSDT']],
  ])('has the gateway ask for %s at once, and the channels compare', async (_, scope, symbols) => {
    const desk = await opened(['BTCUSDT', 'ETHUSDT']);
    await desk.pass(5_000);
    desk.sent.splice(0);
    const asked = desk.clock.now();

    await desk.control(reconcile(scope));
    await desk.pass(1_000);

    expect(desk.sent.map(({ symbol, type }) => [type, symbol])).toEqual(
      symbols.map((symbol) => ['query_position', symbol]),
    );
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      const at = desk.manager(symbol).state.compared!.at;
      expect(at >= asked).toBe(symbols.includes(symbol));
    }
    expect(desk.audited.at(-1)).toMatchObject({ type: 'control', command: 'reconcile', by: 'odi' });
  });

  it('leaves no trace in the journal of a gateway that it is not about, as no other command does', async () => {
    const desk = await opened();
    const handled = () => desk.gateways.runners.map((runner) => runner.handled);
    const before = handled();
    await desk.control(reconcile({ exchange: 'okx' }));
    await desk.control({ ...reconcile({}), type: 'retry' });
    expect(handled()).toEqual(before);
  });
});
