import { describe, expect, it } from '@jest/globals';
import type { PositionView } from '@bowline/contracts';
import { EXCHANGE, LiveDesk, SYMBOL, type LiveDeskOptions, type ParamsSpec } from '@bowline/testkit';
import { ocoSamples } from '../roles/oco-manager/samples.js';

const CLIENT = 'odum';
const LEGS: ParamsSpec = { fixedQuantity: '0.01', takeProfitPct: 2, stopLossPct: 1 };

/** A desk of one account whose exchange takes so many conditional orders; prices begin at 45,000. */
async function deskOf(
  stops: number | null,
  allowSynthetic = true,
  options: Omit<LiveDeskOptions, 'clients'> = {},
): Promise<LiveDesk> {
  const { exchange, ...more } = options;
  const account = { allowSynthetic, balance: 10_000_000 };
  const desk = await LiveDesk.open({
    clients: { [CLIENT]: { params: LEGS, accounts: { [EXCHANGE]: account } } },
    exchange: { maxConditionalOrders: stops, ...exchange },
    ...more,
  });
  await desk.price(45_000);
  return desk;
}

/** Strategies of these numbers go long, and all that it leads to is over. */
async function enter(desk: LiveDesk, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) desk.publishSignal(`s${n}`, 1);
  await desk.quiet();
  await desk.pass(1_000);
}

async function moves(desk: LiveDesk, ...prices: readonly number[]): Promise<void> {
  for (const price of prices) {
    await desk.price(price);
    await desk.pass(1_000);
  }
}

/** As the `positions` topic has shown them last. */
function views(desk: LiveDesk): PositionView[] {
  const last = new Map<string, PositionView>();
  for (const message of desk.positions)
    for (const view of message.positions) last.set(view.strategyPositionId, view);
  return [...last.values()];
}

function countOf(desk: LiveDesk, by: (view: PositionView) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const view of views(desk)) counts[by(view)] = (counts[by(view)] ?? 0) + 1;
  return counts;
}

const alertsOf = (desk: LiveDesk) =>
  desk.audited.flatMap((entry) => (entry.type === 'alert' ? [entry.code] : []));
const stopsAt = (desk: LiveDesk) =>
  desk.exchanges
    .get(EXCHANGE)!
    .openOrders(CLIENT)
    .filter(({ conditional }) => conditional).length;
const channelOf = (desk: LiveDesk) => desk.manager(SYMBOL, EXCHANGE, CLIENT).state.channel;

function modesShown(desk: LiveDesk): Record<string, unknown> {
  const samples = [...ocoSamples(desk.manager(SYMBOL, EXCHANGE, CLIENT).state, { channel: NAME })];
  const pairs = samples.flatMap((each) => (each.series === 'bowline_oco_pairs' ? [each] : []));
  return Object.fromEntries(pairs.map(({ labels, value }) => [(labels as { mode: string }).mode, value]));
}
const NAME = { clientId: CLIENT, exchange: EXCHANGE, symbol: SYMBOL };

describe('250 pairs on an account of 200 conditional orders', () => {
  it('are all protected, the mode of each is shown, and each stop closes its own', async () => {
    const desk = await deskOf(200);
    await enter(desk, 1, 250);
    expect(stopsAt(desk)).toBe(200);
    expect(countOf(desk, ({ protection }) => protection)).toEqual({ paired: 200, synthetic: 50 });
    expect(countOf(desk, ({ pairStatus }) => pairStatus)).toEqual({ active: 250 });
    expect(modesShown(desk)).toEqual({ native: 0, paired: 200, guarded: 0, synthetic: 50 });
    const bare = [...channelOf(desk).positions.values()].filter((each) => each.unprotectedSince !== null);
    expect(bare).toEqual([]);
    await moves(desk, 44_500, 44_000);
    expect(desk.trades().map(({ closeReason }) => closeReason)).toEqual(Array(250).fill('stop_loss'));
    expect(desk.exchanges.get(EXCHANGE)!.signedQty(CLIENT, SYMBOL)).toBe(0);
    expect([alertsOf(desk), desk.incidents]).toEqual([[], []]);
  });
});

describe('an account that may not watch stops', () => {
  it('keeps no position whose stop finds no room', async () => {
    const desk = await deskOf(2, false);
    await enter(desk, 1, 3);
    expect(countOf(desk, ({ protection, status }) => `${protection} ${status}`)).toEqual({
      'paired open': 2,
      'paired closed': 1,
    });
    expect(alertsOf(desk)).toEqual(['STOP_REJECTED']);
    expect(desk.trades()).toMatchObject([{ closeReason: 'halt' }]);
  });
});

describe('what is watched', () => {
  it('takes profit, too, and leaves the others alone', async () => {
    const desk = await deskOf(1);
    await enter(desk, 1, 2);
    await moves(desk, 45_950);
    expect(desk.trades().map(({ closeReason }) => closeReason)).toEqual(['take_profit', 'take_profit']);
    expect(desk.exchanges.get(EXCHANGE)!.openOrders(CLIENT)).toEqual([]);
  });

  it('is watched again after the process has died', async () => {
    const desk = await deskOf(0);
    await enter(desk, 1, 3);
    const next = await desk.crash();
    expect([...channelOf(next).positions.values()].map(({ protection }) => protection)).toEqual(
      Array(3).fill('synthetic'),
    );
    await moves(next, 44_400);
    expect(next.trades().map(({ closeReason }) => closeReason)).toEqual(Array(3).fill('stop_loss'));
  });

  it('is closed by a gap that came back: by the stop, where the gap went through both', async () => {
    const desk = await deskOf(0);
    await enter(desk, 1, 1);
    await moves(desk, 45_000);
    const update = { exchange: EXCHANGE, symbol: SYMBOL, last: 450_000, low: 440_000, high: 470_000 };
    desk.managers.onMarket(update);
    await desk.pass(1_000);
    expect(desk.trades()).toMatchObject([{ closeReason: 'stop_loss' }]);
  });

  it('has not seen what traded before it was there', async () => {
    const desk = await deskOf(0);
    await enter(desk, 1, 1);
    const update = { exchange: EXCHANGE, symbol: SYMBOL, last: 450_000, low: 440_000, high: 470_000 };
    desk.managers.onMarket(update);
    await desk.pass(1_000);
    expect(desk.trades()).toEqual([]);
  });

  it('follows the price where its stop trails', async () => {
    const desk = await LiveDesk.open({
      clients: {
        [CLIENT]: {
          params: { fixedQuantity: '0.01', trailingStopPct: 1 },
          accounts: { [EXCHANGE]: { allowSynthetic: true } },
        },
      },
      exchange: { maxConditionalOrders: 0 },
    });
    await desk.price(45_000);
    await enter(desk, 1, 1);
    await moves(desk, 46_000, 45_700);
    expect(desk.trades()).toEqual([]);
    await moves(desk, 45_500);
    expect(desk.trades()).toMatchObject([{ closeReason: 'stop_loss', stopLossPrice: 455_400 }]);
  });

  it('is no protection without prices: an alert, and the seconds count until they come again', async () => {
    const desk = await deskOf(0, true, { watchStaleMs: 5_000 });
    await enter(desk, 1, 1);
    await moves(desk, 45_000);
    const heard = desk.clock.now() - 1_000;
    await desk.pass(4_000);
    expect(alertsOf(desk)).toEqual(['WATCH_STALE']);
    expect(views(desk)).toMatchObject([{ pairStatus: 'degraded', unprotectedSince: heard }]);
    await desk.pass(2_000);
    await moves(desk, 45_000);
    expect(views(desk)).toMatchObject([{ pairStatus: 'active', unprotectedSince: null }]);
    const { tally } = desk.manager(SYMBOL, EXCHANGE, CLIENT).state;
    const spells = [...(tally.get('bowline_unprotected_seconds')?.values() ?? [])];
    expect(spells.map(({ value }) => value)).toContainEqual(expect.objectContaining({ count: 2 }));
    expect(desk.audited.filter(({ type }) => type === 'alert')).toHaveLength(1);
  });

  it('rests again where a person has it tried once there is room', async () => {
    const desk = await deskOf(1);
    await enter(desk, 1, 2);
    await desk.signal('s1', 0);
    await desk.pass(1_000);
    expect(stopsAt(desk)).toBe(0);
    const scope = { exchange: null, symbol: null, strategyId: null };
    await desk.control({ type: 'retry', clientId: CLIENT, scope, by: 'odi', reason: 'there is room again' });
    await desk.pass(1_000);
    expect(stopsAt(desk)).toBe(1);
    expect(channelOf(desk).positions.get('s2-1')).toMatchObject({
      protection: 'paired',
      unprotectedSince: null,
    });
  });
});

describe('an exchange that holds no stops', () => {
  it('has none sent to it', async () => {
    const desk = await deskOf(null, true, { capabilities: { conditionalOrders: false } });
    await enter(desk, 1, 2);
    expect(countOf(desk, ({ protection }) => protection)).toEqual({ synthetic: 2 });
    expect(desk.sent.filter((request) => request.type === 'place')).toHaveLength(2);
    await moves(desk, 44_400);
    expect(desk.trades().map(({ closeReason }) => closeReason)).toEqual(['stop_loss', 'stop_loss']);
  });

  it('is given no position by an account that may not watch stops', async () => {
    const desk = await deskOf(null, false, { capabilities: { conditionalOrders: false } });
    await enter(desk, 1, 1);
    expect(desk.audited.filter(({ type }) => type === 'intent_denied')).toMatchObject([
      { code: 'PROTECTION_UNAVAILABLE' },
    ]);
    expect(views(desk)).toEqual([]);
  });

  it('31: holds the stop alone where no closing order can rest that only closes', async () => {
    const desk = await deskOf(null, true, { capabilities: { reduceOnly: false } });
    await enter(desk, 1, 1);
    expect(desk.exchanges.get(EXCHANGE)!.openOrders(CLIENT)).toMatchObject([{ conditional: true }]);
    await moves(desk, 45_950);
    expect(desk.trades()).toMatchObject([{ closeReason: 'take_profit' }]);
  });
});

describe('I9: a position whose stop is refused again and again', () => {
  it('halts its channel after a minute, with an alert', async () => {
    const desk = await deskOf(null, true, {
      exchange: {
        faultOf: (_, request) =>
          request.type === 'place' && request.terms.key.leg === 's' ? 'request_lost' : null,
      },
    });
    await enter(desk, 1, 1);
    await desk.pass(90_000);
    expect(alertsOf(desk)).toContain('UNPROTECTED');
    expect(channelOf(desk).tradingState).toBe('HALTED');
    const [told] = desk.audited.filter((entry) => entry.type === 'alert' && entry.code === 'UNPROTECTED');
    expect(told!.at - channelOf(desk).positions.get('s1-1')!.unprotectedSince!).toBeGreaterThanOrEqual(
      60_000,
    );
  });
});

describe('29: the line breaks while a leg triggers', () => {
  it('the position is over once the line stands again, and no leg of it is left', async () => {
    const desk = await deskOf(null);
    await enter(desk, 1, 1);
    const exchange = desk.exchanges.get(EXCHANGE)!;
    exchange.disconnect(CLIENT);
    await moves(desk, 44_400);
    expect(desk.trades()).toEqual([]);
    exchange.reconnect(CLIENT);
    await desk.pass(10_000);
    expect(desk.trades()).toMatchObject([{ closeReason: 'stop_loss' }]);
    expect(exchange.openOrders(CLIENT)).toEqual([]);
    expect(exchange.signedQty(CLIENT, SYMBOL)).toBe(0);
  });
});

describe('closing orders carry reduceOnly', () => {
  it.each<[string, boolean, object]>([
    ['one strategy, which closes before it turns', true, { strategies: { s1: {} } }],
    [
      'strategies that only buy',
      true,
      { strategies: { s1: { mode: 'longOnly' }, s2: { mode: 'longOnly' } } },
    ],
    ['whoever sends a signal, buying only', true, { params: { ...LEGS, mode: 'longOnly' } }],
    ['strategies that may be on opposite sides', false, { strategies: { s1: {}, s2: {} } }],
    ['one that sells beside one that buys', false, { strategies: { s1: { mode: 'longOnly' }, s2: {} } }],
    ['whoever sends a signal', false, {}],
    ['a side of its own for each position', false, { accounts: { [EXCHANGE]: { hedgeMode: true } } }],
  ])('%s: %s', async (_what, carried, spec) => {
    const desk = await LiveDesk.open({ clients: { [CLIENT]: { params: LEGS, ...spec } } });
    await desk.price(45_000);
    await enter(desk, 1, 1);
    await moves(desk, 44_400);
    const flags = desk.sent.flatMap((request) =>
      request.type === 'place' && request.terms.key.leg !== 'e' ? [request.terms.reduceOnly] : [],
    );
    expect(flags).toEqual([carried, carried]);
    expect(desk.trades()).toMatchObject([{ closeReason: 'stop_loss' }]);
  });
});
