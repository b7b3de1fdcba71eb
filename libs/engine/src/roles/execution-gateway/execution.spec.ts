import { describe, expect, it } from '@jest/globals';
import type { ExecutionPlan } from '@bowline/domain';
import { filtersOf, GatewayBench, play, type Step } from './gateway.spec-support.js';

const TWAP: ExecutionPlan = { type: 'twap', durationMs: 8_000, slices: 2 };
const CHUNKED: ExecutionPlan = {
  ...{ type: 'chunked', chunks: 1, quoting: 'top_of_book', quoteMs: 2_000, repriceMs: 1_000 },
  ...{ repriceBps: 0, attempts: 2, retryMs: 500 },
};

function bench(execution: ExecutionPlan): GatewayBench {
  const given = new GatewayBench();
  given.execution = execution;
  given.market = { bid: 999, ask: 1_001, last: 1_000, volume: 0 };
  return given;
}

describe('an entry that is worked by a plan', () => {
  it.each<[string, ExecutionPlan, readonly Step[]]>([
    [
      'goes out in slices, and is one order of the channel',
      TWAP,
      [
        ['place e1', '> place e1.1'],
        ['accept e1.1', 'e1 accept'],
        ['trade e1.1 5', 'e1 trade 5'],
        ['pass 4000', '> place e1.2'],
        ['accept e1.2'],
        ['trade e1.2 5', 'e1 trade 5'],
        ['pass 10000', ''],
      ],
    ],
    [
      'is over when its time is, and what still works is canceled',
      TWAP,
      [
        ['place e1', '> place e1.1'],
        ['accept e1.1', 'e1 accept'],
        ['pass 4000', '> place e1.2'],
        ['accept e1.2'],
        ['trade e1.2 2', 'e1 trade 2'],
        ['pass 4000', '> cancel e1.1, > cancel e1.2'],
        ['trade e1.1 1', 'e1 trade 1'],
        ['canceled e1.1'],
        ['canceled e1.2', 'e1 cancel'],
      ],
    ],
    [
      'ends at once where it is canceled between two slices',
      TWAP,
      [
        ['place e1', '> place e1.1'],
        ['trade e1.1 5', 'e1 trade 5'],
        ['pass 1000', ''],
        ['cancel e1', 'e1 cancel'],
        ['pass 10000', ''],
      ],
    ],
    [
      'leaves the market with all that works where nobody would protect it, and places nothing more',
      TWAP,
      [
        ['place e1', '> place e1.1'],
        ['accept e1.1', 'e1 accept'],
        ['silent', '> cancel e1.1'],
        ['pass 5000', ''],
        ['canceled e1.1', 'e1 cancel'],
      ],
    ],
    [
      'goes on after a crash where it was: what was sent counts as working until it is known',
      TWAP,
      [
        ['place e1', '> place e1.1'],
        ['restart'],
        ['connected', '> query_order e1.1, > query_position 0'],
        ['pass 400', ''],
        ['trade e1.1 5', 'e1 trade 5'],
        ['status e1.1 filled'],
        ['restart'],
        ['pass 3600', '> place e1.2'],
        ['trade e1.2 5', 'e1 trade 5'],
      ],
    ],
    [
      'is given up where one part after the other is rejected',
      { type: 'twap', durationMs: 8_000, slices: 8 },
      [
        ['place e1', '> place e1.1'],
        ['rejected e1.1 INSUFFICIENT_MARGIN'],
        ['pass 1000', '> place e1.2'],
        ['rejected e1.2 INSUFFICIENT_MARGIN'],
        ['pass 1000', '> place e1.3'],
        ['rejected e1.3 INSUFFICIENT_MARGIN', 'e1 expire INSUFFICIENT_MARGIN'],
      ],
    ],
    [
      'is quoted, quoted anew, and taken in the end',
      CHUNKED,
      [
        ['place e1', '> place e1.1'],
        ['accept e1.1', 'e1 accept'],
        ['market 1004'],
        ['pass 1000', '> cancel e1.1'],
        ['trade e1.1 3', 'e1 trade 3'],
        ['canceled e1.1', '> place e1.2'],
        ['accept e1.2'],
        ['pass 1000', '> cancel e1.2'],
        ['canceled e1.2', '> place e1.3'],
        ['trade e1.3 6', 'e1 trade 6'],
        ['expired e1.3'],
        ['pass 500', '> place e1.4'],
        ['trade e1.4 1', 'e1 trade 1'],
      ],
    ],
    [
      'is split further where a slice is larger than the exchange takes',
      { type: 'twap', durationMs: 8_000, slices: 1 },
      [
        ['filters 6'],
        ['place e1', '> place e1.1, > place e1.2'],
        ['accept e1.2', 'e1 accept'],
        ['trade e1.1 5', 'e1 trade 5'],
        ['trade e1.2 5', 'e1 trade 5'],
      ],
    ],
  ])('%s', (_, plan, steps) => {
    const given = bench(plan);
    for (const [step, outcome = ''] of steps) {
      const [what, price] = step.split(' ');
      if (what === 'market')
        given.market = { bid: Number(price) - 1, ask: Number(price) + 1, last: Number(price), volume: 0 };
      else expect([step, given.step(step)]).toEqual([step, outcome]);
    }
    expect(given.state.executing.size).toBe(0);
  });

  it('sends parts with their own price and time in force, which are not wanted any more after a while', () => {
    const given = bench(CHUNKED);
    play(
      [
        ['place e1', '> place e1.1'],
        ['accept e1.1', 'e1 accept'],
        ['pass 2000', '> cancel e1.1'],
        ['canceled e1.1', '> place e1.2'],
      ],
      given,
    );
    const placed = given.requests.flatMap((request) => (request.type === 'place' ? [request] : []));
    expect(
      placed.map(({ expiresAt, terms }) => [terms.orderType, terms.limitPrice, terms.timeInForce, expiresAt]),
    ).toEqual([
      ['limit', 999, 'GTC', 30_000],
      ['limit', 1_001, 'IOC', 32_000],
    ]);
    expect(placed.every(({ terms }) => terms.execution === undefined)).toBe(true);
  });

  it('keeps what its plan has seen of the market in the journal', () => {
    const given = bench({ type: 'pov', percent: 10, intervalMs: 1_000, durationMs: 60_000 });
    play([['place e1', '']], given);
    given.market = { ...given.market!, volume: 30 };
    const { events } = given.role.execute(given.state, { type: 'execution_due', clientOrderId: 'e1' }, 1_000);
    expect(events).toMatchObject([
      { type: 'execution_decided', market: { volume: 30 }, memory: { volume: 30, dueAt: 2_000 } },
      { type: 'order_intended', clientOrderId: 'e1.1', terms: { orderQty: 3 } },
    ]);
  });

  it('takes no slice that is less than the exchange does', () => {
    const given = bench({ type: 'twap', durationMs: 8_000, slices: 4 });
    given.report(filtersOf({ minQty: 4 }));
    play(
      [
        ['place e1', ''],
        ['pass 2000', '> place e1.1'],
        ['pass 2000', ''],
        ['pass 2000', '> place e1.2'],
      ],
      given,
    );
    const sizes = given.requests.flatMap((request) =>
      request.type === 'place' ? [request.terms.orderQty] : [],
    );
    expect(sizes).toEqual([5, 5]);
  });
});
