import { describe, expect, it } from '@jest/globals';
import type { ExecutionPlan } from '@bowline/domain';
import fc from 'fast-check';
import { faults, moves, Play, type Move } from './gateway-play.spec-support.js';

type Given = ConstructorParameters<typeof Play>[0];

/** Plays it, lets it settle, and says what the channel believes to be open, what is, and what became of its replaces. */
function settled(
  given: Given,
  made: readonly Move[],
  maxQty: number | null,
  execution: ExecutionPlan | null = null,
): Play {
  const play = new Play(given, maxQty, execution);
  for (const move of made) play.move(move);
  play.settle();
  return play;
}

function expectAgreement({ bench, exchange, known, replaces }: Play): void {
  for (const [name, { answered, asked }] of replaces) expect([name, answered]).toEqual([name, asked]);
  const open = exchange.openOrders('odum').map(({ clientOrderId }) => clientOrderId);
  const sent = [...bench.state.live].filter(({ parts }) => parts === undefined);
  expect(sent.map(({ clientOrderId, status }) => `${clientOrderId} ${status}`).sort()).toEqual(
    open.map((name) => `${name} open`).sort(),
  );
  // Of an order's parts the channel knows as of one order.
  const whole = new Set(open.map((name) => name.split('.')[0]!));
  const told = [...known].filter(([, { status }]) => status !== 'over');
  expect(told.map(([name, { status }]) => `${name} ${status}`).sort()).toEqual(
    [...whole].map((name) => `${name} live`).sort(),
  );
  expect(bench.state.unknown.size).toBe(0);
  const ids = new Map<string, number | null>();
  for (const { clientOrderId, orderId } of exchange.trades('odum', 'BTCUSDT')) {
    expect([clientOrderId, ids.get(clientOrderId) ?? orderId]).toEqual([clientOrderId, orderId]);
    ids.set(clientOrderId, orderId);
  }
}

/** What the exchange has filled of an order is what the channel has heard, and no more than it wanted. */
function expectNoMore(play: Play): void {
  const filled = new Map<string, number>();
  for (const { clientOrderId, lastQty } of play.exchange.trades('odum', 'BTCUSDT')) {
    const whole = clientOrderId.split('.')[0]!;
    filled.set(whole, (filled.get(whole) ?? 0) + lastQty);
  }
  for (const [name, quantity] of filled) {
    expect(quantity).toBeLessThanOrEqual(10);
    expect([name, 10 - play.known.get(name)!.left]).toEqual([name, quantity]);
  }
}

describe('whatever happens on the way to the exchange', () => {
  it('every replace is answered once, every order ends or is open at both sides, and the state is the fold of its events', () => {
    fc.assert(
      fc.property(faults, moves, (given, made) => expectAgreement(settled(given, made, null))),
      { numRuns: 60 },
    );
  });

  it('the same holds for orders in parts, of which the channel hears as of one: never more is filled than was wanted', () => {
    fc.assert(
      fc.property(faults, moves, fc.constantFrom(3, 4, 5, 9), (given, made, maxQty) => {
        const play = settled(given, made, maxQty);
        expectAgreement(play);
        expectNoMore(play);
        for (const { clientOrderId, orderQty } of play.exchange.openOrders('odum')) {
          expect([clientOrderId, orderQty <= maxQty]).toEqual([clientOrderId, true]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('the same holds for entries that a plan works, through crashes and lost answers: never more than was wanted', () => {
    const twap = { type: 'twap', durationMs: 4_000, slices: 4 } as const;
    const plans = fc.constantFrom<ExecutionPlan>(
      twap,
      { type: 'vwap', durationMs: 3_000, profile: [1, 5, 2] },
      { type: 'iceberg', displayPercent: 30 },
      { type: 'pov', percent: 50, intervalMs: 500, durationMs: 10_000 },
      {
        ...{ type: 'chunked', chunks: 2, quoting: 'top_of_book', quoteMs: 2_000, repriceMs: 500 },
        ...{ repriceBps: 1, attempts: 3, retryMs: 200 },
      },
    );
    fc.assert(
      fc.property(faults, moves, plans, fc.constantFrom(null, 2), (given, made, plan, maxQty) => {
        const play = settled(given, made, maxQty, plan);
        expectAgreement(play);
        expectNoMore(play);
        expect(play.bench.state.executing.size).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});
