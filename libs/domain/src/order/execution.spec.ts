import { describe, expect, it } from '@jest/globals';
import {
  applyExecution,
  applyOrderCommand,
  canCancel,
  canReplace,
  createOrder,
  exposureQty,
  isLive,
  isSettled,
  isTerminal,
  leavesQty,
  missingQty,
  statusReport,
  tradeReport,
  withExecution,
  ExecutionFlag,
  type OrderExecution,
  type OrderState,
} from './index.js';

const PRICE = 100;

/** An order of 10 lots that was sent. */
function sent(): OrderState {
  const order = createOrder(10);
  applyOrderCommand(order, 'submit');
  return order;
}

/** The same, acknowledged. */
function working(): OrderState {
  return after(sent(), statusReport('accept'));
}

function after(order: OrderState, ...reports: OrderExecution[]): OrderState {
  for (const report of reports) applyExecution(order, report);
  return order;
}

describe('a new order', () => {
  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('refuses an orderQty of %p', (orderQty) => {
    expect(() => createOrder(orderQty)).toThrow(/orderQty must be a whole number of lots above 0/);
  });

  it('counts as exposure before it is sent, and cannot be canceled at the exchange yet', () => {
    const order = createOrder(10);
    expect([isLive(order), exposureQty(order), leavesQty(order), canCancel(order)]).toEqual([
      true,
      10,
      10,
      false,
    ]);
  });

  it('is denied only before it is sent', () => {
    expect(applyOrderCommand(sent(), 'deny')).toBe('illegal');
    const order = createOrder(10);
    applyOrderCommand(order, 'deny');
    expect([order.status, isTerminal(order), exposureQty(order)]).toEqual(['denied', true, 0]);
  });
});

describe('fills', () => {
  it('sums quantity and value exactly, with leavesQty derived', () => {
    const order = after(working(), tradeReport('a', 3, 4_500_000), tradeReport('b', 4, 4_600_001));
    expect(order).toMatchObject({ status: 'partially_filled', cumQty: 7, cumValue: 31_900_004n });
    expect(leavesQty(order)).toBe(3);
    after(order, tradeReport('c', 3, 4_700_000));
    expect(order).toMatchObject({ status: 'filled', cumQty: 10, cumValue: 46_000_004n });
    expect(leavesQty(order)).toBe(0);
  });

  it('stays exact where the value is beyond what a double holds', () => {
    const big = createOrder(2 ** 52);
    after(big, tradeReport('a', 2 ** 52, 2 ** 40 + 1));
    expect(big.cumValue).toBe(2n ** 92n + 2n ** 52n);
  });

  it('takes a fill before the acknowledgement, and the acknowledgement after it changes nothing', () => {
    const order = sent();
    expect(applyExecution(order, tradeReport('a', 4, PRICE))).toMatchObject({
      applied: true,
      newQty: 4,
      flags: 0,
    });
    expect(order.status).toBe('partially_filled');
    expect(applyExecution(order, statusReport('accept'))).toMatchObject({
      applied: false,
      flags: ExecutionFlag.REGRESSION,
    });
    expect(order.status).toBe('partially_filled');
  });

  it('counts a replayed trade once', () => {
    const order = after(working(), tradeReport('a', 4, PRICE, 4));
    expect(applyExecution(order, tradeReport('a', 4, PRICE, 4))).toMatchObject({
      applied: false,
      newQty: 0,
      flags: ExecutionFlag.DUPLICATE,
    });
    expect(order.cumQty).toBe(4);
  });

  it('counts a fill once that comes by stream and by query, whichever is first', () => {
    const stream = tradeReport('a', 4, PRICE, 4);
    const query = tradeReport('a', 4, PRICE);
    expect(after(working(), stream, query).cumQty).toBe(4);
    expect(after(working(), query, stream).cumQty).toBe(4);
  });

  it('never counts more than the exchange says it filled, even under another id', () => {
    const order = after(working(), tradeReport('a', 4, PRICE, 4));
    expect(applyExecution(order, tradeReport('a-again', 4, PRICE, 4))).toMatchObject({
      newQty: 0,
      flags: ExecutionFlag.SURPLUS,
    });
    expect(order.cumQty).toBe(4);
  });

  it('counts trades without ids by the exchange’s total, and refuses a trade with neither', () => {
    const order = after(
      working(),
      tradeReport(null, 4, PRICE, 4),
      tradeReport(null, 4, PRICE, 4),
      tradeReport(null, 6, PRICE, 10),
    );
    expect(order).toMatchObject({ status: 'filled', cumQty: 10, overfilled: false });
    expect(() => applyExecution(working(), tradeReport(null, 4, PRICE))).toThrow(
      /needs a tradeId or a cumQty/,
    );
    expect(() => applyExecution(working(), tradeReport('a', 0, PRICE))).toThrow(
      /trade a: lastQty must be a whole number/,
    );
  });

  it('accepts a genuine overfill and flags it', () => {
    const order = after(working(), tradeReport('a', 8, PRICE, 8));
    expect(applyExecution(order, tradeReport('b', 5, PRICE, 13))).toMatchObject({
      newQty: 5,
      flags: ExecutionFlag.OVERFILL,
    });
    expect(order).toMatchObject({ status: 'filled', cumQty: 13, overfilled: true, lateQty: 0 });
    expect(leavesQty(order)).toBe(0);
  });

  it('calls a fill after the last one an overfill, not late', () => {
    const order = after(working(), tradeReport('a', 10, PRICE));
    expect(applyExecution(order, tradeReport('b', 1, PRICE))).toMatchObject({
      newQty: 1,
      flags: ExecutionFlag.OVERFILL,
    });
    expect(order).toMatchObject({ status: 'filled', cumQty: 11, overfilled: true, lateQty: 0 });
  });

  it('says what is missing when the exchange has filled more than its trades told', () => {
    const order = after(working(), tradeReport('a', 3, PRICE, 3), statusReport('cancel', 5));
    expect(order.status).toBe('canceled');
    expect([missingQty(order), isSettled(order), exposureQty(order)]).toEqual([2, false, 2]);
    expect(applyExecution(order, tradeReport('b', 2, PRICE, 5))).toMatchObject({
      newQty: 2,
      flags: ExecutionFlag.LATE,
    });
    expect([missingQty(order), isSettled(order), exposureQty(order)]).toEqual([0, true, 0]);
  });

  it('reads partial_fill and fill as trades, and works out itself what is left', () => {
    const order = after(working(), { execType: 'fill', tradeId: 7, lastQty: 4, lastPx: PRICE });
    expect(order.status).toBe('partially_filled');
    after(order, { execType: 'partial_fill', tradeId: 8, lastQty: 6, lastPx: PRICE });
    expect(order.status).toBe('filled');
  });
});

describe('reports out of order', () => {
  it('takes no status from a report with a lower version, but counts its trade', () => {
    const order = after(working(), statusReport('replace', null, 8, 7));
    expect(applyExecution(order, statusReport('restate', null, 10, 5))).toMatchObject({
      applied: false,
      flags: ExecutionFlag.REGRESSION,
    });
    expect(order.orderQty).toBe(8);
    expect(applyExecution(order, tradeReport('a', 3, PRICE, 3, 4))).toMatchObject({
      applied: true,
      newQty: 3,
    });
    expect(order).toMatchObject({ orderQty: 8, cumQty: 3, reportVersion: 7 });
  });

  it('takes reports of the same version one after the other: some exchanges count in milliseconds', () => {
    const order = after(sent(), statusReport('accept', null, null, 5), statusReport('cancel', null, null, 5));
    expect(order.status).toBe('canceled');
  });

  it('ignores the refusal of a first cancel that comes while a second one is on its way', () => {
    const order = working();
    applyOrderCommand(order, 'cancel_request');
    after(order, statusReport('cancel_reject', null, null, 3), statusReport('restate', null, null, 4));
    applyOrderCommand(order, 'cancel_request');
    after(order, statusReport('cancel_reject', null, null, 3));
    expect(order.status).toBe('pending_cancel');
  });

  it('raises its own version with each change, and only then', () => {
    const order = createOrder(10);
    const versions = [order.version];
    const step = (report: OrderExecution): void => {
      applyExecution(order, report);
      versions.push(order.version);
    };
    applyOrderCommand(order, 'submit');
    versions.push(order.version);
    step(statusReport('accept'));
    step(statusReport('accept'));
    step(tradeReport('a', 1, PRICE));
    step(tradeReport('a', 1, PRICE));
    step(statusReport('cancel'));
    expect(versions).toEqual([0, 1, 2, 2, 3, 3, 4]);
  });
});

describe('an unknown order', () => {
  function unknown(): OrderState {
    const order = sent();
    applyOrderCommand(order, 'lose');
    return order;
  }

  it('counts whole as exposure until it is resolved', () => {
    const order = unknown();
    expect([isLive(order), exposureQty(order), canCancel(order), canReplace(order)]).toEqual([
      true,
      10,
      true,
      false,
    ]);
  });

  it('is adopted when a query finds it open', () => {
    expect(after(unknown(), statusReport('accept')).status).toBe('new');
  });

  it('is adopted when a query finds it filled', () => {
    const order = after(unknown(), tradeReport('a', 10, PRICE, 10));
    expect(order).toMatchObject({ status: 'filled', cumQty: 10 });
  });

  it('counts a fill in part and stays unknown, because the rest may be gone', () => {
    const order = after(unknown(), tradeReport('a', 4, PRICE, 4));
    expect([order.status, order.cumQty, exposureQty(order)]).toEqual(['unknown', 4, 6]);
    expect(after(order, statusReport('accept', 4)).status).toBe('partially_filled');
  });

  it('is rejected once it is proven absent, and canceled where it had fills', () => {
    const absent = unknown();
    applyOrderCommand(absent, 'resolve_absent');
    expect([absent.status, exposureQty(absent)]).toEqual(['rejected', 0]);
    const filledOnce = after(unknown(), tradeReport('a', 4, PRICE));
    applyOrderCommand(filledOnce, 'resolve_absent');
    expect([filledOnce.status, filledOnce.cumQty]).toEqual(['canceled', 4]);
  });

  it('cannot be proven absent before it was given up as lost', () => {
    const order = sent();
    expect(applyOrderCommand(order, 'resolve_absent')).toBe('illegal');
    expect(
      applyExecution(order, { execType: 'resolve_absent', tradeId: null, lastQty: 0, lastPx: 0 }),
    ).toMatchObject({
      applied: false,
      flags: ExecutionFlag.ILLEGAL,
    });
    expect(order.status).toBe('pending_new');
  });

  it('is lost and resolved by reports as well', () => {
    const lost = { execType: 'lose', tradeId: null, lastQty: 0, lastPx: 0 } as const;
    const order = after(sent(), lost);
    expect([order.status, order.version]).toEqual(['unknown', 2]);
    after(order, { ...lost, execType: 'resolve_absent' });
    expect(order.status).toBe('rejected');
  });

  it('is never sent a second time', () => {
    expect(applyOrderCommand(unknown(), 'submit')).toBe('illegal');
  });

  it('keeps the wish to cancel while it is unknown', () => {
    const order = unknown();
    applyOrderCommand(order, 'cancel_request');
    expect(order).toMatchObject({ status: 'unknown', cancelRequested: true, cancelAttempts: 1 });
    after(order, statusReport('cancel_reject'));
    expect(order).toMatchObject({ status: 'unknown', cancelRejects: 1 });
    after(order, statusReport('accept'));
    expect([order.status, order.cancelRequested, canCancel(order)]).toEqual(['new', true, true]);
  });
});

describe('cancel races', () => {
  function canceling(): OrderState {
    const order = after(working(), tradeReport('a', 4, PRICE));
    applyOrderCommand(order, 'cancel_request');
    return order;
  }

  it('ends as filled when the fill beats the cancel', () => {
    const order = after(canceling(), tradeReport('b', 6, PRICE));
    expect(order.status).toBe('filled');
    expect(applyExecution(order, statusReport('cancel_reject'))).toMatchObject({ applied: false });
    expect(order.status).toBe('filled');
  });

  it('stays pending_cancel through a fill in part', () => {
    expect(after(canceling(), tradeReport('b', 1, PRICE)).status).toBe('pending_cancel');
  });

  it('works on when the cancel is refused, counts the refusals, and still wants to be canceled', () => {
    const order = after(canceling(), statusReport('cancel_reject'));
    expect(order).toMatchObject({
      status: 'partially_filled',
      cancelRequested: true,
      cancelAttempts: 1,
      cancelRejects: 1,
    });
    applyOrderCommand(order, 'cancel_request');
    expect(after(order, statusReport('cancel_reject'))).toMatchObject({
      cancelAttempts: 2,
      cancelRejects: 2,
    });
  });

  it('is unknown, and counted, when the answer is "unknown order"', () => {
    const order = canceling();
    applyOrderCommand(order, 'lose');
    expect([order.status, order.cancelRequested, exposureQty(order)]).toEqual(['unknown', true, 6]);
  });

  it('counts a fill that comes after the cancel was confirmed, flags it, and stays canceled', () => {
    const order = after(canceling(), statusReport('cancel'));
    expect(applyExecution(order, tradeReport('b', 2, PRICE, 6))).toMatchObject({
      applied: true,
      newQty: 2,
      flags: ExecutionFlag.LATE,
    });
    expect(order).toMatchObject({ status: 'canceled', cumQty: 6, lateQty: 2, overfilled: false });
    expect(leavesQty(order)).toBe(0);
  });

  it('cancels an order that was not sent yet by a request that follows it', () => {
    const order = createOrder(10);
    expect(applyOrderCommand(order, 'cancel_request')).toBe('applied');
    expect([order.status, isLive(order)]).toEqual(['pending_cancel', true]);
    expect(after(order, statusReport('cancel')).status).toBe('canceled');
  });
});

describe('replacing', () => {
  function replacing(orderQty: number, filled = 4): OrderState {
    const order = after(working(), tradeReport('a', filled, PRICE));
    applyOrderCommand(order, 'replace_request', orderQty);
    return order;
  }

  it('counts the larger of both quantities while the answer is out', () => {
    expect(exposureQty(replacing(15))).toBe(11);
    expect(exposureQty(replacing(6))).toBe(6);
  });

  it('takes the quantity that the exchange confirms', () => {
    const order = after(replacing(8), statusReport('replace', null, 7));
    expect(order).toMatchObject({ status: 'partially_filled', orderQty: 7, replaceQty: 0 });
    expect(leavesQty(order)).toBe(3);
  });

  it('keeps the old quantity when it is refused', () => {
    const order = after(replacing(8), statusReport('replace_reject'));
    expect(order).toMatchObject({ status: 'partially_filled', orderQty: 10, replaceQty: 0 });
  });

  it('waits for the answer when the old quantity fills while a larger one is asked for', () => {
    const order = after(replacing(15), tradeReport('b', 6, PRICE));
    expect([order.status, order.overfilled]).toEqual(['pending_replace', false]);
    expect(after(order, statusReport('replace_reject')).status).toBe('filled');
    const grown = after(replacing(15), tradeReport('b', 6, PRICE), statusReport('replace', null, 15));
    expect([grown.status, leavesQty(grown)]).toEqual(['partially_filled', 5]);
  });

  it('is filled when it was reduced to what is filled, and flags what was filled beyond', () => {
    expect(after(replacing(4), statusReport('replace', null, 4))).toMatchObject({
      status: 'filled',
      overfilled: false,
    });
    const order = replacing(3);
    expect(applyExecution(order, statusReport('replace', null, 3))).toMatchObject({
      flags: ExecutionFlag.OVERFILL,
    });
    expect(order).toMatchObject({ status: 'filled', overfilled: true });
  });

  it('gives way to a cancel and comes back when that is refused', () => {
    const order = replacing(8);
    applyOrderCommand(order, 'cancel_request');
    expect(after(order, statusReport('cancel_reject')).status).toBe('pending_replace');
  });

  it('adopts a quantity that the exchange reduced by itself', () => {
    const order = after(working(), statusReport('restate', null, 6));
    expect([order.orderQty, leavesQty(order), order.status]).toEqual([6, 6, 'new']);
    expect(after(order, statusReport('restate', null, 0)).status).toBe('canceled');
  });

  it('needs a quantity', () => {
    expect(() => applyOrderCommand(working(), 'replace_request')).toThrow(
      /needs a quantity in whole lots above 0/,
    );
  });
});

it('withExecution leaves the order alone that it was given', () => {
  const order = after(working(), tradeReport('a', 1, PRICE));
  const before = { ...order, tradeIds: [...order.tradeIds] };
  const { order: next } = withExecution(order, tradeReport('b', 2, PRICE));
  expect(order).toEqual(before);
  expect(next).toMatchObject({ cumQty: 3, tradeIds: ['a', 'b'] });
});
