import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  applyExecution,
  applyOrderCommand,
  copyOrder,
  createOrder,
  exposureQty,
  isTerminal,
  leavesQty,
  statusReport,
  tradeReport,
  ExecutionFlag,
  ORDER_COMMANDS,
  ORDER_STATUSES,
  type OrderCommand,
  type OrderExecution,
  type OrderState,
} from './index.js';

type Step =
  { readonly command: OrderCommand; readonly quantity: number } | { readonly report: OrderExecution };

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 3 });
const version = maybe(fc.integer({ min: 0, max: 8 }));
/** Few ids, so that repetitions are common; a repeated id always tells of the same fill. */
const trade = fc
  .record({ id: fc.integer({ min: 1, max: 6 }), cumQty: maybe(fc.integer({ min: 1, max: 25 })), version })
  .map(({ id, cumQty, version: at }) => tradeReport(`t${id}`, id, 100 + id, cumQty, at));
const status = fc
  .record({
    execType: fc.constantFrom(
      ...([
        'accept',
        'cancel_reject',
        'cancel',
        'replace',
        'replace_reject',
        'restate',
        'reject',
        'expire',
      ] as const),
    ),
    cumQty: maybe(fc.integer({ min: 0, max: 12 })),
    orderQty: maybe(fc.integer({ min: 0, max: 15 })),
    version,
  })
  .map(({ execType, cumQty, orderQty, version: at }) => statusReport(execType, cumQty, orderQty, at));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: trade.map((report) => ({ report })) },
  { weight: 2, arbitrary: status.map((report) => ({ report })) },
  {
    weight: 3,
    arbitrary: fc.record({
      command: fc.constantFrom(...ORDER_COMMANDS),
      quantity: fc.integer({ min: 1, max: 15 }),
    }),
  },
);

function take(order: OrderState, next: Step): number {
  if ('report' in next) return applyExecution(order, next.report).newQty;
  applyOrderCommand(order, next.command, next.quantity);
  return 0;
}

describe('any sequence of events', () => {
  it('keeps the laws of an order after every step', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 30 }), (orderQty, steps) => {
        const order = createOrder(orderQty);
        let sumOfFills = 0;
        for (const next of steps) {
          const before = copyOrder(order);
          const newQty = take(order, next);
          sumOfFills += newQty;
          reached.add(order.status);

          // A terminal status is final.
          if (isTerminal(before)) expect(order.status).toBe(before.status);
          // Filled quantities only grow, by exactly what was reported new.
          expect(order.cumQty).toBe(before.cumQty + newQty);
          expect(order.cumQty).toBe(sumOfFills);
          expect(order.cumValue).toBeGreaterThanOrEqual(before.cumValue);
          // leaves + cum = ordered, unless it is final or more came than was ordered.
          if (!isTerminal(order) && order.cumQty <= order.orderQty) {
            expect(leavesQty(order) + order.cumQty).toBe(order.orderQty);
          }
          if (isTerminal(order)) expect(leavesQty(order)).toBe(0);
          // What may still happen is never below what is left, and an open order has something left.
          expect(exposureQty(order)).toBeGreaterThanOrEqual(leavesQty(order));
          if (!isTerminal(order)) expect(exposureQty(order)).toBeGreaterThan(0);
          // Filled beyond the order is never silent, and never unsaid.
          if (before.overfilled) expect(order.overfilled).toBe(true);
          if (isTerminal(order) && order.cumQty > order.orderQty) expect(order.overfilled).toBe(true);
          // A change shows in the version, nothing else does.
          const { version: was, ...rest } = before;
          const { version: is, ...now } = order;
          expect(is - was).toBe(JSON.stringify(rest, plain) === JSON.stringify(now, plain) ? 0 : 1);
        }
      }),
      { numRuns: 3_000, seed: 20_260_127 },
    );
    expect([...reached].sort()).toEqual([...ORDER_STATUSES].sort());
  });
});

describe('reports of one life of an order', () => {
  /** A life: accept, trades that sum to at most orderQty, and the end; each report with totals and versions, or without. */
  const life = fc
    .record({
      parts: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }),
      left: fc.integer({ min: 1, max: 9 }),
      end: fc.constantFrom('cancel', 'expire', 'filled'),
      totals: fc.boolean(),
      versions: fc.boolean(),
    })
    .map(({ parts, left, end, totals, versions }) => {
      let cumQty = 0;
      const reports = [statusReport('accept', totals ? 0 : null, null, versions ? 1 : null)];
      for (const [i, quantity] of parts.entries()) {
        cumQty += quantity;
        reports.push(
          tradeReport(`t${i}`, quantity, 100 + i, totals ? cumQty : null, versions ? i + 2 : null),
        );
      }
      const filled = end === 'filled' && cumQty > 0;
      if (end !== 'filled')
        reports.push(statusReport(end as 'cancel', totals ? cumQty : null, null, versions ? 99 : null));
      return { reports, cumQty, orderQty: filled ? cumQty : cumQty + left };
    });

  /** Some of the reports again, all in any order. */
  const shuffled = life.chain(({ reports, cumQty, orderQty }) =>
    fc
      .array(fc.nat({ max: reports.length - 1 }), { maxLength: 5 })
      .chain((again) => {
        const all = [...reports, ...again.map((i) => reports[i]!)];
        return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
      })
      .map((order) => ({ inOrder: reports, anyOrder: order, cumQty, orderQty })),
  );

  it('end in the same quantities and the same status in whatever order and however often they come', () => {
    fc.assert(
      fc.property(shuffled, ({ inOrder, anyOrder, cumQty, orderQty }) => {
        const expected = lived(orderQty, inOrder);
        const order = lived(orderQty, anyOrder);
        expect(order.cumQty).toBe(cumQty);
        expect(order.cumQty).toBe(expected.cumQty);
        expect(order.cumValue).toBe(expected.cumValue);
        expect(order.status).toBe(expected.status);
        expect(order.overfilled).toBe(false);
      }),
      { numRuns: 2_000, seed: 4 },
    );
  });

  it('never count more than the exchange’s own total when the same fills come under other ids', () => {
    fc.assert(
      fc.property(shuffled, fc.array(fc.nat(), { maxLength: 5 }), ({ inOrder, cumQty, orderQty }, picks) => {
        const trades = inOrder.filter(({ execType }) => execType === 'trade');
        fc.pre(trades.length > 0 && trades[0]!.cumQty !== null);
        const twins = picks.map((pick, i) => ({ ...trades[pick % trades.length]!, tradeId: `twin${i}` }));
        const order = lived(orderQty, [...twins, ...inOrder]);
        expect(order.cumQty).toBe(cumQty);
      }),
      { numRuns: 1_000, seed: 5 },
    );
  });

  it('flag as late exactly what came after the end', () => {
    fc.assert(
      fc.property(shuffled, ({ anyOrder, orderQty }) => {
        const order = createOrder(orderQty);
        applyOrderCommand(order, 'submit');
        let late = 0;
        for (const report of anyOrder) {
          const ended = isTerminal(order);
          const { newQty, flags } = applyExecution(order, report);
          expect((flags & ExecutionFlag.LATE) !== 0).toBe(ended && newQty > 0);
          if (ended) late += newQty;
        }
        expect(order.lateQty).toBe(late);
      }),
      { numRuns: 1_000, seed: 6 },
    );
  });
});

function lived(orderQty: number, reports: readonly OrderExecution[]): OrderState {
  const order = createOrder(orderQty);
  applyOrderCommand(order, 'submit');
  for (const report of reports) applyExecution(order, report);
  return order;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
