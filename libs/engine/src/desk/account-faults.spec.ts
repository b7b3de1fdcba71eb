import { describe, expect, it } from '@jest/globals';
import { samplesOf, type ControlMessage } from '@bowline/contracts';
import type { ExchangeFact } from '@bowline/ports';
import { LiveDesk } from '@bowline/testkit';

const EXCHANGE = 'binance-usdm';
const CLIENT = 'odum';
const SYMBOL = 'BTCUSDT';
const MINUTE_MS = 60_000;

let facts = 0;

/** A has 2 lots long with its pair in force, and the exchange has been compared with that. */
async function given(options: Parameters<typeof LiveDesk.open>[0] = {}): Promise<LiveDesk> {
  const strategies = { A: {}, B: {} };
  const desk = await LiveDesk.open({
    clients: { [CLIENT]: { params: { fixedQuantity: '0.002' }, strategies } },
    ...options,
  });
  await desk.price(45_000);
  await desk.signal('A', 1, { takeProfit: '48000', stopLoss: '43000' });
  await desk.pass(2 * MINUTE_MS + 5_000);
  return desk;
}

/** The exchange says something that it would not say of itself here. */
async function says(desk: LiveDesk, fact: ExchangeFact): Promise<void> {
  facts += 1;
  const id = `said-${facts}`;
  const { runner } = desk.gateways.shards[0]!;
  const envelope = { id, source: runner.shard, epoch: runner.epoch, topic: 'exchange' };
  await runner.handle(envelope, { type: 'report', report: { id, at: desk.clock.now(), ...fact } });
  await desk.quiet();
}

async function enter(desk: LiveDesk, strategyId: string): Promise<void> {
  await desk.signal(strategyId, 1, { takeProfit: '48000', stopLoss: '43000' });
  await desk.pass(1_000);
}

/** `A-1 2`: what each strategy position holds. */
function shares(desk: LiveDesk): string[] {
  const { external, positions } = desk.manager().state.channel;
  const held = [...positions.values()].map(({ id, share }) => `${id} ${share.quantity}`);
  return external === 0 ? held : [...held, `EXTERNAL ${external}`];
}

function said(desk: LiveDesk): string[] {
  return desk.audited.flatMap((entry) => {
    const { type } = entry;
    return type === 'alert' || type === 'intent_denied' ? [`${type} ${entry.code}`] : [];
  });
}

/** What a series of the channel has counted, by the label that tells its counts apart. */
function counted(desk: LiveDesk, series: string, label: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const sample of samplesOf(desk.manager().state.tally)) {
    const { labels, value } = sample;
    if (sample.series !== series || typeof value !== 'number') continue;
    counts[(labels as Record<string, string>)[label]!] = value;
  }
  return counts;
}

const DIVERGENCES = 'tradeengine_position_reconciliation_divergences_total';

describe('40: a person trades by hand', () => {
  it('is EXTERNAL’s, told and counted once, and A’s position and pair are as they were', async () => {
    const desk = await given();
    const exchange = desk.exchanges.get(EXCHANGE)!;
    exchange.carryOut({
      ...{ kind: 'new', account: CLIENT, symbol: SYMBOL, clientOrderId: 'phone', side: 'SELL' },
      ...{ orderType: 'MARKET', orderQty: 1 },
    });
    await desk.pass(2 * MINUTE_MS);
    expect(shares(desk)).toEqual(['A-1 2', 'EXTERNAL -1']);
    expect(exchange.openOrders(CLIENT)).toMatchObject([{ leavesQty: 2 }, { leavesQty: 2 }]);
    expect(said(desk)).toEqual(['alert EXTERNAL_TRADE']);
    expect(counted(desk, DIVERGENCES, 'category')).toEqual({ drift: 0, external_trade: 1 });
    const next = await desk.crash();
    await next.pass(MINUTE_MS);
    expect([shares(next), said(next)]).toEqual([['A-1 2', 'EXTERNAL -1'], ['alert EXTERNAL_TRADE']]);
    expect(counted(next, DIVERGENCES, 'category')).toEqual({ drift: 0, external_trade: 1 });
  });
});

describe('41: a person cancels our stop', () => {
  it('is noticed as a naked position, and the stop is back', async () => {
    const desk = await given();
    const exchange = desk.exchanges.get(EXCHANGE)!;
    const stop = exchange.openOrders(CLIENT).find(({ stopPrice }) => stopPrice !== null)!;
    const { clientOrderId } = stop;
    exchange.carryOut({ kind: 'cancel', account: CLIENT, symbol: SYMBOL, clientOrderId });
    await desk.pass(2_000);
    expect(counted(desk, 'tradeengine_naked_position_detected_total', 'symbol')).toEqual({ [SYMBOL]: 1 });
    const again = exchange.openOrders(CLIENT).filter(({ stopPrice }) => stopPrice !== null);
    expect(again).toMatchObject([{ stopPrice: 430_000, leavesQty: 2 }]);
    expect(again[0]!.clientOrderId).not.toBe(clientOrderId);
  });
});

describe('42: the sum of shares differs from what the exchange says', () => {
  const holdsFive = (lastTradeId: number): ExchangeFact => ({
    ...{ type: 'position', symbol: SYMBOL, entryPrice: '45000', signedQty: 5, lastTradeId },
  });

  it('freezes what increases, told and counted once, until the missing trade is found: that is EXTERNAL’s', async () => {
    const desk = await given();
    const exchange = desk.exchanges.get(EXCHANGE)!;
    const lastTradeId = exchange.trades(CLIENT, SYMBOL).at(-1)!.tradeId;
    await says(desk, holdsFive(lastTradeId));
    await says(desk, holdsFive(lastTradeId));
    expect(desk.manager().state.channel.frozen).toBe(true);
    expect(desk.manager().state.compared).toMatchObject({ exchangeQty: 5, difference: -3 });
    expect(shares(desk)).toEqual(['A-1 2']);
    await enter(desk, 'B');
    expect(said(desk)).toEqual(['alert DRIFT', 'intent_denied INCREASES_FROZEN']);
    expect(counted(desk, DIVERGENCES, 'category')).toEqual({ drift: 1, external_trade: 0 });

    const trade = {
      clientOrderId: 'phone',
      tradeId: lastTradeId + 1_000,
      side: 'BUY',
      cumQty: null,
    } as const;
    const terms = { lastQty: 3, lastPx: 450_000, fee: 0n, feeBaseLots: 0, liquidity: 'taker' } as const;
    await says(desk, { type: 'trade', symbol: SYMBOL, ...trade, ...terms });
    await says(desk, holdsFive(lastTradeId + 1_000));
    expect(desk.manager().state.channel.frozen).toBe(false);
    expect(shares(desk)).toEqual(['A-1 2', 'EXTERNAL 3']);
    await enter(desk, 'B');
    expect(shares(desk)).toEqual(['A-1 2', 'B-1 2', 'EXTERNAL 3']);
  });

  it('lets closes go on', async () => {
    const desk = await given();
    const lastTradeId = desk.exchanges.get(EXCHANGE)!.trades(CLIENT, SYMBOL).at(-1)!.tradeId;
    await says(desk, holdsFive(lastTradeId));
    await desk.signal('A', 0);
    await desk.pass(1_000);
    expect(desk.trades()).toMatchObject([{ strategyId: 'A', closeReason: 'signal', quantity: 2 }]);
  });
});

describe('43: a position query fails', () => {
  it('is unknown, and never flat: nothing changes, and the next sweep compares', async () => {
    let broken = false;
    const desk = await given({
      exchange: {
        faultOf: (_, { type }) => (broken && type === 'query_position' ? 'request_lost' : null),
      },
    });
    const compared = desk.manager().state.compared!;
    broken = true;
    await desk.pass(5 * MINUTE_MS);
    expect(desk.sent.filter(({ type }) => type === 'query_position').length).toBeGreaterThan(5);
    expect(desk.manager().state.compared).toEqual(compared);
    expect([shares(desk), said(desk)]).toEqual([['A-1 2'], []]);
    expect(desk.exchanges.get(EXCHANGE)!.openOrders(CLIENT)).toHaveLength(2);
    broken = false;
    await desk.pass(2 * MINUTE_MS);
    expect(desk.manager().state.compared).toMatchObject({ exchangeQty: 2, difference: 0 });
    expect(desk.manager().state.compared!.at).toBeGreaterThan(compared.at);
  });
});

describe('44: leverage is changed at the exchange, by somebody else', () => {
  it('halts the account with its pairs in force, over a crash, until a person lifts it', async () => {
    const before = await given();
    const exchange = before.exchanges.get(EXCHANGE)!;
    expect(exchange.set({ kind: 'leverage', account: CLIENT, symbol: SYMBOL, leverage: 7 })).toBeNull();
    await before.pass(1_000);
    const desk = await before.crash();
    expect(desk.manager().state.channel.tradingState).toBe('HALTED');
    await enter(desk, 'B');
    expect([shares(desk), exchange.openOrders(CLIENT).length]).toEqual([['A-1 2'], 2]);
    expect(said(desk)).toContain('alert ACCOUNT_CHANGED');

    const resume: ControlMessage = {
      ...{ type: 'trading_state', clientId: CLIENT, by: 'odi', reason: 'set back' },
      ...{ scope: { exchange: EXCHANGE, symbol: null, strategyId: null }, tradingState: 'ACTIVE' },
    };
    await desk.control(resume);
    await enter(desk, 'B');
    expect(shares(desk)).toEqual(['A-1 2', 'B-1 2']);
  });
});
