import { describe, expect, it } from '@jest/globals';
import { channelKey, topicOf, type TopicName } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import { CLIENT, EXCHANGE, LiveDesk, SYMBOL } from '@bowline/testkit';

const DAY_MS = 86_400_000;
const scope = { exchange: null, symbol: null, strategyId: 'B' };

/** All that a desk has told, in the order of each topic. */
function historyOf(desk: LiveDesk): BusMessage[] {
  const history: BusMessage[] = [];
  const topics: (readonly [TopicName, string])[] = [
    ...(['signals', 'order-intents', 'positions', 'control'] as const).map(
      (topic) => [topic, CLIENT] as const,
    ),
    ...(['orders', 'executions'] as const).map((topic) => [topic, `${CLIENT}.${EXCHANGE}`] as const),
  ];
  for (const [topic, whose] of topics) {
    desk.bus.subscribe({
      topic: topicOf(topic, whose),
      group: 'history',
      handle: ({ message }) => {
        history.push(message);
        return Promise.resolve();
      },
    });
  }
  return history;
}

/** A day's trading: taken profits, stops, reversals, closes by hand, and something that stays open. */
async function trade(desk: LiveDesk): Promise<void> {
  await desk.price(45_000);
  await desk.signal('A', 1, { takeProfit: '48000', stopLoss: '43000' });
  await desk.pass(1_000);
  await desk.signal('B', 1, { takeProfit: '49000', stopLoss: '44000' });
  await desk.pass(1_000);
  await desk.price(48_000);
  await desk.pass(1_000);
  await desk.control({ type: 'close', clientId: CLIENT, scope, by: 'operator', reason: 'a drill' });
  await desk.pass(1_000);
  await desk.signal('A', -1, { takeProfit: '46000', stopLoss: '49000' });
  await desk.pass(1_000);
  await desk.signal('A', 1, { takeProfit: '50000', stopLoss: '47000' });
  await desk.pass(60_000);
  await desk.signal('B', -1, { takeProfit: '46500', stopLoss: '49500' });
  await desk.pass(60_000);
}

/** What an account is asked to do, questions aside. */
const actsOf = (desk: LiveDesk) => desk.sent.filter(({ type }) => !type.startsWith('query'));

describe('a bus that hands over again what is a day old', () => {
  it.each([
    ['to a desk that has gone on', async (desk: LiveDesk) => Promise.resolve(desk)],
    ['to a desk that was started again meanwhile', (desk: LiveDesk) => desk.crash()],
  ])('%s moves nothing', async (_, meanwhile) => {
    const first = await LiveDesk.open({ signalTtlMs: null, snapshotEvery: 100 });
    const history = historyOf(first);
    await trade(first);
    const old = [...history];
    await first.pass(DAY_MS);
    const desk = await meanwhile(first);
    const state = () => ({
      acts: actsOf(desk).length,
      trades: desk.trades(),
      positions: desk.exchanges.get(EXCHANGE)!.positions(CLIENT),
      orders: desk.exchanges.get(EXCHANGE)!.openOrders(CLIENT),
      records: desk.runners().map((runner) => [runner.shard, runner.handled]),
    });
    const { records, ...before } = state();
    expect([before.trades.length, before.orders.length]).toEqual([3, 4]);
    expect(new Set(old.map(({ topic }) => topic.split('.')[0])).size).toBe(6);
    expect(
      old.some(({ key }) => key === channelKey({ clientId: CLIENT, exchange: EXCHANGE, symbol: SYMBOL })),
    ).toBe(true);

    for (const message of old) await desk.bus.publish(message);
    await desk.quiet();
    await desk.pass(60_000);
    const { records: after, ...now } = state();
    expect(now).toEqual(before);
    expect(after).not.toEqual(records);
    expect(new Set(desk.incidents.map(({ what }) => what))).toEqual(new Set(['duplicate']));
  });
});
