import { beforeAll, describe, expect, it } from '@jest/globals';
import { encodeJson } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import fc from 'fast-check';
import { Answers } from '../answers/answers.js';
import {
  bodyOf,
  foldAll,
  newModel,
  openSeed,
  recordedDesk,
  stopOfB,
  takeProfitOfA,
  type RecordedDesk,
} from '../desk.spec-support.js';
import type { LiveModel } from './live-model.js';

/** Everything that a model answers, as one value. */
function everything(model: LiveModel): unknown {
  const answers = new Answers(model);
  const all = { limit: '1000' };
  return {
    channels: answers.channels({}),
    accounts: answers.accounts({}),
    positions: answers.positions(all),
    pairs: answers.pairs(all),
    orders: answers.orders(all),
    trades: answers.trades(all),
    fills: answers.fills(all),
    signals: answers.signals(all),
    denials: answers.denials(all),
    alerts: answers.alerts(all),
    controls: answers.controls(all),
    statistics: answers.statistics({}),
  };
}

describe("the seed's document of a strategy position", () => {
  let recorded: RecordedDesk;
  beforeAll(async () => {
    recorded = await recordedDesk();
    await openSeed(recorded);
  });

  it('is as in the seed when the position is open, then when its take-profit has filled', async () => {
    const model = foldAll(newModel(recorded), recorded.messages);
    const [, a] = model.positions.newestFirst();
    const opened = {
      strategyPositionId: 'A-1',
      strategyId: 'A',
      symbol: 'BTCUSDT',
      side: 'LONG',
      entryPrice: '45000',
      entryQuantity: '0.001',
      takeProfitPrice: '48000',
      stopLossPrice: '43000',
      exchangePositionKey: 'BTCUSDT_LONG',
    };
    const { entryTime } = a!;
    expect(a).toMatchObject({
      ...opened,
      status: 'open',
      exitPrice: null,
      exitQuantity: null,
      exitTime: null,
      closeReason: null,
      realizedPnl: null,
      realizedPnlPct: null,
      durationSeconds: null,
      exitOrderId: null,
    });

    await takeProfitOfA(recorded);
    foldAll(model, recorded.messages);
    const closed = model.positions.newestFirst()[1]!;
    expect(closed).toMatchObject({
      ...opened,
      entryTime,
      status: 'closed',
      exitPrice: '48000',
      exitQuantity: '0.001',
      closeReason: 'take_profit',
      realizedPnl: '3',
      realizedPnlPct: '6.6667',
      openQuantity: '0',
      openCost: '0',
      pairStatus: 'closed',
      takeProfitStatus: 'filled',
      stopLossStatus: 'canceled',
    });
    const exit = model.orders.newestFirst().find(({ clientOrderId }) => clientOrderId === closed.exitOrderId);
    expect(exit).toMatchObject({ leg: 't', orderStatus: 'filled', avgPx: '48000', leavesQty: '0' });
    expect(Number(closed.durationSeconds) * 1_000).toBe(closed.exitTime! - entryTime!);
    expect(Math.round(Number(closed.durationSeconds))).toBe(900);
    expect(closed.netPnl).toBe(String(3 - Number(closed.fees)));

    // B is as it was, with its own pair.
    expect(model.positions.newestFirst()[0]).toMatchObject({
      strategyId: 'B',
      status: 'open',
      entryPrice: '46000',
      openQuantity: '0.002',
      openCost: '92',
      takeProfitPrice: '49000',
      stopLossPrice: '44000',
      pairStatus: 'active',
    });
  });

  it('is then closed for B at its stop, and the figures are those of the two', async () => {
    await stopOfB(recorded);
    const model = foldAll(newModel(recorded), recorded.messages);
    expect(model.positions.newestFirst()[0]).toMatchObject({
      strategyId: 'B',
      closeReason: 'stop_loss',
      realizedPnl: '-4',
      exitPrice: '44000',
      exitQuantity: '0.002',
    });
    const { byStrategy, overall } = new Answers(model).statistics({});
    expect(overall).toMatchObject({
      trades: 2,
      wins: 1,
      losses: 1,
      winRate: 0.5,
      takeProfits: 1,
      stopLosses: 1,
      takeProfitHitRate: 0.5,
      realizedPnl: '-1',
      grossProfit: '3',
      grossLoss: '-4',
      profitFactor: 0.75,
      expectancy: -0.5,
      openPositions: 0,
    });
    expect(
      byStrategy.map(({ realizedPnl, strategyId, takeProfitHitRate }) => [
        strategyId,
        realizedPnl,
        takeProfitHitRate,
      ]),
    ).toEqual([
      ['A', '3', 1],
      ['B', '-4', 0],
    ]);
    const [channel] = new Answers(model).channels({}).items;
    expect(channel).toMatchObject({
      sumOfShares: '0',
      difference: '0',
      differences: 0,
      frozen: false,
      tradingState: 'ACTIVE',
      tickSize: '0.1',
    });
    expect(channel!.comparisons).toBeGreaterThan(0);
  });
});

describe('the fold', () => {
  let recorded: RecordedDesk;
  beforeAll(async () => {
    recorded = await recordedDesk({
      clients: {
        odum: { params: { fixedQuantity: '0.001' }, strategies: { A: {}, B: { fixedQuantity: '0.002' } } },
        ikenna: { params: { fixedQuantity: '0.003', stopLossPct: 3 } },
      },
    });
    await openSeed(recorded);
    await recorded.desk.signal('A', 1);
    await recorded.desk.signal('B', -1);
    await recorded.desk.pass(1_000);
    await recorded.desk.control({
      type: 'trading_state',
      clientId: 'odum',
      scope: { exchange: null, symbol: null, strategyId: null },
      tradingState: 'HALTED',
      by: 'christian',
      reason: 'lunch',
    });
    await recorded.desk.signal('A', -1);
    await recorded.desk.pass(1_000);
    await takeProfitOfA(recorded);
  });

  it('has something of everything to be folded', () => {
    const model = foldAll(newModel(recorded), recorded.messages);
    for (const table of ['positions', 'trades', 'orders', 'fills', 'signals', 'controls'] as const) {
      expect([table, model[table].newestFirst().length > 0]).toEqual([table, true]);
    }
    expect(new Answers(model).controls({}).items[0]).toMatchObject({
      tradingState: 'HALTED',
      by: 'christian',
    });
    expect(new Answers(model).statistics({}).ignoredSignals).not.toEqual({});
  });

  it('gives the same however often, and however late, messages come again', () => {
    const { messages } = recorded;
    const once = everything(foldAll(newModel(recorded), messages));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(messages.length - 1), fc.nat(messages.length))), (again) => {
        const model = newModel(recorded);
        for (const [at, message] of messages.entries()) {
          model.fold(message, bodyOf(message));
          for (const [which, later] of again) {
            // Once it has come, it may come again at any later time.
            if (which + later !== at || which > at) continue;
            expect(model.fold(messages[which]!, bodyOf(messages[which]!))).toEqual({});
          }
        }
        expect(everything(model)).toEqual(once);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same rows however the messages of different senders are mixed, but for their numbers', () => {
    const { messages } = recorded;
    const unnumbered = (model: LiveModel): unknown =>
      JSON.parse(JSON.stringify(everything(model), comparable));
    const inOrder = unnumbered(foldAll(newModel(recorded), messages));
    const lanes = new Map<string, BusMessage[]>();
    for (const message of messages) {
      const lane = `${message.topic} ${message.key}`;
      lanes.set(lane, [...(lanes.get(lane) ?? []), message]);
    }
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (draws) => {
        const waiting = [...lanes.values()].map((lane) => [...lane]);
        const model = newModel(recorded);
        for (const draw of draws) {
          const ready = waiting.filter((lane) => lane.length > 0);
          if (ready.length === 0) break;
          const message = ready[draw % ready.length]!.shift()!;
          model.fold(message, bodyOf(message));
        }
        expect(unnumbered(model)).toEqual(inOrder);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses what a sender says that has been replaced', () => {
    const model = foldAll(newModel(recorded), recorded.messages);
    const before = everything(model);
    const last = recorded.messages.filter(({ topic }) => topic === 'positions.odum').at(-1)!;
    const stale = { ...last, id: 'of a former process', epoch: last.epoch - 1 };
    expect(model.fold(stale, bodyOf(stale))).toEqual({});
    expect(everything(model)).toEqual(before);
  });

  it('throws for a symbol that the desk does not trade, and nothing has changed', () => {
    const model = newModel(recorded);
    const message = recorded.messages.find(({ topic }) => topic === 'positions.odum')!;
    const foreign = { ...message, data: message.data.replaceAll('BTCUSDT', 'DOGEUSDT') };
    expect(() => model.fold(foreign, bodyOf(foreign))).toThrow(
      new RangeError('the desk does not trade DOGEUSDT at binance-usdm'),
    );
    expect(everything(model)).toEqual(everything(newModel(recorded)));
    expect(model.isNews(foreign)).toBe(true);
  });

  it('keeps what is open, and of what is over no more than it should', () => {
    const model = foldAll(newModel(recorded, 2), recorded.messages);
    const all = foldAll(newModel(recorded), recorded.messages);
    expect(model.fills.newestFirst()).toEqual(all.fills.newestFirst().slice(0, 2));
    const open = (each: LiveModel) =>
      [...each.positions.open()].map(({ strategyPositionId }) => strategyPositionId);
    expect(open(model)).toEqual(open(all));
    expect(new Answers(model).statistics({})).toEqual(new Answers(all).statistics({}));
  });
});

describe('funding', () => {
  it('is one row for each time that it is booked, with what was added', async () => {
    const recorded = await recordedDesk();
    await openSeed(recorded);
    const model = foldAll(newModel(recorded), recorded.messages);
    const last = recorded.messages.filter(({ topic }) => topic === 'positions.odum').at(-1)!;
    const told = (id: string, funding: bigint, at: number) => {
      const message = bodyOf(last);
      if (message.topic !== 'positions') throw new Error('it is one of positions');
      const positions = message.body.positions.map((view) => ({ ...view, funding }));
      const again = { ...last, id, data: encodeJson({ ...message.body, at, positions }) };
      return model.fold(again, bodyOf(again));
    };
    const amounts = [
      told('one', -(10n ** 16n), 1_000).funding,
      told('two', -(10n ** 16n), 2_000).funding,
      told('three', 5n * 10n ** 15n, 3_000).funding,
    ].map((rows) => rows!.map(({ amount, strategyId, time }) => [strategyId, time, amount]));
    expect(amounts).toEqual([[['B', 1_000, '-0.01']], [], [['B', 3_000, '0.015']]]);
  });
});

/** Without numbers and the order that they give, and without streaks, which go over all senders. */
function comparable(key: string, value: unknown): unknown {
  if (key === 'sequence' || key.startsWith('maxConsecutive')) return 0;
  if (!Array.isArray(value)) return value;
  return [...(value as unknown[])].map((item) => JSON.stringify(item, comparable)).sort();
}
