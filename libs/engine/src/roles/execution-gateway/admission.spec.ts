import { describe, expect, it } from '@jest/globals';
import { controlTopic, auditTopic } from '@bowline/contracts';
import { cash, type OrderFilters } from '@bowline/domain';
import { gatewaySamples } from './samples.js';
import { filtersOf, GatewayBench, play, SETUP, type Step } from './gateway.spec-support.js';

function bench(filters: Partial<OrderFilters>, maxConditionalOrders: number | null = null): GatewayBench {
  const given = new GatewayBench(true, { capabilities: { ...SETUP.capabilities, maxConditionalOrders } });
  given.report(filtersOf(filters));
  return given;
}

describe('an order that the exchange would refuse', () => {
  it.each<[string, Partial<OrderFilters>, readonly Step[]]>([
    ['is too small', { minQty: 11 }, [['place e1', 'e1 reject BELOW_MINIMUM']]],
    ['is worth too little', { minNotional: cash(1_000_000) }, [['place t1', '> place t1']]],
    [
      'is worth too little, also of what closes',
      { minNotional: cash(1_000_000), minNotionalOfClosing: true },
      [['place t1', 't1 reject BELOW_MINIMUM']],
    ],
    ['has a price that is not taken', { maxPrice: 1_000 }, [['place t1', 't1 reject PRICE_OUT_OF_RANGE']]],
    ['is of a symbol that is not traded', { trading: false }, [['place s1', 's1 reject NOT_TRADING']]],
    ['has more parts than have names', { maxQty: 0.001 }, [['place e1', 'e1 reject CAPACITY']]],
    [
      'would take the place of one that is fine',
      { maxPrice: 1_200, minPrice: 900 },
      [
        ['place s1', '> place s1'],
        ['accept s1', 's1 accept'],
        ['halt'],
        ['replace s1 s2', 's1 replace_reject NOT_TRADING'],
        ['trading'],
        ['replace s1 s2', '> place s2'],
      ],
    ],
  ])('is not sent where it %s', (_, filters, steps) => {
    const given = bench(filters);
    for (const [step, outcome = ''] of steps) {
      if (step === 'halt') given.report(filtersOf({ ...filters, trading: false }));
      else if (step === 'trading') given.report(filtersOf(filters));
      else expect([step, given.step(step)]).toEqual([step, outcome]);
    }
    expect([...given.state.orders.keys()].includes('e1')).toBe(false);
  });

  it('is counted as a failure, with the reason', () => {
    const given = bench({ minQty: 11 });
    given.step('place e1');
    const [counted] = [...given.state.tally.get('tradeengine_order_failures_total')!.values()];
    expect(counted).toMatchObject({ labels: expect.arrayContaining(['BELOW_MINIMUM']), value: 1 });
  });

  it('notes what the exchange demands once, however often it is told', () => {
    const given = bench({ minQty: 2 });
    const { role } = given;
    const report = { id: 'f', at: 0, ...filtersOf({ minQty: 2 }) } as const;
    expect(role.execute(given.state, { type: 'report', report }, 0).events).toEqual([]);
    given.restart();
    expect(given.state.filters.get('BTCUSDT')).toMatchObject({ minQty: 2 });
  });
});

describe('an account that is full', () => {
  it('takes no more stops than the exchange, less those that are kept for replacements', () => {
    play(
      [
        ['place s1', '> place s1'],
        ['place s2', '> place s2'],
        ['lost place s2', '> query_order s2, s2 lose'],
        ['place s3', '> place s3'],
        // One of four is kept; what nobody knows of counts.
        ['place s4', 's4 reject CAPACITY'],
        ['accept s1', 's1 accept'],
        ['replace s1 s5', '> place s5'],
        ['place t9', '> place t9'],
        ['accept s5', '> cancel s1'],
        ['canceled s1', 's1 replace'],
        ['cancel s3', '> cancel s3'],
        ['canceled s3', 's3 cancel'],
        ['place s6', '> place s6'],
      ],
      bench({}, 4),
    );
  });

  it('shows how much of that is used', () => {
    const given = bench({}, 8);
    for (const step of ['place s1', 'place s2', 'place t3']) given.step(step);
    const { capabilities, ...names } = { ...SETUP, capabilities: { maxConditionalOrders: 8 } };
    const samples = [...gatewaySamples(given.state, { ...names, capabilities })];
    expect(samples.at(-1)).toMatchObject({ series: 'bowline_conditional_orders_used_ratio', value: 0.25 });
  });

  it('counts each part of a stop', () => {
    play(
      [
        ['place s1', '> place s1.1, > place s1.2, > place s1.3'],
        ['place s2', 's2 reject CAPACITY'],
      ],
      bench({ maxQty: 4 }, 6),
    );
  });

  it('keeps room for what closes where it may have only so many orders', () => {
    play(
      [
        ['place e1', '> place e1'],
        ['place e2', '> place e2'],
        ['place e3', 'e3 reject CAPACITY'],
        ['place s4', '> place s4'],
        ['place t5', 't5 reject CAPACITY'],
        ['trade e1 10', 'e1 trade 10'],
        ['place t6', '> place t6'],
      ],
      bench({ maxOpenOrders: 3 }),
    );
  });
});

describe('fault 44: position mode, leverage or margin type changed by somebody else', () => {
  it.each([
    ['of the whole account', null],
    ['of a symbol', 'BTCUSDT'],
  ])('%s halts the account, by a command that only a person lifts, with an alert', (_, symbol) => {
    const given = bench({});
    given.published.length = 0;
    given.report({ type: 'account_changed', what: 'leverage', symbol, detail: 'leverage is 20 now' });
    const [halt, alert] = given.published;
    expect([halt!.topic, halt!.key]).toEqual(['control.odum', 'odum']);
    expect(controlTopic.parse(halt!.body)).toEqual({
      type: 'trading_state',
      clientId: 'odum',
      scope: { exchange: 'binance-usdm', symbol: null, strategyId: null },
      tradingState: 'HALTED',
      by: 'execution-gateway',
      reason: 'leverage was changed at binance-usdm: leverage is 20 now',
    });
    expect(alert!.topic).toBe('audit.odum');
    expect(auditTopic.parse(alert!.body).entries).toMatchObject([
      { type: 'alert', code: 'ACCOUNT_CHANGED', exchange: 'binance-usdm', symbol: 'BTCUSDT' },
    ]);
  });
});
