import { beforeAll, describe, expect, it } from '@jest/globals';
import { ANALYTICS_ROUTE, type AnalyticsRouteName } from '@bowline/contracts';
import { foldAll, newModel, openSeed, recordedDesk, stopOfB, takeProfitOfA } from '../desk.spec-support.js';
import type { LiveModel } from '../model/live-model.js';
import { Answers, BadQuery } from './answers.js';

type Listed = Exclude<AnalyticsRouteName, 'database'>;
const LISTED = Object.keys(ANALYTICS_ROUTE).filter((name) => name !== 'database') as Listed[];

let model: LiveModel;
let answers: Answers;

beforeAll(async () => {
  const recorded = await recordedDesk({
    clients: {
      odum: { params: { fixedQuantity: '0.001' }, strategies: { A: {}, B: { fixedQuantity: '0.002' } } },
      ikenna: { params: { fixedQuantity: '0.004' }, strategies: { A: {}, B: {} } },
    },
    symbols: ['BTCUSDT', 'ETHUSDT'],
  });
  await openSeed(recorded);
  await takeProfitOfA(recorded);
  await stopOfB(recorded);
  await recorded.desk.signal('A', -1, { stopLoss: '45000' });
  await recorded.desk.pass(1_000);
  await recorded.desk.signal('A', -1);
  await recorded.desk.signal('A', 1, { symbol: 'DOGEUSDT' });
  await recorded.desk.signal('B', 1, { quantity: '0.0000001' });
  await recorded.desk.pass(1_000);
  model = foldAll(newModel(recorded), recorded.messages);
  answers = new Answers(model);
});

function refusal(ask: () => unknown): BadQuery {
  try {
    ask();
  } catch (error) {
    if (error instanceof BadQuery) return error;
    throw error;
  }
  throw new Error('it was answered');
}

describe('every answer', () => {
  it.each(LISTED)('is of the shape that is documented: %s', (name) => {
    const answer: unknown = answers[name]({});
    expect(ANALYTICS_ROUTE[name].response.safeParse(answer).error).toBeUndefined();
    expect(ANALYTICS_ROUTE[name].response.parse(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  });

  it.each(LISTED)(
    'is refused for a parameter that %s does not have, which is named with those that it has',
    (name) => {
      const { problem } = refusal(() => answers[name]({ colour: 'red' }));
      const known = Object.keys(ANALYTICS_ROUTE[name].query.shape);
      expect(problem).toMatchObject({
        type: 'urn:bowline:problem:invalid',
        status: 400,
        errors: [{ path: 'colour', message: `unknown field; known here: ${known.join(', ')}` }],
      });
    },
  );

  it.each<[Listed, Record<string, unknown>, string, RegExp]>([
    ['positions', { clientt: 'odum' }, 'clientt', /did you mean client\?/],
    ['orders', { limit: '0' }, 'limit', /expected a whole number from 1 to 1000, got "0"/],
    ['orders', { limit: '1001' }, 'limit', /from 1 to 1000/],
    ['fills', { limit: '1e2' }, 'limit', /from 1 to 1000/],
    ['fills', { after: '-1' }, 'after', /whole number/],
    ['trades', { client: '' }, 'client', /expected a client id/],
    ['trades', { client: ['a', 'b'] }, 'client', /expected a client id.*, got a list/],
    ['positions', { status: 'done' }, 'status', /expected opening, open, closing or closed, got "done"/],
    ['pairs', { status: 'open' }, 'status', /pending, arming, active/],
    ['signals', { outcome: 'bad' }, 'outcome', /ordered, closing, ignored or denied/],
  ])('is refused: %s %j', (name, parameters, path, message) => {
    const { problem } = refusal(() => answers[name](parameters));
    expect(problem.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });
});

describe('a list', () => {
  it('has everything once over its pages, from the newest to the oldest', () => {
    const whole = answers.fills({ limit: '1000' });
    const pages: number[] = [];
    let after: number | null = null;
    do {
      const page = answers.fills({ limit: '2', ...(after === null ? {} : { after: String(after) }) });
      expect(page.items.length).toBeGreaterThan(0);
      pages.push(...page.items.map(({ sequence }) => sequence));
      after = page.next;
    } while (after !== null);
    expect(pages).toEqual(whole.items.map(({ sequence }) => sequence));
    expect(pages).toEqual([...pages].sort((a, b) => b - a));
    expect(pages.length).toBeGreaterThan(4);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['a client', { client: 'ikenna' }, ['ikenna A-1', 'ikenna A-2', 'ikenna B-1']],
    ['a strategy', { strategy: 'B' }, ['ikenna B-1', 'odum B-1']],
    ['a client and a strategy', { client: 'odum', strategy: 'A' }, ['odum A-1', 'odum A-2']],
    ['a state', { status: 'open' }, ['ikenna A-2', 'odum A-2']],
    ['a symbol', { symbol: 'ETHUSDT' }, []],
    ['an exchange', { exchange: 'okx' }, []],
    ['nobody that is known', { client: 'nobody' }, []],
  ])('is that of %s where it is asked for', (_what, parameters, expected) => {
    const names = answers
      .positions(parameters)
      .items.map(({ clientId, strategyPositionId }) => `${clientId} ${strategyPositionId}`);
    expect(names.sort()).toEqual(expected);
  });

  it('tells of signals that led nowhere, and of those that were denied', () => {
    expect(
      answers
        .signals({ outcome: 'ignored' })
        .items.map(({ code }) => String(code))
        .sort(),
    ).toEqual(['NOT_TRADED', 'NOT_TRADED', 'UNCHANGED', 'UNCHANGED']);
    expect(answers.denials({ client: 'odum' }).items).toMatchObject([
      { clientId: 'odum', strategyId: 'B', code: 'QUANTITY_ZERO', id: 'signal-6' },
    ]);
    expect(answers.statistics({ client: 'odum' })).toMatchObject({
      denials: { QUANTITY_ZERO: 1 },
      ignoredSignals: { NOT_TRADED: 1, UNCHANGED: 1 },
    });
  });
});

describe('an open position', () => {
  it('has no value while the price is not known, and then its own at the last price', () => {
    const [before] = answers.positions({ client: 'odum', status: 'open' }).items;
    expect(before).toMatchObject({ side: 'SHORT', markPrice: null, unrealizedPnl: null });
    expect(answers.statistics({ client: 'odum' }).overall).toMatchObject({
      openPositions: 1,
      unrealizedPnl: null,
      openPnl: null,
    });
    const entry = Number(before!.entryPrice);
    const price = { last: 438_000, high: 438_000, low: 438_000, bid: null, ask: null };
    model.mark({ exchange: 'binance-usdm', symbol: 'BTCUSDT', at: 0, ...price });

    const [after] = answers.positions({ client: 'odum', status: 'open' }).items;
    const gain = ((entry - 43_800) * 0.001).toFixed(4);
    expect(after).toMatchObject({ markPrice: '43800', unrealizedPnl: String(Number(gain)) });
    const { byClientAndStrategy, overall } = answers.statistics({ client: 'odum', strategy: 'A' });
    expect(overall).toMatchObject({ openPositions: 1, unrealizedPnl: after!.unrealizedPnl });
    expect(Number(overall.openPnl)).toBeCloseTo(Number(gain) - Number(after!.fees), 12);
    expect(byClientAndStrategy).toEqual([{ clientId: 'odum', strategyId: 'A', ...overall }]);
    const [channel] = answers.channels({ client: 'odum', symbol: 'BTCUSDT' }).items;
    expect(channel).toMatchObject({
      openPositions: 1,
      markPrice: '43800',
      unrealizedPnl: after!.unrealizedPnl,
    });
  });
});

describe('a pair', () => {
  it('shows both legs of each position that has or had some', () => {
    const closed = answers.pairs({ client: 'odum', status: 'closed' }).items;
    expect(
      closed.map(({ strategyId, takeProfit, stopLoss }) => [
        strategyId,
        takeProfit?.status,
        stopLoss?.status,
      ]),
    ).toEqual([
      ['B', 'canceled', 'filled'],
      ['A', 'filled', 'canceled'],
    ]);
    expect(answers.pairs({ client: 'odum', status: 'active' }).items).toMatchObject([
      { strategyPositionId: 'A-2', takeProfit: null, stopLoss: { price: '45000', status: 'working' } },
    ]);
  });
});
