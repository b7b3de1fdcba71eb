import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addSample, count, createTally, declare, observe, samplesOf, type Tally } from './tally.js';
import { tallyFromJson, tallyToJson, type TallyJson } from './tally-json.js';

const A = { strategy_id: 'a', symbol: 'BTCUSDT', exchange: 'binance-usdm', client_id: 'ikenna' };
const B = { ...A, strategy_id: 'b' };
const PNL = {
  strategy_id: 'a',
  close_reason: 'take_profit',
  exchange: 'binance-usdm',
  client_id: 'ikenna',
} as const;

const counted = (tally: Tally) => [...samplesOf(tally)];
const restored = (tally: Tally<'oco-manager'>): Tally<'oco-manager'> =>
  tallyFromJson(JSON.parse(JSON.stringify(tallyToJson(tally))) as TallyJson);

describe('a tally', () => {
  it('counts each label set by itself', () => {
    const tally = createTally<'oco-manager'>();
    count(tally, 'tradeengine_strategy_oco_placed_total', A);
    count(tally, 'tradeengine_strategy_oco_placed_total', B, 2);
    count(tally, 'tradeengine_strategy_oco_placed_total', A);
    expect(counted(tally)).toEqual([
      { series: 'tradeengine_strategy_oco_placed_total', labels: A, value: 2 },
      { series: 'tradeengine_strategy_oco_placed_total', labels: B, value: 2 },
    ]);
  });

  it('tells label sets apart whose values are the same in another order', () => {
    const tally = createTally<'oco-manager'>();
    count(tally, 'tradeengine_strategy_oco_placed_total', { ...A, strategy_id: 'x', symbol: 'y' });
    count(tally, 'tradeengine_strategy_oco_placed_total', { ...A, strategy_id: 'y', symbol: 'x' });
    count(tally, 'tradeengine_strategy_oco_placed_total', { ...A, strategy_id: 'xy', symbol: '' });
    expect(counted(tally).map(({ value }) => value)).toEqual([1, 1, 1]);
  });

  it.each([
    [-1e9, 0],
    [-100, 0],
    [-99.99, 1],
    [0, 5],
    [1e-9, 6],
    [500, 11],
  ])('puts an observation of %d into bucket %d, whose bound is not below it', (value, bucket) => {
    const tally = createTally<'oco-manager'>();
    observe(tally, 'tradeengine_strategy_pnl_realized', PNL, value);
    const buckets = Array.from({ length: 12 }, (_, i) => (i === bucket ? 1 : 0));
    expect(counted(tally)).toEqual([
      { series: 'tradeengine_strategy_pnl_realized', labels: PNL, value: { buckets, sum: value, count: 1 } },
    ]);
  });

  it('counts an observation above the last bound in no bucket', () => {
    const tally = createTally<'oco-manager'>();
    observe(tally, 'tradeengine_strategy_pnl_realized', PNL, 500.01);
    expect(counted(tally)[0]!.value).toEqual({ buckets: new Array(12).fill(0), sum: 500.01, count: 1 });
  });

  it.each([-1, NaN, Infinity])('refuses to raise a counter by %d', (by) => {
    const tally = createTally<'oco-manager'>();
    expect(() => count(tally, 'tradeengine_strategy_oco_placed_total', A, by)).toThrow(RangeError);
    expect(counted(tally)).toEqual([]);
  });

  it.each([NaN, Infinity, -Infinity])('refuses to observe %d', (value) => {
    const tally = createTally<'oco-manager'>();
    expect(() => observe(tally, 'tradeengine_strategy_pnl_realized', PNL, value)).toThrow(RangeError);
    expect(counted(tally)).toEqual([]);
  });

  it('counts only what its exporter may export, with exactly its labels: the compiler sees to it', () => {
    const tally = createTally<'oco-manager'>();
    // @ts-expect-error -- it is the order-generator's
    count(tally, 'tradeengine_risk_checks_total', { ...A, check_type: 'order', result: 'passed' });
    // @ts-expect-error -- a histogram is not raised
    count(tally, 'tradeengine_strategy_pnl_realized', PNL);
    // @ts-expect-error -- no such close reason
    observe(tally, 'tradeengine_strategy_pnl_realized', { ...PNL, close_reason: 'whim' }, 1);
    // @ts-expect-error -- the client is missing
    count(tally, 'tradeengine_naked_position_detected_total', { symbol: 'BTCUSDT', exchange: 'x' });
    expect(counted(tally)).toHaveLength(4);
  });
});

describe('declaring a series', () => {
  it('lets every value of a closed set begin at 0', () => {
    const tally = createTally<'order-generator'>();
    declare(tally, 'tradeengine_risk_checks_total', { exchange: 'binance-usdm', client_id: 'ikenna' });
    const pairs = counted(tally).map(({ labels, value }) => ({ ...labels, value }));
    const types = ['protection', 'sizing', 'order', 'client', 'duplicate'];
    expect(pairs).toEqual(
      types.flatMap((check_type) =>
        ['passed', 'denied'].map((result) => ({
          check_type,
          result,
          exchange: 'binance-usdm',
          client_id: 'ikenna',
          value: 0,
        })),
      ),
    );
  });

  it('keeps to the value of a closed set that is given', () => {
    const tally = createTally<'oco-manager'>();
    const labels = { symbol: 'BTCUSDT', exchange: 'binance-usdm', client_id: 'ikenna' };
    declare(tally, 'tradeengine_active_oco_pairs_per_position', { ...labels, position_side: 'LONG' });
    expect(counted(tally)).toEqual([
      {
        series: 'tradeengine_active_oco_pairs_per_position',
        labels: { ...labels, position_side: 'LONG' },
        value: 0,
      },
    ]);
  });

  it('leaves what has been counted as it is', () => {
    const tally = createTally<'oco-manager'>();
    observe(tally, 'tradeengine_strategy_pnl_realized', PNL, 3);
    const { close_reason: _, ...labels } = PNL;
    declare(tally, 'tradeengine_strategy_pnl_realized', labels);
    expect(counted(tally).map(({ value }) => (typeof value === 'number' ? value : value.count))).toEqual([
      1, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('throws where a label without a closed set is left out', () => {
    const tally = createTally<'oco-manager'>();
    // @ts-expect-error -- nobody knows the strategies
    expect(() => declare(tally, 'tradeengine_strategy_oco_placed_total', { symbol: 'BTCUSDT' })).toThrow(
      'the label strategy_id has no closed set of values',
    );
  });
});

describe('adding up', () => {
  it('sums counters, gauges and histograms of the same labels, and changes nothing of its sources', () => {
    const [one, other, all] = [createTally<'oco-manager'>(), createTally<'oco-manager'>(), createTally()];
    count(one, 'tradeengine_strategy_oco_placed_total', A);
    count(other, 'tradeengine_strategy_oco_placed_total', A, 2);
    observe(one, 'tradeengine_strategy_pnl_realized', PNL, 3);
    observe(other, 'tradeengine_strategy_pnl_realized', PNL, -4);
    const before = structuredClone([one, other]);
    for (const tally of [one, other]) for (const sample of samplesOf(tally)) addSample(all, sample);
    expect(counted(all).map(({ value }) => value)).toEqual([
      3,
      { buckets: [0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], sum: -1, count: 2 },
    ]);
    expect([one, other]).toEqual(before);
  });

  it('refuses a histogram with other buckets', () => {
    const value = { buckets: [1], sum: 1, count: 1 };
    expect(() =>
      addSample(createTally(), { series: 'tradeengine_strategy_pnl_realized', labels: PNL, value }),
    ).toThrow('tradeengine_strategy_pnl_realized has 12 buckets, got 1');
  });
});

describe('a tally as JSON', () => {
  const events = fc.array(
    fc.record({
      series: fc.constantFrom(
        'tradeengine_strategy_oco_placed_total',
        'tradeengine_strategy_tp_triggered_total',
        'tradeengine_strategy_pnl_realized',
      ),
      strategy_id: fc.string(),
      value: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    }),
  );
  type Events = ReturnType<typeof events.generate>['value'];

  function fold(tally: Tally<'oco-manager'>, all: Events): Tally<'oco-manager'> {
    for (const { series, strategy_id, value } of all) {
      if (series === 'tradeengine_strategy_pnl_realized') {
        observe(tally, series, { ...PNL, strategy_id }, value);
      } else {
        count(tally, series, { ...A, strategy_id });
      }
    }
    return tally;
  }

  it('comes back as it was, and goes on as if it had never been away', () => {
    fc.assert(
      fc.property(events, events, (before, after) => {
        const tally = fold(createTally(), before);
        const back = restored(tally);
        expect(new Set(counted(back))).toEqual(new Set(counted(tally)));
        expect(tallyToJson(fold(back, after))).toEqual(tallyToJson(fold(tally, after)));
      }),
    );
  });

  it('is the same text in whatever order things were counted', () => {
    fc.assert(
      fc.property(events, (all) => {
        const whole = all.map((event) => ({ ...event, value: Math.round(event.value) }));
        const text = (list: Events) => JSON.stringify(tallyToJson(fold(createTally(), list)));
        expect(text([...whole].reverse())).toBe(text(whole));
      }),
    );
  });

  it('shares nothing with the tally', () => {
    const tally = createTally<'oco-manager'>();
    observe(tally, 'tradeengine_strategy_pnl_realized', PNL, 3);
    const json = tallyToJson(tally);
    const before = JSON.stringify(json);
    const back = tallyFromJson<'oco-manager'>(json);
    observe(back, 'tradeengine_strategy_pnl_realized', PNL, 3);
    observe(tally, 'tradeengine_strategy_pnl_realized', PNL, 3);
    expect(JSON.stringify(json)).toBe(before);
  });

  it('begins at 0 again where a series is gone, or has other labels or buckets', () => {
    const tally = createTally<'oco-manager'>();
    count(tally, 'tradeengine_strategy_oco_placed_total', A);
    count(tally, 'tradeengine_strategy_tp_triggered_total', A);
    observe(tally, 'tradeengine_strategy_pnl_realized', PNL, 3);
    const json = tallyToJson(tally);
    const back = tallyFromJson<'oco-manager'>({
      ...json,
      tradeengine_strategy_tp_triggered_total: {
        ...json['tradeengine_strategy_tp_triggered_total']!,
        labels: ['symbol', 'strategy_id', 'exchange', 'client_id'],
      },
      tradeengine_strategy_pnl_realized: {
        ...json['tradeengine_strategy_pnl_realized']!,
        buckets: [0, 1],
      },
      tradeengine_no_more_total: { labels: [], buckets: [], entries: [[[], 1]] },
    });
    expect(counted(back)).toEqual([{ series: 'tradeengine_strategy_oco_placed_total', labels: A, value: 1 }]);
  });
});
