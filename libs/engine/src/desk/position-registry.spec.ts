import { describe, expect, it } from '@jest/globals';
import { CASH_ONE, detailsOf } from '@bowline/domain';
import {
  alerts,
  at,
  bothLong,
  CLIENT,
  divergences,
  exchangeOf,
  EXCHANGE,
  listed,
  MINUTE_MS,
  owned,
  registryOf,
  SAID,
  settled,
  shares,
  signal,
  SYMBOL,
  TOLD_MS,
  twoBots,
} from './position-registry.spec-support.js';

describe('two bots on one underlying, both long', () => {
  it('each have a position of their own, and whose it is stands with the fill that has opened it', async () => {
    const desk = await bothLong();
    expect(owned(desk)).toEqual(['FLY-1 2 in 1', 'MEIC-1 3 in 2']);
    const [fly] = exchangeOf(desk).positions(CLIENT, SYMBOL);
    const entry = detailsOf(registryOf(desk), fly!.positionId)!;
    expect(entry).toMatchObject({ owner: 'FLY', strategyId: 'FLY-1', symbol: SYMBOL, quantity: 2 });
    expect(entry.evidence).toMatchObject([
      { kind: 'fill', quantity: 2, externalReference: expect.stringMatching(/^fly000e/) },
    ]);
  });

  it.each(['FLY', 'MEIC'] as const)('%s closes its own position and none of the other’s', async (bot) => {
    const desk = await bothLong();
    const before = listed(desk);
    await signal(desk, bot, 0);
    await settled(desk);
    expect(listed(desk)).toEqual([before[bot === 'FLY' ? 1 : 0]]);
    expect(owned(desk)).toEqual([bot === 'FLY' ? 'MEIC-1 3 in 1' : 'FLY-1 2 in 1']);
    expect(shares(desk)).toEqual([bot === 'FLY' ? 'MEIC-1 3' : 'FLY-1 2']);
    expect(desk.trades()).toMatchObject([{ strategyId: bot, closeReason: 'signal' }]);
    expect(alerts(desk)).toEqual([]);
  });

  it('close only their own when the exchange has merged them in between, each against its own entry', async () => {
    const desk = await twoBots({ positionIds: { mergeAfterMs: 30_000 } });
    await signal(desk, 'FLY', 1);
    await desk.pass(TOLD_MS);
    await at(desk, 6_000);
    await signal(desk, 'MEIC', 1);
    await settled(desk);
    const newer = listed(desk)[1]!.split(' ')[0];
    await desk.pass(MINUTE_MS);
    expect(listed(desk)).toEqual([`${newer} 5`]);
    await settled(desk);
    expect(owned(desk)).toEqual(['FLY-1 2 in 1', 'MEIC-1 3 in 1']);

    await at(desk, 6_010);
    await signal(desk, 'FLY', 0);
    await settled(desk);
    expect(listed(desk)).toEqual([`${newer} 3`]);
    expect([owned(desk), shares(desk)]).toEqual([['MEIC-1 3 in 1'], ['MEIC-1 3']]);

    await signal(desk, 'MEIC', 0);
    await settled(desk);
    expect([listed(desk), owned(desk), shares(desk)]).toEqual([[], [], []]);
    const [fly, meic] = desk.trades();
    // 5,950.1 and 6,000.1 in, 6,010 out; the average of both, 5,980.1, is nobody's entry.
    expect(fly).toMatchObject({ strategyId: 'FLY', realizedPnl: (1_198n * CASH_ONE) / 10_000n });
    expect(meic).toMatchObject({ strategyId: 'MEIC', realizedPnl: (297n * CASH_ONE) / 10_000n });
    expect(alerts(desk)).toEqual([]);
  });

  it('keep what is theirs where a stop makes the exchange close the oldest, which is the other’s', async () => {
    const desk = await bothLong();
    const [, newer] = exchangeOf(desk).positions(CLIENT, SYMBOL);
    // MEIC's stop went out before anybody could know its position.
    await at(desk, 5_890);
    await settled(desk);
    expect(desk.trades()).toMatchObject([{ strategyId: 'MEIC', closeReason: 'stop_loss' }]);
    expect(listed(desk)).toEqual([`${newer!.positionId} 2`]);
    expect([owned(desk), shares(desk)]).toEqual([['FLY-1 2 in 1'], ['FLY-1 2']]);
    await signal(desk, 'FLY', 0);
    await settled(desk);
    expect([listed(desk), owned(desk), shares(desk)]).toEqual([[], [], []]);
    expect(alerts(desk)).toEqual([]);
  });

  it('36: stay open as two when the exchange nets long and short to nothing, and close one by one', async () => {
    const desk = await twoBots();
    await signal(desk, 'FLY', 1);
    await signal(desk, 'MEIC', -1);
    await desk.pass(TOLD_MS);
    exchangeOf(desk).merge(CLIENT, SYMBOL);
    await settled(desk);
    expect(shares(desk)).toEqual(['FLY-1 2', 'MEIC-1 -3']);
    expect(owned(desk)).toEqual(['FLY-1 2 in 1', 'MEIC-1 -3 in 1']);
    expect(listed(desk)).toMatchObject([expect.stringMatching(/ -1$/)]);
    await signal(desk, 'FLY', 0);
    await settled(desk);
    expect([shares(desk), owned(desk)]).toEqual([['MEIC-1 -3'], ['MEIC-1 -3 in 1']]);
    await signal(desk, 'MEIC', 0);
    await settled(desk);
    expect([listed(desk), owned(desk), shares(desk), alerts(desk)]).toEqual([[], [], [], []]);
  });
});

describe('a crash in mid-trade', () => {
  it.each([
    ['the process dies', true],
    ['the line is broken until the log has told it', false],
  ])('after the fill, before its registration is told: %s, and the log makes it good', async (_, dies) => {
    const before = await twoBots();
    await signal(before, 'FLY', 1);
    await before.pass(200);
    expect([shares(before), owned(before)]).toEqual([['FLY-1 2'], []]);
    const desk = await interrupted(before, dies);
    await settled(desk);
    expect([shares(desk), owned(desk)]).toEqual([['FLY-1 2'], ['FLY-1 2 in 1']]);
    expect([listed(desk).length, alerts(desk)]).toEqual([1, []]);
  });

  it.each([
    ['the process dies', true],
    ['the line is broken until the log has told it', false],
  ])('after the close, before it is unregistered: %s, and nothing is closed twice', async (_, dies) => {
    const before = await bothLong();
    await signal(before, 'FLY', 0);
    await before.pass(8_000);
    expect(shares(before)).toEqual(['MEIC-1 3']);
    expect(owned(before)).toEqual(['FLY-1 2 in none', 'MEIC-1 3 in 1']);
    const desk = await interrupted(before, dies);
    await settled(desk);
    expect([shares(desk), owned(desk)]).toEqual([['MEIC-1 3'], ['MEIC-1 3 in 1']]);
    expect(listed(desk)).toMatchObject([expect.stringMatching(/ 3$/)]);
    expect(alerts(desk)).toEqual([]);
  });

  it('loses nothing of who owns what', async () => {
    const before = await bothLong({ snapshotEvery: 3 });
    const registry = registryOf(before);
    const desk = await before.crash();
    expect(registryOf(desk)).toEqual(registry);
  });
});

describe('a registry that cannot be read', () => {
  it('ends the start with what is wrong and what to do, and never passes for an empty one', async () => {
    const desk = await bothLong({ snapshotEvery: 1 });
    const { shard } = desk.gateways.shards[0]!.runner;
    const journal = desk.journals.reopen().journal(shard);
    const { sequence, snapshot } = (await journal.loadSnapshot())!;
    expect(snapshot).toContain('FLY-1');
    const damaged = snapshot.replaceAll('FLY-1', 'FLY-2');
    await journal.saveSnapshot(sequence, damaged, 0);
    await expect(desk.crash()).rejects.toThrow(/unreadable registry.*restore the last good copy/);
    expect(listed(desk)).toHaveLength(2);
  });
});

describe('positions that are gone when the process comes back', () => {
  it('leave the registry, and nobody else’s do', async () => {
    const before = await bothLong();
    const [fly] = exchangeOf(before).positions(CLIENT, SYMBOL);
    const desk = await before.crash(() =>
      exchangeOf(before).byHand(CLIENT, SYMBOL, 'SELL', 2, fly!.positionId),
    );
    await settled(desk);
    expect(owned(desk)).toEqual(['MEIC-1 3 in 1']);
    // Ownership is by fill: nothing of FLY's was sold by an order of its own.
    expect(shares(desk)).toEqual(['FLY-1 2', 'MEIC-1 3', 'EXTERNAL -2']);
    expect(alerts(desk).sort()).toEqual(['EXTERNAL_TRADE 2', 'POSITION_GONE 2']);
  });
});

describe('a registration that cannot be', () => {
  it('is refused with the owner’s name, where the log names the other’s position for a fill', async () => {
    let first: string | null = null;
    const desk = await bothLong({
      positionIds: {
        told: (activity) => {
          if (activity.positionId === null) return activity;
          first ??= activity.positionId;
          return { ...activity, positionId: first };
        },
      },
    });
    expect(owned(desk)).toEqual(['FLY-1 2 in 1']);
    expect(desk.audited).toContainEqual(
      expect.objectContaining({
        ...{ type: 'intent_denied', strategyId: 'MEIC', exchange: EXCHANGE, code: 'OWNED_BY_ANOTHER' },
        text: `position ${first!} is owned by FLY: only that owner may change it`,
      }),
    );
    // What it owns by its fills it owns all the same.
    expect(shares(desk)).toEqual(['FLY-1 2', 'MEIC-1 3']);
  });
});

describe('an answer of the exchange that is none', () => {
  it.each([
    ['failed', 'request_lost'],
    ['partial', 'HTTP 503 on page 2'],
  ])('removes nothing: a query that %s; the next whole one does', async (_, why) => {
    let broken = false;
    const desk = await bothLong({
      exchange: {
        faultOf: (_account, { type }) =>
          broken && why === 'request_lost' && type === 'query_position' ? 'request_lost' : null,
      },
      positionIds: { missingOf: () => (broken && why !== 'request_lost' ? why : null) },
    });
    const [fly] = exchangeOf(desk).positions(CLIENT, SYMBOL);
    const registry = registryOf(desk);
    broken = true;
    exchangeOf(desk).byHand(CLIENT, SYMBOL, 'SELL', 2, fly!.positionId);
    await desk.pass(3 * MINUTE_MS);
    expect(registryOf(desk)).toEqual(registry);

    broken = false;
    await desk.pass(2 * MINUTE_MS);
    expect(owned(desk)).toEqual(['MEIC-1 3 in 1']);
  });
});

describe('a person’s position', () => {
  it('40: is EXTERNAL’s with what was seen of it, until it is adopted: then it is closed as the strategy’s', async () => {
    const desk = await bothLong();
    exchangeOf(desk).byHand(CLIENT, SYMBOL, 'BUY', 4);
    await settled(desk);
    expect(owned(desk)).toEqual(['EXTERNAL 4 in 3', 'FLY-1 2 in 1', 'MEIC-1 3 in 2']);
    expect(shares(desk)).toEqual(['FLY-1 2', 'MEIC-1 3', 'EXTERNAL 4']);
    expect(alerts(desk)).toEqual(['EXTERNAL_TRADE 4', 'POSITION_UNREGISTERED 4']);
    expect(divergences(desk)).toEqual({ drift: 0, external_trade: 1 });

    await signal(desk, 'FLY', 0);
    await settled(desk);
    expect(owned(desk)).toEqual(['EXTERNAL 4 in 2', 'MEIC-1 3 in 1']);
    await desk.control({
      ...{ type: 'adopt', ...SAID, scope: { exchange: EXCHANGE, symbol: SYMBOL, strategyId: 'FLY' } },
      ...{ side: 'LONG', quantity: '0.004', price: '5950', takeProfit: '6050', stopLoss: '5850' },
    });
    await settled(desk);
    expect([shares(desk), owned(desk)]).toEqual([
      ['MEIC-1 3', 'FLY-2 4'],
      ['FLY-2 4 in 2', 'MEIC-1 3 in 1'],
    ]);
    const [, hand] = exchangeOf(desk).positions(CLIENT, SYMBOL);
    expect(detailsOf(registryOf(desk), hand!.positionId)!.evidence).toMatchObject([
      { kind: 'observed', quantity: 4 },
      { kind: 'adopted', operator: 'odi', reason: 'bought on my phone', quantity: 4 },
    ]);

    await signal(desk, 'FLY', 0);
    await settled(desk);
    expect([shares(desk), owned(desk)]).toEqual([['MEIC-1 3'], ['MEIC-1 3 in 1']]);
    expect(alerts(desk)).toHaveLength(2);
  });

  it('40: that a person closes again leaves nothing behind', async () => {
    const desk = await bothLong();
    exchangeOf(desk).byHand(CLIENT, SYMBOL, 'SELL', 1);
    await settled(desk);
    const [, , hand] = exchangeOf(desk).positions(CLIENT, SYMBOL);
    exchangeOf(desk).byHand(CLIENT, SYMBOL, 'BUY', 1, hand!.positionId);
    await settled(desk);
    expect(owned(desk)).toEqual(['FLY-1 2 in 1', 'MEIC-1 3 in 2']);
    expect(shares(desk)).toEqual(['FLY-1 2', 'MEIC-1 3']);
  });
});

/** The process dies and comes back; or its line is cut for as long as the log needs. */
async function interrupted(desk: Awaited<ReturnType<typeof twoBots>>, dies: boolean) {
  if (dies) return desk.crash();
  exchangeOf(desk).disconnect(CLIENT);
  await desk.pass(TOLD_MS);
  exchangeOf(desk).reconnect(CLIENT);
  await desk.pass(1_000);
  return desk;
}
