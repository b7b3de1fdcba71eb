import { describe, expect, it } from '@jest/globals';
import {
  allRegistered,
  applyAll,
  decideRegistry,
  detailsOf,
  EMPTY_REGISTRY,
  evolveRegistry,
  isRegistered,
  ownerOf,
  ownPositions,
  positionsOf,
  refusalText,
  type FillEvidence,
  type Registry,
  type RegistryCommand,
  type RegistryEvent,
  type RegistryRefusal,
} from './index.js';

const AT = Date.parse('2026-01-27T15:00:00Z');
const CALL = 'SPX/27Jan26C5950';

function fill(tradeId: string, quantity: number): FillEvidence {
  return { kind: 'fill', tradeId, orderId: `order-${tradeId}`, externalReference: null, quantity, at: AT };
}

function register(
  positionId: string,
  owner: string,
  quantity = 1,
  more: Partial<RegistryCommand> = {},
): RegistryCommand {
  return {
    kind: 'register',
    positionId,
    symbol: CALL,
    owner,
    strategyId: `${owner.toLowerCase()}_001`,
    fills: [fill(`trade-${positionId}`, quantity)],
    at: AT,
    ...more,
  } as RegistryCommand;
}

/** The registry after commands that are all accepted. */
function given(...commands: RegistryCommand[]): Registry {
  const { registry, decisions } = applyAll(EMPTY_REGISTRY, commands);
  expect(decisions.filter(({ kind }) => kind === 'refused')).toEqual([]);
  return registry;
}

function events(registry: Registry, command: RegistryCommand): readonly RegistryEvent[] {
  const decision = decideRegistry(registry, command);
  if (decision.kind === 'refused') throw new Error(refusalText(decision.refusal));
  return decision.events;
}

function refusal(registry: Registry, command: RegistryCommand): RegistryRefusal {
  const decision = decideRegistry(registry, command);
  if (decision.kind === 'accepted') throw new Error(`accepted: ${JSON.stringify(decision.events)}`);
  return decision.refusal;
}

describe('registering', () => {
  it('makes the owner, the details and the lists known', () => {
    const metadata = { structure: 'iron_fly', strikes: [5920, 5950, 5950, 5980] };
    const registry = given(register('123', 'IRON_FLY_0DTE', -1, { metadata }), register('127', 'MEIC', 2));
    expect(ownerOf(registry, '123')).toBe('IRON_FLY_0DTE');
    expect(detailsOf(registry, '123')).toEqual({
      positionId: '123',
      heldIn: '123',
      symbol: CALL,
      owner: 'IRON_FLY_0DTE',
      strategyId: 'iron_fly_0dte_001',
      quantity: -1,
      registeredAt: AT,
      updatedAt: AT,
      metadata,
      evidence: [fill('trade-123', -1)],
    });
    expect(positionsOf(registry, 'MEIC').map(({ positionId }) => positionId)).toEqual(['127']);
    expect(allRegistered(registry).map(({ positionId }) => positionId)).toEqual(['123', '127']);
    expect([isRegistered(registry, '123'), isRegistered(registry, '999')]).toEqual([true, false]);
    expect([ownerOf(registry, '999'), detailsOf(registry, '999'), positionsOf(registry, 'METF')]).toEqual([
      null,
      null,
      [],
    ]);
  });

  it('is refused for a position of another owner, with that owner’s name', () => {
    const registry = given(register('123', 'IRON_FLY_0DTE'));
    const refused = refusal(registry, register('123', 'MEIC', 1, { fills: [fill('other', 1)] }));
    expect(refused).toEqual({ code: 'OWNED_BY_ANOTHER', positionId: '123', owner: 'IRON_FLY_0DTE' });
    expect(refusalText(refused)).toBe(
      'position 123 is owned by IRON_FLY_0DTE: only that owner may change it',
    );
  });

  it('changes nothing when the same owner registers the same again', () => {
    const registry = given(register('123', 'MEIC'));
    expect(events(registry, register('123', 'MEIC', 1, { at: AT + 5000 }))).toEqual([]);
  });

  it('adds fills that are new and counts each trade once', () => {
    const registry = given(
      register('123', 'MEIC', 1),
      register('123', 'MEIC', 1, { fills: [fill('trade-123', 1), fill('t2', 2)], at: AT + 1 }),
    );
    expect(detailsOf(registry, '123')).toMatchObject({ quantity: 3, registeredAt: AT, updatedAt: AT + 1 });
    expect(detailsOf(registry, '123')?.evidence).toHaveLength(2);
  });

  it('is refused where the same owner tells another strategy or symbol', () => {
    const registry = given(register('123', 'MEIC'));
    const refused = refusal(registry, register('123', 'MEIC', 1, { strategyId: 'meic_002' }));
    expect(refused).toMatchObject({
      code: 'REGISTERED_DIFFERENTLY',
      field: 'strategyId',
      registered: 'meic_001',
    });
    expect(refusal(registry, register('123', 'MEIC', 1, { symbol: 'SPX/27Jan26P5950' }))).toMatchObject({
      code: 'REGISTERED_DIFFERENTLY',
      field: 'symbol',
    });
  });

  it('is refused where a trade is already another owner’s', () => {
    const registry = given(register('123', 'IRON_FLY_0DTE'));
    const refused = refusal(registry, register('124', 'MEIC', 1, { fills: [fill('trade-123', 1)] }));
    expect(refused).toEqual({
      code: 'TRADE_OWNED_BY_ANOTHER',
      tradeId: 'trade-123',
      positionId: '123',
      owner: 'IRON_FLY_0DTE',
    });
  });

  it.each([
    ['positionId', { positionId: ' ' }],
    ['owner', { owner: '' }],
    ['at', { at: Number.NaN }],
    ['fills', { fills: [] }],
    ['fills[0].quantity', { fills: [fill('a', 0)] }],
    ['fills[0].quantity', { fills: [fill('a', 1.5)] }],
    ['fills[0].tradeId', { fills: [fill('', 1)] }],
    ['fills[1].quantity', { fills: [fill('a', 1), fill('a', 2)] }],
    ['fills', { fills: [fill('a', 1), fill('b', -1)] }],
    ['metadata.strikes[1]', { metadata: { strikes: [1, Number.NaN] } }],
    ['metadata.at', { metadata: { at: undefined as never } }],
  ] as const)('is refused with a wrong %s', (field, wrong) => {
    expect(
      refusal(EMPTY_REGISTRY, register('123', 'MEIC', 1, wrong as Partial<RegistryCommand>)),
    ).toMatchObject({
      code: 'INVALID',
      field,
    });
  });

  it.each(['EXTERNAL', 'DUST'])('is refused for the owner %s', (owner) => {
    expect(refusal(EMPTY_REGISTRY, register('123', owner))).toEqual({ code: 'RESERVED_OWNER', owner });
  });
});

describe('unregistering', () => {
  it('takes the position out', () => {
    const registry = given(register('123', 'MEIC'), {
      kind: 'unregister',
      positionId: '123',
      owner: 'MEIC',
      at: AT,
    });
    expect([isRegistered(registry, '123'), allRegistered(registry)]).toEqual([false, []]);
  });

  it('is refused for what is not registered', () => {
    expect(refusal(EMPTY_REGISTRY, { kind: 'unregister', positionId: '9', owner: 'MEIC', at: AT })).toEqual({
      code: 'NOT_REGISTERED',
      positionId: '9',
    });
  });

  it('is refused for another owner’s position', () => {
    const registry = given(register('123', 'IRON_FLY_0DTE'));
    expect(refusal(registry, { kind: 'unregister', positionId: '123', owner: 'MEIC', at: AT })).toMatchObject(
      {
        code: 'OWNED_BY_ANOTHER',
        owner: 'IRON_FLY_0DTE',
      },
    );
  });

  it('can be ordered by a person for any owner, with the reason on record', () => {
    const registry = given(register('123', 'METF'));
    const release = {
      kind: 'release',
      positionId: '123',
      operator: 'ana',
      reason: 'bot retired',
      at: AT,
    } as const;
    expect(events(registry, release)).toEqual([
      {
        type: 'position_unregistered',
        positionId: '123',
        owner: 'METF',
        quantity: 1,
        cause: 'released',
        note: 'ana: bot retired',
        at: AT,
      },
    ]);
    expect(refusal(EMPTY_REGISTRY, release)).toMatchObject({ code: 'NOT_REGISTERED' });
  });
});

describe('further fills', () => {
  const close = (tradeId: string, quantity: number): RegistryCommand => ({
    kind: 'record_fills',
    positionId: '123',
    owner: 'MEIC',
    fills: [fill(tradeId, quantity)],
    at: AT + 9,
  });

  it('change the quantity, and the last one takes the position out', () => {
    const registry = given(register('123', 'MEIC', 3), close('c1', -2));
    expect(detailsOf(registry, '123')?.quantity).toBe(1);
    const closing = events(registry, close('c2', -1));
    expect(closing.map((event) => event.type)).toEqual(['fills_recorded', 'position_unregistered']);
    expect(closing[1]).toMatchObject({ cause: 'closed', owner: 'MEIC' });
    expect(events(registry, close('c1', -2))).toEqual([]);
  });

  it('may close one position and open another of the same owner by one trade', () => {
    const registry = given(
      register('123', 'MEIC', 3),
      close('flip', -3),
      register('124', 'MEIC', 1, { fills: [fill('flip', -2)] }),
      register('125', 'MEIC', 1, { fills: [fill('flip', -1)] }),
    );
    expect(allRegistered(registry).map(({ positionId, quantity }) => [positionId, quantity])).toEqual([
      ['124', -2],
      ['125', -1],
    ]);
  });

  it('never turn the time of the last change back', () => {
    const registry = given(register('123', 'MEIC', 3), close('c1', -1), {
      kind: 'record_fills',
      positionId: '123',
      owner: 'MEIC',
      fills: [fill('c2', -1)],
      at: AT,
    });
    expect(detailsOf(registry, '123')).toMatchObject({ quantity: 1, updatedAt: AT + 9 });
  });

  it('are refused beyond the position, for another owner, and where nothing is registered', () => {
    const registry = given(register('123', 'MEIC', 3));
    expect(refusal(registry, close('c1', -4))).toEqual({
      code: 'FILLS_EXCEED_POSITION',
      positionId: '123',
      quantity: 3,
      after: -1,
    });
    expect(refusal(given(register('123', 'METF')), close('c1', -1))).toMatchObject({
      code: 'OWNED_BY_ANOTHER',
    });
    expect(refusal(EMPTY_REGISTRY, close('c1', -1))).toMatchObject({ code: 'NOT_REGISTERED' });
  });

  it('are refused where a known trade suddenly has another quantity', () => {
    expect(refusal(given(register('123', 'MEIC', 3)), close('trade-123', -3))).toMatchObject({
      code: 'INVALID',
      field: 'fills',
    });
  });
});

describe('a registration that is delivered again after the position was closed', () => {
  const again = register('123', 'MEIC', 3, { at: AT + 99 });
  const closed = given(register('123', 'MEIC', 3), {
    kind: 'unregister',
    positionId: '123',
    owner: 'MEIC',
    at: AT + 1,
  });

  it('does not bring the position back', () => {
    expect(events(closed, again)).toEqual([]);
  });

  it('is refused to another owner', () => {
    expect(refusal(closed, register('124', 'METF', 3, { fills: [fill('trade-123', 3)] }))).toEqual({
      code: 'TRADE_OWNED_BY_ANOTHER',
      tradeId: 'trade-123',
      positionId: '123',
      owner: 'MEIC',
    });
  });

  it('counts what is new where the exchange uses the id again', () => {
    const fills = [fill('trade-123', 3), fill('trade-200', 2)];
    const registry = applyAll(closed, [register('123', 'MEIC', 0, { fills })]).registry;
    expect(detailsOf(registry, '123')).toMatchObject({ quantity: 2, evidence: [{ tradeId: 'trade-200' }] });
  });

  it('makes the registration anew where a person had released it', () => {
    const released = given(register('123', 'METF', 3), {
      kind: 'release',
      positionId: '123',
      operator: 'ana',
      reason: 'wrong owner',
      at: AT + 1,
    });
    expect(ownerOf(applyAll(released, [again]).registry, '123')).toBe('MEIC');
  });
});

describe('the version', () => {
  it('grows with each event, not with what changes nothing or is refused', () => {
    const { registry, decisions } = applyAll(EMPTY_REGISTRY, [
      register('1', 'A'),
      register('1', 'A'),
      register('1', 'B'),
      register('2', 'B'),
      { kind: 'unregister', positionId: '1', owner: 'A', at: AT },
    ]);
    expect(decisions.map(({ kind }) => kind)).toEqual([
      'accepted',
      'accepted',
      'refused',
      'accepted',
      'accepted',
    ]);
    expect(registry.version).toBe(3);
  });

  it('refuses a writer that has not seen the latest one', () => {
    const registry = given(register('1', 'A'));
    const refused = refusal(registry, register('2', 'B', 1, { expectedVersion: 0 }));
    expect(refused).toEqual({ code: 'STALE_VERSION', expected: 0, actual: 1 });
    expect(refusalText(refused)).toContain('read again and retry');
    expect(events(registry, register('2', 'B', 1, { expectedVersion: 1 }))).toHaveLength(1);
  });

  it('leaves the registry alone that a command was decided on', () => {
    const before = given(register('1', 'A'));
    const [event] = events(before, register('2', 'B'));
    const after = evolveRegistry(before, event!);
    expect([before.version, before.entries.size, after.version, after.entries.size]).toEqual([1, 1, 2, 2]);
  });

  it('stops on an event about a position that is not there', () => {
    const event = { type: 'fills_recorded', positionId: '9', fills: [], at: AT } as const;
    expect(() => evolveRegistry(EMPTY_REGISTRY, event)).toThrow(
      'position 9, which the registry does not hold',
    );
  });
});

describe('filtering', () => {
  const listed = [
    { positionId: '123', symbol: CALL, quantity: -1 },
    { positionId: '124', symbol: 'SPX/27Jan26P5950', quantity: -1 },
    { positionId: '127', symbol: 'SPX/27Jan26C6000', quantity: -2 },
    { positionId: '500', symbol: 'SPX/27Jan26C6050', quantity: 7 },
  ];

  it('shows each owner its own positions on the same underlying, and nobody the unregistered one', () => {
    const registry = given(
      register('123', 'IRON_FLY_0DTE', -1),
      register('124', 'IRON_FLY_0DTE', -1, { symbol: 'SPX/27Jan26P5950' }),
      register('127', 'MEIC', -2, { symbol: 'SPX/27Jan26C6000' }),
    );
    const ids = (owner: string): string[] =>
      ownPositions(registry, owner, listed).map(({ position }) => position.positionId);
    expect([ids('IRON_FLY_0DTE'), ids('MEIC'), ids('METF')]).toEqual([['123', '124'], ['127'], []]);
  });

  it('shows only the owner’s part of a position that holds more', () => {
    const registry = given(register('500', 'METF', 4, { symbol: 'SPX/27Jan26C6050' }));
    expect(ownPositions(registry, 'METF', listed)).toEqual([{ position: listed[3], quantity: 4 }]);
  });
});

describe('adopting', () => {
  const seen = { positionId: '700', symbol: CALL, quantity: 5 };
  const adopt = (more: Partial<RegistryCommand> = {}): RegistryCommand =>
    ({
      kind: 'adopt',
      seen,
      owner: 'MEIC',
      strategyId: 'meic_001',
      operator: 'ana',
      reason: 'opened by hand for entry 3',
      at: AT + 60_000,
      ...more,
    }) as RegistryCommand;
  const observe = (quantity: number): RegistryCommand => ({
    kind: 'observe',
    snapshot: { complete: true, asOf: AT + 1000, positions: [{ ...seen, quantity }] },
    at: AT + 1000,
  });

  it('gives EXTERNAL’s position to an owner and keeps the evidence', () => {
    const registry = given(observe(5), adopt());
    expect(detailsOf(registry, '700')).toMatchObject({ owner: 'MEIC', strategyId: 'meic_001', quantity: 5 });
    expect(detailsOf(registry, '700')?.evidence).toEqual([
      { kind: 'observed', quantity: 5, at: AT + 1000 },
      {
        kind: 'adopted',
        operator: 'ana',
        reason: 'opened by hand for entry 3',
        quantity: 5,
        at: AT + 60_000,
      },
    ]);
  });

  it('works on a position that was never registered', () => {
    expect(detailsOf(given(adopt()), '700')).toMatchObject({ owner: 'MEIC', quantity: 5 });
    expect(events(given(adopt()), adopt())).toEqual([]);
  });

  it('is refused when the position changed after it was shown', () => {
    expect(refusal(given(observe(6)), adopt())).toEqual({
      code: 'CHANGED_SINCE_SEEN',
      positionId: '700',
      seen: 5,
      actual: 6,
    });
  });

  it('never takes from another owner', () => {
    expect(refusal(given(register('700', 'METF', 2)), adopt())).toMatchObject({
      code: 'OWNED_BY_ANOTHER',
      owner: 'METF',
    });
  });

  it('gives an owner what its position holds beyond its own fills', () => {
    const registry = given(register('700', 'MEIC', 2), adopt());
    expect(detailsOf(registry, '700')).toMatchObject({ owner: 'MEIC', quantity: 5 });
    expect(detailsOf(registry, '700')?.evidence.at(-1)).toMatchObject({ kind: 'adopted', quantity: 3 });
  });

  it.each([
    ['RESERVED_OWNER', { owner: 'DUST' }],
    ['INVALID', { operator: '' }],
    ['INVALID', { reason: ' ' }],
    ['INVALID', { seen: { ...seen, quantity: 0 } }],
  ])('is refused with %s', (code, wrong) => {
    expect(refusal(EMPTY_REGISTRY, adopt(wrong as Partial<RegistryCommand>))).toMatchObject({ code });
  });

  it('is not needed where the owner shows the fills: they take the position back from EXTERNAL', () => {
    const registry = given(observe(5), register('700', 'MEIC', 5, { at: AT + 2000 }));
    expect(detailsOf(registry, '700')).toMatchObject({ owner: 'MEIC', quantity: 5 });
    expect(detailsOf(registry, '700')?.evidence.map(({ kind }) => kind)).toEqual(['observed', 'fill']);
  });
});
