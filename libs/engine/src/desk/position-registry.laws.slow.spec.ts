import { expect, it } from '@jest/globals';
import { reconcile } from '@bowline/domain';
import type { Fault } from '@bowline/exchange-simulator';
import type { ExchangeRequest } from '@bowline/ports';
import type { LiveDesk } from '@bowline/testkit';
import fc from 'fast-check';
import {
  at,
  channelOf,
  CLIENT,
  exchangeOf,
  listed,
  MINUTE_MS,
  registryOf,
  signal,
  SYMBOL,
  twoBots,
} from './position-registry.spec-support.js';

type Move = readonly [kind: (typeof KINDS)[number], choice: number];
const KINDS = [
  ...(['signal', 'signal', 'signal', 'signal', 'pass', 'pass', 'pass', 'pass'] as const),
  ...(['merge', 'merge', 'price', 'crash', 'cut', 'mend', 'mute'] as const),
] as const;
const moves = fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.nat({ max: 99 })) as fc.Arbitrary<Move>, {
  minLength: 15,
  maxLength: 40,
  size: 'max',
});

/** Questions are not answered. */
let isMute = false;

async function make(desk: LiveDesk, [kind, choice]: Move): Promise<LiveDesk> {
  switch (kind) {
    case 'signal':
      await signal(desk, choice % 2 === 0 ? 'FLY' : 'MEIC', ([1, -1, 0] as const)[choice % 3]!);
      return desk;
    case 'price':
      await at(desk, 5_840 + choice * 2);
      return desk;
    case 'merge':
      exchangeOf(desk).merge(CLIENT, SYMBOL);
      return desk;
    case 'pass':
      await desk.pass([1_000, 4_000, 20_000, 20_000, MINUTE_MS][choice % 5]!);
      return desk;
    case 'crash':
      return desk.crash();
    case 'cut':
      exchangeOf(desk).disconnect(CLIENT);
      return desk;
    case 'mute':
      isMute = !isMute;
      return desk;
    case 'mend':
      exchangeOf(desk).reconnect(CLIENT);
      await desk.quiet();
      return desk;
  }
}

const faultOf = (_: string, { type }: ExchangeRequest): Fault | null =>
  isMute && type === 'query_position' ? 'request_lost' : null;

/** By strategy position, leaving out what has nothing. */
function shareOf(desk: LiveDesk): Record<string, number> {
  const held = [...channelOf(desk).positions.values()].map(({ id, share }) => [id, share.quantity] as const);
  return Object.fromEntries(held.filter(([, quantity]) => quantity !== 0));
}

function registered(desk: LiveDesk): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { quantity, strategyId } of registryOf(desk).entries.values()) {
    sums[strategyId] = (sums[strategyId] ?? 0) + quantity;
  }
  return sums;
}

/** What has to come up in some run, or the law says little. */
const reached = new Set<string>();

function note(desk: LiveDesk): void {
  const { registry } = desk.gateways.shards[0]!.runner.state.ownership;
  const entries = [...registry.entries.values()];
  if (entries.length > 1) reached.add('two owners');
  if (entries.some(({ heldIn, positionId }) => heldIn !== positionId)) reached.add('merged');
  if (entries.some(({ quantity }) => quantity > 0) && entries.some(({ quantity }) => quantity < 0))
    reached.add('opposite sides');
  if (registry.settledTrades.size > 0) reached.add('closed');
}

it('at rest the registry gives each strategy what its fills are, and all of it is what the exchange lists', async () => {
  await fc.assert(
    fc.asyncProperty(
      moves,
      fc.constantFrom(null, 5_000, 45_000),
      fc.nat(),
      async (made, mergeAfterMs, seed) => {
        let desk = await twoBots({
          positionIds: { mergeAfterMs },
          exchange: { seed, faultOf },
          snapshotEvery: 7,
        });
        for (const move of made) {
          desk = await make(desk, move);
          note(desk);
        }
        isMute = false;
        exchangeOf(desk).reconnect(CLIENT);
        await desk.pass(3 * MINUTE_MS);

        const shares = shareOf(desk);
        expect(registered(desk)).toEqual(shares);
        const positions = exchangeOf(desk).positions(CLIENT, SYMBOL);
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(positions.map(({ quantity }) => quantity))).toBe(sum(Object.values(shares)));

        exchangeOf(desk).merge(CLIENT, SYMBOL);
        await desk.pass(2 * MINUTE_MS);
        expect([registered(desk), listed(desk).length <= 1]).toEqual([shares, true]);
        const after = exchangeOf(desk).positions(CLIENT, SYMBOL);
        const snapshot = { complete: true, asOf: desk.clock.now(), positions: after } as const;
        expect(reconcile(registryOf(desk), snapshot)).toMatchObject({
          ...{ orphans: [], unregistered: [], drift: [], mergeCandidates: [] },
        });
      },
    ),
    { numRuns: 80 },
  );
  expect([...reached].sort()).toEqual(['closed', 'merged', 'opposite sides', 'two owners']);
});
