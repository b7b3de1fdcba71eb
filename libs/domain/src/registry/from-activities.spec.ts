import { describe, expect, it } from '@jest/globals';
import {
  applyAll,
  detailsOf,
  EMPTY_REGISTRY,
  externalReferenceProblem,
  registrationsFrom,
  type OrderActivity,
  type PlacedOrder,
} from './index.js';

const AT = Date.parse('2026-01-27T15:00:00Z');
const ORDER: PlacedOrder = {
  externalReference: 'IRON_FLY_0DTE_20260127_001',
  owner: 'IRON_FLY_0DTE',
  strategyId: 'iron_fly_20260127_001',
  symbol: 'SPX/27Jan26C5950',
  side: 'SELL',
  metadata: { structure: 'iron_fly' },
};

function line(
  activityId: string,
  status: OrderActivity['status'],
  more: Partial<OrderActivity> = {},
): OrderActivity {
  return {
    activityId,
    orderId: '5002749003',
    externalReference: ORDER.externalReference,
    status,
    positionId: null,
    filledQty: 0,
    at: AT,
    ...more,
  };
}

describe('from the order over its activities to the position', () => {
  const log = [
    line('a1', 'placed'),
    line('a2', 'working', { at: AT + 1 }),
    line('a3', 'fill', { positionId: '12345678', filledQty: 2, at: AT + 2 }),
    line('a4', 'final_fill', { positionId: '12345678', filledQty: 1, at: AT + 3 }),
  ];

  it('registers the position to the owner of the order, with the fills as evidence', () => {
    const { commands, unmatched } = registrationsFrom([ORDER], log, AT + 10);
    expect(unmatched).toEqual([]);
    const { registry } = applyAll(EMPTY_REGISTRY, commands);
    expect(detailsOf(registry, '12345678')).toMatchObject({
      owner: 'IRON_FLY_0DTE',
      strategyId: 'iron_fly_20260127_001',
      symbol: 'SPX/27Jan26C5950',
      quantity: -3,
      metadata: { structure: 'iron_fly' },
      evidence: [
        {
          kind: 'fill',
          tradeId: 'a3',
          orderId: '5002749003',
          externalReference: 'IRON_FLY_0DTE_20260127_001',
          quantity: -2,
          at: AT + 2,
        },
        { tradeId: 'a4', quantity: -1 },
      ],
    });
  });

  it('takes the log in any order, with repetitions, and again as it grows', () => {
    const early = registrationsFrom([ORDER], log.slice(0, 3), AT + 5).commands;
    const all = registrationsFrom([ORDER], [...log].reverse().concat(log), AT + 10).commands;
    const { registry, decisions } = applyAll(EMPTY_REGISTRY, [...early, ...all, ...all]);
    expect(decisions.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(detailsOf(registry, '12345678')).toMatchObject({ quantity: -3 });
    expect(registry.version).toBe(2);
  });

  it('leaves alone what carries no reference, a foreign one, or no position', () => {
    const foreign = [
      line('b1', 'final_fill', { externalReference: null, positionId: '7', filledQty: 1 }),
      line('b2', 'final_fill', { externalReference: 'somebody else', positionId: '8', filledQty: 1 }),
      line('b3', 'final_fill', { filledQty: 1 }),
      line('b4', 'canceled', { positionId: '9' }),
    ];
    const { commands, unmatched } = registrationsFrom([ORDER], foreign, AT);
    expect(commands).toEqual([]);
    expect(unmatched.map(({ activityId }) => activityId)).toEqual(['b1', 'b2', 'b3']);
  });

  it('lets the registry refuse the second owner of one position', () => {
    const other = { ...ORDER, externalReference: 'MEIC_1', owner: 'MEIC', side: 'BUY' } as const;
    const both = [
      ...log,
      line('c1', 'final_fill', {
        externalReference: 'MEIC_1',
        positionId: '12345678',
        filledQty: 1,
        at: AT + 4,
      }),
    ];
    const { commands } = registrationsFrom([ORDER, other], both, AT + 10);
    expect(applyAll(EMPTY_REGISTRY, commands).decisions[1]).toMatchObject({
      kind: 'refused',
      refusal: { code: 'OWNED_BY_ANOTHER', owner: 'IRON_FLY_0DTE' },
    });
  });
});

describe('an external reference', () => {
  it.each([
    ['a', null],
    ['x'.repeat(50), null],
    ['é'.repeat(50), null],
    ['', 'the external reference is empty: the fill could not be attributed to its owner'],
    ['x'.repeat(51), `the external reference has 51 characters, at most 50 are allowed: ${'x'.repeat(51)}`],
  ])('%p: %p', (reference, problem) => {
    expect(externalReferenceProblem(reference)).toBe(problem);
  });
});
