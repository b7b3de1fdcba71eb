import { describe, expect, it } from '@jest/globals';
import { auditTopic } from '@bowline/contracts';
import type { OrderActivity } from '@bowline/domain';
import { CHANNEL, GatewayBench, SETUP, termsOf } from './gateway.spec-support.js';

const { symbol } = CHANNEL;
const everything = { nativeOco: false, recvWindowMs: 5_000, maxConditionalOrders: null };

function bench(): GatewayBench {
  return new GatewayBench(true, { capabilities: { ...everything, positionIds: true } });
}

/** The exchange's log: so many lots of an order were booked to a position. */
function line(
  given: GatewayBench,
  activityId: string,
  externalReference: string | null,
  filledQty: number,
  positionId: string | null,
  status: OrderActivity['status'] = 'final_fill',
): void {
  const said = { activityId, orderId: `o-${externalReference ?? ''}`, externalReference, status };
  given.report({ type: 'activity', symbol, ...said, positionId, filledQty });
}

/** An order of a strategy, filled at once. */
function place(given: GatewayBench, strategyId: string, name: string, orderQty: number): void {
  const command = { type: 'place', channel: CHANNEL, strategyId, terms: termsOf(name, orderQty) } as const;
  given.take({ type: 'command', command: { ...command, expiresAt: null, at: given.at } });
  given.step(`trade ${name} ${orderQty}`);
}

/** What the exchange lists. */
function lists(
  given: GatewayBench,
  held: Readonly<Record<string, number>>,
  missing: string | null = null,
  lastActivityId: string | null = null,
): void {
  const rest = { price: '95', openedAt: 0, externalReference: null };
  const items = Object.entries(held).map(([positionId, signedQty]) => ({ positionId, signedQty, ...rest }));
  given.report({ type: 'positions', symbol, items, missing, lastActivityId });
}

function owned({ state }: GatewayBench): string[] {
  const { entries } = state.ownership.registry;
  return [...entries.values()].map((entry) => `${entry.owner} ${entry.quantity} in ${entry.heldIn}`);
}

function told({ published }: GatewayBench): string[] {
  return published
    .filter(({ topic }) => topic.startsWith('audit'))
    .flatMap(({ body }) => auditTopic.parse(body).entries)
    .map((entry) => ('text' in entry ? `${entry.text}` : 'code' in entry ? entry.code : entry.type));
}

/** A is long 10 in position 7, and the log has said so. */
function long(): GatewayBench {
  const given = bench();
  for (const step of ['place e1', 'accept e1', 'trade e1 10']) given.step(step);
  given.at = 1_000;
  line(given, '1', 'e1', 10, '7');
  given.at = 2_000;
  return given;
}

describe('the registry of an account whose positions have ids', () => {
  it('names the position that an order is to close, once the log has told it', () => {
    const given = long();
    given.step('place s1');
    expect(given.requests.at(-1)).toMatchObject({ type: 'place', clientOrderId: 's1', closes: '7' });
  });

  it('follows what is filled in parts, opened and closed, and a line that is told again', () => {
    const given = bench();
    for (const step of ['place e1', 'accept e1', 'trade e1 4', 'trade e1 6']) given.step(step);
    line(given, '1', 'e1', 0, null, 'placed');
    line(given, '2', 'e1', 4, '7', 'fill');
    line(given, '3', 'e1', 6, '8');
    line(given, '3', 'e1', 6, '8');
    expect(owned(given)).toEqual(['A 4 in 7', 'A 6 in 8']);
    for (const step of ['place x1', 'accept x1', 'trade x1 5', 'restart']) given.step(step);
    line(given, '4', 'x1', 5, '8');
    expect(owned(given)).toEqual(['A 5 in 8']);
    given.step('trade x1 5');
    line(given, '5', 'x1', 5, '8');
    expect(owned(given)).toEqual([]);
  });

  it('asks the log from where none of it is missing, and not from what came by the stream', () => {
    const given = long();
    given.step('reconnected');
    expect(given.requests.at(-1)).not.toHaveProperty('afterActivityId');
    lists(given, { 7: 10 }, null, '1');
    line(given, '4', 'e1', 0, null, 'changed');
    given.step('reconnected');
    expect(given.requests.at(-1)).toMatchObject({ type: 'query_position', afterActivityId: '1' });
  });

  it('draws no conclusion while the log has not told all that has traded', () => {
    const given = bench();
    for (const step of ['place e1', 'accept e1', 'trade e1 10']) given.step(step);
    lists(given, { 7: 10 });
    expect([owned(given), told(given)]).toEqual([[], []]);
    line(given, '1', 'e1', 10, '7');
    given.at = 1_000;
    lists(given, { 7: 10 });
    expect([owned(given), told(given)]).toEqual([['A 10 in 7'], []]);
  });

  it.each([
    ['was merged into another', { 9: 10 }, ['A 10 in 9'], []],
    ['is gone', {}, [], ['POSITION_GONE']],
    ['has another beside it', { 7: 10, 9: -3 }, ['A 10 in 7', 'EXTERNAL -3 in 9'], ['POSITION_UNREGISTERED']],
    // Perhaps it is the one that has gone, with more to it: a person has to look.
    ['is gone, and another one is there', { 9: 4 }, ['A 10 in 7'], []],
    ['is smaller', { 7: 6 }, ['A 10 in 7'], []],
  ])('of a position that %s', (_, held, after, said) => {
    const given = long();
    lists(given, held);
    expect([owned(given), told(given)]).toEqual([after, said]);
  });

  it('removes nothing because of a list that is not complete', () => {
    const given = long();
    lists(given, {}, 'HTTP 503 on page 1');
    expect([owned(given), told(given)]).toEqual([['A 10 in 7'], []]);
  });

  it('refuses the second owner of a position with the first one’s name, and says so', () => {
    const given = long();
    place(given, 'B', 'e2', 10);
    line(given, '2', 'e2', 10, '7');
    expect(owned(given)).toEqual(['A 10 in 7']);
    expect(told(given)).toEqual(['position 7 is owned by A: only that owner may change it']);
  });

  it('leaves each what is its own where a close of one was booked to a position of the other', () => {
    const given = long();
    place(given, 'B', 'e2', 4);
    line(given, '2', 'e2', 4, '9');
    place(given, 'B', 'x2', 4);
    line(given, '3', 'x2', 4, '7');
    given.at = 3_000;
    // B's 9 is A's now, as far as anybody's: it is not EXTERNAL's.
    lists(given, { 7: 6, 9: 4 });
    expect([owned(given), told(given)]).toEqual([['A 10 in 7'], []]);
    lists(given, { 9: 10 });
    expect([owned(given), told(given)]).toEqual([['A 10 in 9'], []]);
  });

  it.each([
    ['whole', 3, ['A 10 in 7', 'A 3 in 9']],
    // EXTERNAL stays the owner of what was not wanted whole.
    ['in part', 2, ['A 10 in 7', 'EXTERNAL 3 in 9']],
  ])('gives what was adopted %s to whom it was given', (_, signedQty, after) => {
    const given = long();
    lists(given, { 7: 10, 9: 3 });
    given.take({
      type: 'command',
      command: {
        ...{ type: 'adopted', channel: CHANNEL, strategyId: 'A', strategyPositionId: 'A-1', signedQty },
        ...{ by: 'odi', reason: 'mine', at: given.at },
      },
    });
    expect(given.requests.at(-1)).toMatchObject({ type: 'query_position' });
    lists(given, { 7: 10, 9: 3 });
    expect(owned(given)).toEqual(after);
    expect(given.state.ownership.adoptions).toEqual([]);
  });

  it('is never taken for empty where it cannot be read', () => {
    const given = long();
    const saved = given.role.save(given.state) as { readonly ownership: { readonly registry: string } };
    const { registry } = saved.ownership;
    for (const damaged of ['', registry.slice(0, -20), registry.replace('"quantity":10', '"quantity":11')]) {
      const broken = { ...saved, ownership: { ...saved.ownership, registry: damaged } };
      expect(() => given.role.load(broken)).toThrow(/unreadable registry.*restore the last good copy/);
    }
    given.step('restart');
    expect(owned(given)).toEqual(['A 10 in 7']);
  });
});

describe('an account whose positions have no ids', () => {
  it('keeps no orders for a registry that it does not have', () => {
    const given = new GatewayBench(true, { capabilities: SETUP.capabilities });
    for (const step of ['place e1', 'accept e1', 'trade e1 10', 'place s1']) given.step(step);
    expect(given.state.ownership.orders.size).toBe(0);
    expect(given.requests.at(-1)).not.toHaveProperty('closes');
    expect(given.requests.find(({ type }) => type === 'query_position')).not.toHaveProperty(
      'afterActivityId',
    );
  });
});
