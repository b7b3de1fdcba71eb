import { describe, expect, it } from '@jest/globals';
import type { Side } from '@bowline/domain';
import { lines, Scenario } from './scenario.spec-support.js';
import type { OrderType } from './vocabulary.js';

const CONDITIONAL = ['STOP_MARKET', 'STOP_LIMIT', 'TAKE_PROFIT_MARKET', 'TAKE_PROFIT_LIMIT'] as const;

/** Last trade at 100, a deep book on both sides. */
function market(): Scenario {
  const scenario = new Scenario();
  scenario.quote(
    [
      [99, 50],
      [95, 50],
    ],
    [
      [101, 50],
      [105, 50],
    ],
  );
  scenario.print(100, 1);
  return scenario;
}

function order(orderType: OrderType, stopPrice: number, price?: number) {
  return { clientOrderId: 'x', orderType, stopPrice, ...(price !== undefined && { price }) };
}

function limitFor(orderType: OrderType, price: number): number | undefined {
  return orderType.endsWith('LIMIT') ? price : undefined;
}

describe('a conditional order', () => {
  const sides: readonly Side[] = ['BUY', 'SELL'];
  const cases = CONDITIONAL.flatMap((orderType) =>
    sides.map((side) => {
      const rises = orderType.startsWith('STOP') === (side === 'BUY');
      return { orderType, side, stopPrice: rises ? 103 : 97, before: rises ? 102 : 98, at: rises ? 103 : 97 };
    }),
  );

  it.each(cases)(
    '$side $orderType waits at $before and triggers at $at',
    ({ orderType, side, stopPrice, before, at }) => {
      const scenario = market();
      const terms = order(orderType, stopPrice, limitFor(orderType, side === 'BUY' ? 110 : 90));
      const accepted = side === 'BUY' ? scenario.buy(5, terms) : scenario.sell(5, terms);
      expect(lines(accepted)).toEqual(['ikenna x NEW NEW']);
      // It is nowhere in the displayed book while it waits.
      expect(scenario.engine.depth('BTCUSDT')).toEqual({
        bids: [
          [99, 50],
          [95, 50],
        ],
        asks: [
          [101, 50],
          [105, 50],
        ],
      });
      scenario.quote([[90, 50]], [[110, 50]]);
      expect(lines(scenario.print(before, 1))).toEqual([]);
      expect(lines(scenario.print(at, 1))).toEqual([
        'ikenna x TRIGGERED NEW',
        `ikenna x TRADE FILLED 5@${side === 'BUY' ? 110 : 90}`,
      ]);
    },
  );

  it.each(cases)(
    '$side $orderType is refused when its price is reached already',
    ({ orderType, side, stopPrice, at }) => {
      const scenario = market();
      scenario.print(at, 1);
      const terms = order(orderType, stopPrice, limitFor(orderType, 100));
      const reports = side === 'BUY' ? scenario.buy(5, terms) : scenario.sell(5, terms);
      expect(lines(reports)).toEqual(['ikenna x REJECTED REJECTED WOULD_TRIGGER']);
    },
  );

  it('is accepted while no price is known', () => {
    const scenario = new Scenario();
    expect(lines(scenario.sell(5, order('STOP_MARKET', 97)))).toEqual(['ikenna x NEW NEW']);
  });

  it('listens to the mark price alone when it says so', () => {
    const scenario = market();
    scenario.mark(100);
    scenario.sell(5, { ...order('STOP_MARKET', 97), workingType: 'MARK_PRICE' });
    expect(lines(scenario.print(90, 1))).toEqual([]);
    expect(lines(scenario.mark(98))).toEqual([]);
    scenario.quote([[89, 50]], [[91, 50]]);
    expect(lines(scenario.mark(97))).toEqual(['ikenna x TRIGGERED NEW', 'ikenna x TRADE FILLED 5@89']);
  });

  it('is refused against the price it listens to', () => {
    const scenario = market();
    scenario.mark(96);
    const byMark = { ...order('STOP_MARKET', 97), workingType: 'MARK_PRICE' as const };
    expect(lines(scenario.sell(5, byMark))).toEqual(['ikenna x REJECTED REJECTED WOULD_TRIGGER']);
    expect(lines(scenario.sell(5, order('STOP_MARKET', 97)))).toEqual(['ikenna x NEW NEW']);
  });

  it('gets what the book has, and no more, when a stop triggers as a market order', () => {
    const scenario = new Scenario();
    scenario.quote([[96, 3]], [[110, 5]]);
    scenario.sell(5, order('STOP_MARKET', 97));
    expect(lines(scenario.print(97, 1))).toEqual([
      'ikenna x TRIGGERED NEW',
      'ikenna x TRADE PARTIALLY_FILLED 3@96',
      'ikenna x EXPIRED EXPIRED NO_LIQUIDITY',
    ]);
  });

  it.each([
    ['GTC', ['ikenna x TRIGGERED NEW'], 1],
    ['IOC', ['ikenna x TRIGGERED NEW', 'ikenna x EXPIRED EXPIRED IOC_REMAINDER'], 0],
    ['FOK', ['ikenna x TRIGGERED NEW', 'ikenna x EXPIRED EXPIRED FOK_UNFILLED'], 0],
    ['GTX', ['ikenna x TRIGGERED NEW'], 1],
  ] as const)('a stop limit that gaps through its limit, %s', (timeInForce, reports, open) => {
    const scenario = market();
    scenario.sell(5, { ...order('STOP_LIMIT', 97, 96), timeInForce });
    scenario.quote([[90, 50]], [[91, 50]]);
    expect(lines(scenario.print(90, 1))).toEqual(reports);
    expect(scenario.engine.openOrders('ikenna')).toHaveLength(open);
  });

  it('expires when it is post-only and would take once triggered', () => {
    const scenario = market();
    scenario.sell(5, { ...order('STOP_LIMIT', 97, 90), timeInForce: 'GTX' });
    scenario.quote([[96, 50]], [[98, 50]]);
    expect(lines(scenario.print(97, 1))).toEqual([
      'ikenna x TRIGGERED NEW',
      'ikenna x EXPIRED EXPIRED POST_ONLY',
    ]);
  });

  it('never triggers once it was canceled', () => {
    const scenario = market();
    scenario.sell(5, order('STOP_MARKET', 97));
    expect(lines(scenario.cancel('x'))).toEqual(['ikenna x CANCELED CANCELED']);
    expect(lines(scenario.print(90, 1))).toEqual([]);
  });

  it('is triggered by the trades of the accounts themselves, after the order that caused them is done', () => {
    const scenario = new Scenario();
    scenario.print(100, 1);
    scenario.sell(1, { account: 'odum', price: 101 });
    scenario.sell(1, { account: 'odum', price: 103 });
    scenario.sell(9, { account: 'odum', price: 104 });
    scenario.buy(2, order('STOP_MARKET', 101));
    expect(
      lines(scenario.buy(3, { account: 'christian', clientOrderId: 'sweep' })).filter(
        (line) => !line.startsWith('odum'),
      ),
    ).toEqual([
      'christian sweep NEW NEW',
      'christian sweep TRADE PARTIALLY_FILLED 1@101',
      'christian sweep TRADE PARTIALLY_FILLED 1@103',
      'christian sweep TRADE FILLED 1@104',
      'ikenna x TRIGGERED NEW',
      'ikenna x TRADE FILLED 2@104',
    ]);
  });

  it('sets off the next one in a cascade, in the order in which the price passed them', () => {
    const scenario = new Scenario();
    scenario.quote(
      [
        [99, 1],
        [98, 2],
        [97, 3],
        [96, 50],
      ],
      [[120, 1]],
    );
    scenario.print(100, 1);
    scenario.sell(2, order('STOP_MARKET', 99));
    scenario.sell(3, { ...order('STOP_MARKET', 98), clientOrderId: 'y' });
    scenario.sell(1, { ...order('STOP_MARKET', 97), clientOrderId: 'z' });
    const reports = scenario.sell(1, { account: 'odum', clientOrderId: 'spark' });
    expect(lines(reports.filter(({ account }) => account === 'ikenna'))).toEqual([
      'ikenna x TRIGGERED NEW',
      'ikenna x TRADE FILLED 2@98',
      'ikenna y TRIGGERED NEW',
      'ikenna y TRADE FILLED 3@97',
      'ikenna z TRIGGERED NEW',
      'ikenna z TRADE FILLED 1@96',
    ]);
  });

  it('sees every price of a sweep, not just its last one', () => {
    const scenario = new Scenario();
    scenario.print(100, 1);
    scenario.sell(1, { account: 'odum', price: 95 });
    scenario.sell(1, { account: 'odum', price: 110 });
    scenario.quote([[90, 50]], [[120, 50]]);
    scenario.sell(4, order('STOP_MARKET', 96));
    // The sweep trades at 95 first and ends at 110.
    const reports = scenario.buy(2, { account: 'christian', price: 110 });
    expect(lines(reports).slice(-2)).toEqual(['ikenna x TRIGGERED NEW', 'ikenna x TRADE FILLED 4@90']);
  });

  it('is not triggered by what traded before it came', () => {
    const scenario = market();
    scenario.print(95, 1);
    scenario.print(100, 1);
    scenario.sell(5, order('STOP_MARKET', 97));
    expect(lines(scenario.print(101, 1))).toEqual([]);
  });

  it.each([
    ['triggered', (scenario: Scenario) => scenario.print(97, 1)],
    ['canceled', (scenario: Scenario) => scenario.cancel('x')],
  ])('counts as a conditional order no more once it is %s', (_what, end) => {
    const scenario = new Scenario({ maxConditionalOrders: 1 });
    scenario.sell(5, order('STOP_MARKET', 97));
    const another = { ...order('STOP_MARKET', 90), clientOrderId: 'y' };
    expect(lines(scenario.sell(5, another))).toEqual([
      'ikenna y REJECTED REJECTED TOO_MANY_CONDITIONAL_ORDERS',
    ]);
    end(scenario);
    expect(lines(scenario.sell(5, another))).toEqual(['ikenna y NEW NEW']);
  });
});
