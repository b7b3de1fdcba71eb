import { describe, expect, it } from '@jest/globals';
import {
  applyAll,
  decideRegistry,
  detailsOf,
  EMPTY_REGISTRY,
  holdersOf,
  ownPositions,
  reconcile,
  type ExchangePosition,
  type ExchangeSnapshot,
  type Reconciliation,
  type Registry,
  type RegistryCommand,
} from './index.js';

const AT = 1_769_500_000_000;
const LATER = AT + 60_000;
const CALL = 'SPX/27Jan26C5950';
const PUT = 'SPX/27Jan26P5950';

const register = (
  positionId: string,
  owner: string,
  quantity: number,
  symbol = CALL,
  at = AT,
): RegistryCommand => ({
  kind: 'register',
  positionId,
  symbol,
  owner,
  strategyId: owner,
  fills: [
    {
      kind: 'fill',
      tradeId: `t-${positionId}`,
      orderId: `o-${positionId}`,
      externalReference: null,
      quantity,
      at,
    },
  ],
  at,
});
const listed = (positionId: string, quantity: number, symbol = CALL): ExchangePosition => ({
  positionId,
  symbol,
  quantity,
});
const snapshot = (...positions: ExchangePosition[]): ExchangeSnapshot => ({
  complete: true,
  asOf: LATER,
  positions,
});
const failed: ExchangeSnapshot = { complete: false, reason: 'HTTP 503 on page 2' };

function given(...commands: RegistryCommand[]): Registry {
  const { registry, decisions } = applyAll(EMPTY_REGISTRY, commands);
  expect(decisions.filter(({ kind }) => kind === 'refused')).toEqual([]);
  return registry;
}

function reconciled(registry: Registry, answer: ExchangeSnapshot, graceMs?: number): Reconciliation {
  const result = reconcile(registry, answer, graceMs);
  if (result.kind === 'incomplete') throw new Error(result.reason);
  return result;
}

/** Just the ids, for reading at a glance. */
function summary(result: Reconciliation): Record<string, unknown> {
  return {
    orphans: result.orphans.map(({ entry, removable }) => `${entry.positionId}${removable ? '' : '?'}`),
    unregistered: result.unregistered.map(({ positionId }) => positionId),
    drift: result.drift.map(({ positionId, difference }) => `${positionId}:${difference}`),
    merges: result.mergeCandidates.map(
      ({ vanished, into, quantity }) => `${vanished.join('+')}->${into}:${quantity}`,
    ),
    tooNew: result.tooNew.map(({ positionId }) => positionId),
  };
}

const CLEAN = { orphans: [], unregistered: [], drift: [], merges: [], tooNew: [] };

describe('reconciling with the exchange', () => {
  it('finds nothing where both agree', () => {
    const registry = given(register('1', 'A', 2), register('2', 'B', -1, PUT));
    expect(summary(reconciled(registry, snapshot(listed('2', -1, PUT), listed('1', 2))))).toEqual(CLEAN);
  });

  it('lists what is registered and not at the exchange', () => {
    const registry = given(register('1', 'A', 2), register('2', 'B', -1, PUT));
    expect(summary(reconciled(registry, snapshot(listed('2', -1, PUT))))).toEqual({
      ...CLEAN,
      orphans: ['1'],
    });
  });

  it('takes a position that is listed with quantity 0 for one that is gone', () => {
    expect(summary(reconciled(given(register('1', 'A', 2)), snapshot(listed('1', 0))))).toEqual({
      ...CLEAN,
      orphans: ['1'],
    });
  });

  it('lists what is at the exchange and not registered', () => {
    const registry = given(register('1', 'A', 2));
    expect(
      summary(reconciled(registry, snapshot(listed('1', 2), listed('9', 5, PUT), listed('8', 0, PUT)))),
    ).toEqual({
      ...CLEAN,
      unregistered: ['9'],
    });
  });

  it('lists quantities that differ, with the owners', () => {
    const result = reconciled(given(register('1', 'A', 2)), snapshot(listed('1', 5)));
    expect(result.drift).toEqual([
      {
        positionId: '1',
        symbol: CALL,
        owners: ['A'],
        owned: 2,
        reported: 5,
        difference: 3,
        symbolDiffers: false,
      },
    ]);
  });

  it('calls it a drift when the exchange lists the id with another symbol', () => {
    const result = reconciled(given(register('1', 'A', 2)), snapshot(listed('1', 2, PUT)));
    expect(result.drift).toMatchObject([
      { positionId: '1', symbol: PUT, difference: 0, symbolDiffers: true },
    ]);
  });

  it('draws no conclusion from a failed, partial, or contradictory answer', () => {
    const registry = given(register('1', 'A', 2));
    expect(reconcile(registry, failed)).toEqual({ kind: 'incomplete', reason: 'HTTP 503 on page 2' });
    expect(reconcile(registry, snapshot(listed('1', 2), listed('1', 3)))).toEqual({
      kind: 'incomplete',
      reason: 'position 1 is listed twice',
    });
  });

  it('does not judge what was registered after the query was sent', () => {
    const registry = given(register('1', 'A', 2, CALL, LATER + 1), register('2', 'A', 1, PUT, LATER));
    expect(summary(reconciled(registry, snapshot()))).toEqual({ ...CLEAN, orphans: ['2'], tooNew: ['1'] });
    expect(summary(reconciled(registry, snapshot(), 1))).toEqual({ ...CLEAN, tooNew: ['1', '2'] });
  });
});

describe('cleaning up orphans', () => {
  const cleanUp = (answer: ExchangeSnapshot, owner: string | null = null): RegistryCommand => ({
    kind: 'clean_up',
    snapshot: answer,
    owner,
    at: LATER,
  });

  it('removes what no longer exists and says so, and nothing else', () => {
    const registry = given(register('1', 'A', 2), register('2', 'B', -1, PUT));
    const decision = decideRegistry(registry, cleanUp(snapshot(listed('2', -1, PUT))));
    expect(decision).toEqual({
      kind: 'accepted',
      events: [
        {
          type: 'position_unregistered',
          positionId: '1',
          owner: 'A',
          quantity: 2,
          cause: 'orphan',
          note: null,
          at: LATER,
        },
      ],
    });
  });

  it('removes only one owner’s where asked', () => {
    const registry = given(register('1', 'A', 2), register('2', 'B', -1, PUT), cleanUp(snapshot(), 'B'));
    expect([...registry.entries.keys()]).toEqual(['1']);
  });

  it('removes everything when the exchange is known to hold nothing', () => {
    expect(given(register('1', 'A', 2), register('2', 'B', -1, PUT), cleanUp(snapshot())).entries.size).toBe(
      0,
    );
  });

  it('removes nothing after a query that failed', () => {
    const registry = given(register('1', 'A', 2));
    for (const kind of ['clean_up', 'observe'] as const) {
      expect(
        decideRegistry(registry, { kind, snapshot: failed, owner: null, at: LATER } as RegistryCommand),
      ).toEqual({
        kind: 'refused',
        refusal: { code: 'QUERY_INCOMPLETE', reason: 'HTTP 503 on page 2' },
      });
    }
  });

  it('keeps an orphan while its symbol holds something unexplained, and removes it once that is explained', () => {
    const commands = [register('1', 'A', 2), register('2', 'B', 1)];
    // 1 is gone and 2 has grown, but not by as much: it may be a merge and another fill.
    const grown = snapshot(listed('2', 4));
    expect(summary(reconciled(given(...commands), grown))).toEqual({
      ...CLEAN,
      orphans: ['1?'],
      drift: ['2:3'],
    });
    const kept = given(...commands, cleanUp(grown));
    expect([...kept.entries.keys()]).toEqual(['1', '2']);
    const fills = [
      { kind: 'fill', tradeId: 'more', orderId: 'o', externalReference: null, quantity: 3, at: AT },
    ] as const;
    const explained = given(
      ...commands,
      { kind: 'record_fills', positionId: '2', owner: 'B', fills, at: AT + 1 },
      cleanUp(grown),
    );
    expect([...explained.entries.keys()]).toEqual(['2']);
  });

  it('keeps an orphan whose symbol has an entry that is too new to judge', () => {
    const registry = given(register('1', 'A', 2), register('2', 'B', 1, CALL, LATER + 1));
    expect(summary(reconciled(registry, snapshot(listed('2', 3))))).toEqual({
      ...CLEAN,
      orphans: ['1?'],
      tooNew: ['2'],
    });
  });
});

describe('merged positions', () => {
  const confirm = (vanished: string[], into: string, answer: ExchangeSnapshot): RegistryCommand => ({
    kind: 'confirm_merge',
    vanished,
    into,
    snapshot: answer,
    operator: 'ana',
    reason: 'end-of-day netting',
    at: LATER + 1,
  });
  const cleanUp = (answer: ExchangeSnapshot): RegistryCommand => ({
    kind: 'clean_up',
    snapshot: answer,
    owner: null,
    at: LATER + 2,
  });

  it.each([
    ['into the older one', [register('1', 'A', 1), register('2', 'B', 2)], [listed('2', 3)], '1->2:1'],
    ['into a new id', [register('1', 'A', 1), register('2', 'B', 2)], [listed('3', 3)], '1+2->3:3'],
    ['under a new id alone', [register('1', 'A', 1)], [listed('3', 1)], '1->3:1'],
    [
      'several at once',
      [register('1', 'A', 1), register('2', 'B', 2), register('3', 'C', 3)],
      [listed('3', 6)],
      '1+2->3:3',
    ],
    ['opposite ones', [register('1', 'A', 3), register('2', 'B', -1)], [listed('1', 2)], '2->1:-1'],
    ['opposite ones that leave nothing', [register('1', 'A', 2), register('2', 'B', -2)], [], '1+2->1:0'],
  ] as const)('are candidates and no orphans: %s', (_name, commands, positions, merge) => {
    const registry = given(...commands);
    const answer = snapshot(...positions);
    expect(summary(reconciled(registry, answer))).toEqual({ ...CLEAN, merges: [merge] });
    // Kept until somebody confirms.
    expect(given(...commands, cleanUp(answer)).entries).toEqual(registry.entries);
    const [vanished, into] = merge.split(':')[0]!.split('->') as [string, string];
    const merged = given(...commands, confirm(vanished.split('+'), into, answer));
    expect(summary(reconciled(merged, { ...answer, asOf: LATER + 1 } as ExchangeSnapshot))).toEqual(CLEAN);
    expect([...merged.entries.values()].map(({ owner, quantity }) => [owner, quantity])).toEqual(
      [...registry.entries.values()].map(({ owner, quantity }) => [owner, quantity]),
    );
  });

  it('are none across symbols, or where the quantities do not add up', () => {
    expect(
      summary(
        reconciled(given(register('1', 'A', 1), register('2', 'B', 2, PUT)), snapshot(listed('2', 3, PUT))),
      ),
    ).toEqual({
      ...CLEAN,
      orphans: ['1'],
      drift: ['2:1'],
    });
    expect(
      summary(reconciled(given(register('1', 'A', 1), register('2', 'B', 2)), snapshot(listed('2', 5)))),
    ).toEqual({
      ...CLEAN,
      orphans: ['1?'],
      drift: ['2:3'],
    });
  });

  it('are none where the id now stands for another symbol', () => {
    const registry = given(register('1', 'A', 1), register('2', 'B', 2, PUT));
    expect(summary(reconciled(registry, snapshot(listed('2', 3, CALL))))).toEqual({
      ...CLEAN,
      orphans: ['1?'],
      drift: ['2:1'],
    });
  });

  it('are taken to be as many as add up, so that none of them is removed by mistake', () => {
    const registry = given(
      register('1', 'A', 1),
      register('2', 'B', 2),
      register('3', 'C', 3),
      register('4', 'D', 5),
    );
    expect(summary(reconciled(registry, snapshot(listed('4', 8))))).toEqual({
      ...CLEAN,
      merges: ['1+2->4:3'],
      orphans: ['3?'],
    });
  });

  it('are found among more positions than all combinations are tried for', () => {
    const many = Array.from({ length: 14 }, (_, i) => register(`p${i}`, `S${i}`, i + 1));
    const registry = given(...many, register('z', 'Z', 1));
    const whole = reconciled(registry, snapshot(listed('z', 106)));
    expect(whole.mergeCandidates).toMatchObject([{ into: 'z', quantity: 105 }]);
    const single = reconciled(registry, snapshot(listed('z', 5)));
    expect(single.mergeCandidates).toMatchObject([{ vanished: ['p3'], into: 'z', quantity: 4 }]);
    expect(single.orphans.every(({ removable }) => !removable)).toBe(true);
  });

  it('leave every owner its own part of the one position', () => {
    const answer = snapshot(listed('2', 3));
    const registry = given(register('1', 'A', 1), register('2', 'B', 2), confirm(['1'], '2', answer));
    expect(holdersOf(registry, '2').map(({ owner, quantity }) => [owner, quantity])).toEqual([
      ['A', 1],
      ['B', 2],
    ]);
    expect(ownPositions(registry, 'A', [listed('2', 3)])).toEqual([
      { position: listed('2', 3), quantity: 1 },
    ]);
    expect(detailsOf(registry, '1')?.evidence.at(-1)).toEqual({
      kind: 'merged',
      operator: 'ana',
      reason: 'end-of-day netting',
      into: '2',
      at: LATER + 1,
    });
    // B closes: what is left of the position is A's, and nobody else can register it.
    const alone = applyAll(registry, [
      { kind: 'unregister', positionId: '2', owner: 'B', at: LATER + 3 },
    ]).registry;
    expect(
      summary(reconciled(alone, { complete: true, asOf: LATER + 4, positions: [listed('2', 1)] })),
    ).toEqual(CLEAN);
    expect(decideRegistry(alone, { ...register('2', 'C', 1), at: LATER + 5 })).toMatchObject({
      refusal: { code: 'OWNED_BY_ANOTHER', owner: 'A' },
    });
  });

  it('are confirmed only as the exchange shows them', () => {
    const registry = given(register('1', 'A', 1), register('2', 'B', 2));
    expect(decideRegistry(registry, confirm(['1'], '2', snapshot(listed('2', 2), listed('1', 1))))).toEqual({
      kind: 'refused',
      refusal: { code: 'MERGE_NOT_SEEN', vanished: ['1'], into: '2' },
    });
    expect(decideRegistry(registry, confirm(['1'], '2', failed))).toMatchObject({
      refusal: { code: 'QUERY_INCOMPLETE' },
    });
  });
});

describe('what nobody owns', () => {
  const observe = (answer: ExchangeSnapshot): RegistryCommand => ({
    kind: 'observe',
    snapshot: answer,
    at: LATER,
  });

  it('becomes EXTERNAL, and EXTERNAL follows it until it is gone', () => {
    const first = given(register('1', 'A', 2), observe(snapshot(listed('1', 2), listed('9', 5, PUT))));
    expect(detailsOf(first, '9')).toMatchObject({ owner: 'EXTERNAL', quantity: 5 });
    const at = (asOf: number, ...positions: ExchangePosition[]): RegistryCommand => ({
      kind: 'observe',
      snapshot: { complete: true, asOf, positions },
      at: asOf,
    });
    const second = applyAll(first, [at(LATER + 1, listed('1', 2), listed('9', 4, PUT))]).registry;
    expect(detailsOf(second, '9')).toMatchObject({ owner: 'EXTERNAL', quantity: 4 });
    const third = applyAll(second, [at(LATER + 2, listed('1', 2))]).registry;
    expect([...third.entries.keys()]).toEqual(['1']);
  });

  it('never absorbs what an owner’s position holds too much or too little', () => {
    const registry = given(register('1', 'A', 2));
    expect(decideRegistry(registry, observe(snapshot(listed('1', 5))))).toEqual({
      kind: 'accepted',
      events: [],
    });
    expect(decideRegistry(registry, observe(snapshot()))).toEqual({ kind: 'accepted', events: [] });
  });

  it('waits for a person where an id comes back that was merged into another', () => {
    const merge: RegistryCommand = {
      kind: 'confirm_merge',
      vanished: ['1'],
      into: '2',
      snapshot: snapshot(listed('2', 3)),
      operator: 'ana',
      reason: 'netting',
      at: LATER,
    };
    const registry = given(register('1', 'A', 1), register('2', 'B', 2), merge);
    const back = snapshot(listed('1', 1), listed('2', 2));
    expect(summary(reconciled(registry, back))).toEqual({ ...CLEAN, unregistered: ['1'], drift: ['2:-1'] });
    expect(decideRegistry(registry, observe(back))).toEqual({ kind: 'accepted', events: [] });
  });

  it('waits for a person where an owner’s position of the same symbol has just vanished', () => {
    const registry = given(register('1', 'A', 2));
    const answer = snapshot(listed('9', 3));
    expect(summary(reconciled(registry, answer))).toEqual({ ...CLEAN, orphans: ['1?'], unregistered: ['9'] });
    expect(decideRegistry(registry, observe(answer))).toEqual({ kind: 'accepted', events: [] });
  });
});
