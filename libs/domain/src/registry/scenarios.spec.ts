import { describe, expect, it } from '@jest/globals';
import {
  applyAll,
  deserializeRegistry,
  EMPTY_REGISTRY,
  ownPositions,
  ownerOf,
  positionsOf,
  reconcile,
  registrationsFrom,
  serializeRegistry,
  type ExchangePosition,
  type OrderActivity,
  type PlacedOrder,
  type Registry,
  type RegistryCommand,
} from './index.js';

const DAY = Date.parse('2026-01-27T00:00:00Z');
const at = (clock: string): number => {
  const [hours, minutes, seconds] = clock.split(':').map(Number);
  return DAY + ((hours! * 60 + minutes!) * 60 + seconds!) * 1000;
};

/** The account as the exchange keeps it: positions without a word about who opened them, and a log of orders. */
class Account {
  readonly positions: ExchangePosition[] = [];
  readonly log: OrderActivity[] = [];
  private nextId = 100;

  /** Every order fills at once, in one piece, as a position of its own. */
  fill(orders: readonly PlacedOrder[], time: number): void {
    for (const { externalReference, symbol, side } of orders) {
      this.nextId += 1;
      const positionId = String(this.nextId);
      const common = { orderId: `o${positionId}`, externalReference, at: time };
      this.log.push({
        ...common,
        activityId: `${positionId}a`,
        status: 'placed',
        positionId: null,
        filledQty: 0,
      });
      this.log.push({
        ...common,
        activityId: `${positionId}b`,
        status: 'final_fill',
        positionId,
        filledQty: 1,
      });
      this.positions.push({ positionId, symbol, quantity: side === 'BUY' ? 1 : -1 });
    }
  }

  close(positionId: string): void {
    this.positions.splice(
      this.positions.findIndex((position) => position.positionId === positionId),
      1,
    );
  }
}

const leg = (owner: string, strategyId: string, symbol: string, side: 'BUY' | 'SELL'): PlacedOrder => ({
  externalReference: `${owner}_${strategyId}_${symbol}`.slice(-50),
  owner,
  strategyId,
  symbol: `SPX/27Jan26${symbol}`,
  side,
});

const IRON_FLY = [
  leg('IRON_FLY', 'fly1', 'P5920', 'BUY'),
  leg('IRON_FLY', 'fly1', 'P5950', 'SELL'),
  leg('IRON_FLY', 'fly1', 'C5950', 'SELL'),
  leg('IRON_FLY', 'fly1', 'C5980', 'BUY'),
];

const condor = (entry: number, strikes: readonly [number, number, number, number]): PlacedOrder[] => [
  leg('MEIC', `entry${entry}`, `P${strikes[0]}`, 'BUY'),
  leg('MEIC', `entry${entry}`, `P${strikes[1]}`, 'SELL'),
  leg('MEIC', `entry${entry}`, `C${strikes[2]}`, 'SELL'),
  leg('MEIC', `entry${entry}`, `C${strikes[3]}`, 'BUY'),
];

function run(registry: Registry, commands: readonly RegistryCommand[]): Registry {
  const result = applyAll(registry, commands);
  expect(result.decisions.filter(({ kind }) => kind === 'refused')).toEqual([]);
  return result.registry;
}

/** What a bot does after its fills: it looks them up in the log and registers the positions. */
function registerFills(
  registry: Registry,
  account: Account,
  orders: readonly PlacedOrder[],
  time: number,
): Registry {
  return run(registry, registrationsFrom(orders, account.log, time).commands);
}

const symbolsOf = (registry: Registry, owner: string, account: Account): string[] =>
  ownPositions(registry, owner, account.positions).map(({ position }) => position.symbol);

describe('the conflicts that the registry is for', () => {
  it('two bots that start in the same second each see their own four legs, not eight', () => {
    const account = new Account();
    const entry = condor(1, [5900, 5925, 5975, 6000]);
    expect([
      symbolsOf(EMPTY_REGISTRY, 'IRON_FLY', account),
      symbolsOf(EMPTY_REGISTRY, 'MEIC', account),
    ]).toEqual([[], []]);
    account.fill(IRON_FLY, at('09:30:03'));
    account.fill(entry, at('09:30:03'));
    let registry = registerFills(EMPTY_REGISTRY, account, IRON_FLY, at('09:30:04'));
    registry = registerFills(registry, account, entry, at('09:30:04'));
    expect(account.positions).toHaveLength(8);
    expect(symbolsOf(registry, 'IRON_FLY', account)).toEqual(IRON_FLY.map(({ symbol }) => symbol));
    expect(symbolsOf(registry, 'MEIC', account)).toEqual(entry.map(({ symbol }) => symbol));
  });

  it('a bot that closes at the wing closes none of the neighbour’s strikes', () => {
    const account = new Account();
    const entry = condor(1, [5900, 5925, 5975, 6000]);
    account.fill(IRON_FLY, at('10:30:00'));
    account.fill(entry, at('10:30:01'));
    let registry = registerFills(EMPTY_REGISTRY, account, [...IRON_FLY, ...entry], at('10:30:02'));
    // SPX at 5922: the fly’s 5920 put is touched, MEIC’s 5925 put is three points away.
    for (const { positionId } of positionsOf(registry, 'IRON_FLY')) {
      account.close(positionId);
      registry = run(registry, [{ kind: 'unregister', positionId, owner: 'IRON_FLY', at: at('10:30:06') }]);
    }
    expect(account.positions.map(({ symbol }) => symbol)).toEqual(entry.map(({ symbol }) => symbol));
    expect(symbolsOf(registry, 'MEIC', account)).toHaveLength(4);
    expect(
      applyAll(registry, [{ kind: 'unregister', positionId: '105', owner: 'IRON_FLY', at: at('10:30:07') }])
        .decisions[0],
    ).toMatchObject({ kind: 'refused', refusal: { code: 'OWNED_BY_ANOTHER', owner: 'MEIC' } });
  });

  it('a restart among 28 legs finds its own four and takes none of the others for orphans', () => {
    const account = new Account();
    const entries = [0, 1, 2, 3, 4, 5].map((i) => condor(i + 1, [5800 + i, 5850 + i, 6050 + i, 6100 + i]));
    account.fill(IRON_FLY, at('10:00:00'));
    for (const entry of entries) account.fill(entry, at('10:30:00'));
    const before = registerFills(EMPTY_REGISTRY, account, [...IRON_FLY, ...entries.flat()], at('11:00:00'));
    expect(account.positions).toHaveLength(28);

    const restarted = deserializeRegistry(serializeRegistry(before));
    if (restarted.kind === 'error') throw new Error(restarted.error.problem);
    const { registry } = restarted;
    expect(symbolsOf(registry, 'IRON_FLY', account)).toEqual(IRON_FLY.map(({ symbol }) => symbol));
    const snapshot = { complete: true, asOf: at('11:01:01'), positions: account.positions } as const;
    expect(reconcile(registry, snapshot)).toMatchObject({
      orphans: [],
      unregistered: [],
      drift: [],
      mergeCandidates: [],
    });
    const cleaned = run(registry, [{ kind: 'clean_up', snapshot, owner: 'IRON_FLY', at: at('11:01:04') }]);
    expect(cleaned.entries.size).toBe(28);
  });
});

describe('several bots on one underlying', () => {
  it('open, close independently, and leave the registry as the exchange is', () => {
    const account = new Account();
    const entry = condor(1, [5850, 5875, 5975, 6000]);
    account.fill([IRON_FLY[0]!, entry[0]!, IRON_FLY[1]!, entry[1]!], at('09:30:03'));
    account.fill([entry[2]!, IRON_FLY[2]!, entry[3]!, IRON_FLY[3]!], at('09:30:04'));
    let registry = registerFills(EMPTY_REGISTRY, account, entry, at('09:30:05'));
    registry = registerFills(registry, account, IRON_FLY, at('09:30:05'));
    for (const [owner, time] of [
      ['MEIC', at('12:00:00')],
      ['IRON_FLY', at('15:00:00')],
    ] as const) {
      const others = registry.entries.size - 4;
      for (const { positionId } of positionsOf(registry, owner)) {
        account.close(positionId);
        registry = run(registry, [{ kind: 'unregister', positionId, owner, at: time }]);
      }
      expect([positionsOf(registry, owner).length, registry.entries.size]).toEqual([0, others]);
      expect(
        reconcile(registry, { complete: true, asOf: time + 1, positions: account.positions }),
      ).toMatchObject({
        orphans: [],
        unregistered: [],
        drift: [],
      });
    }
  });
});

describe('a crash', () => {
  it('between the fill and its registration is made good from the order log, for the own positions only', () => {
    const account = new Account();
    const entry = condor(1, [5850, 5875, 5975, 6000]);
    account.fill(entry, at('10:30:00'));
    const saved = serializeRegistry(registerFills(EMPTY_REGISTRY, account, entry, at('10:30:01')));
    account.fill(IRON_FLY, at('10:31:00'));
    // The fly’s bot dies here, and comes back a minute later.
    const read = deserializeRegistry(saved);
    if (read.kind === 'error') throw new Error(read.error.problem);
    const snapshot = { complete: true, asOf: at('10:32:00'), positions: account.positions } as const;
    expect(reconcile(read.registry, snapshot)).toMatchObject({ orphans: [], unregistered: [{}, {}, {}, {}] });
    const registry = registerFills(read.registry, account, IRON_FLY, at('10:32:01'));
    expect(symbolsOf(registry, 'IRON_FLY', account)).toEqual(IRON_FLY.map(({ symbol }) => symbol));
    expect(symbolsOf(registry, 'MEIC', account)).toEqual(entry.map(({ symbol }) => symbol));
  });

  it('in mid-registration is made good by doing it again', () => {
    const account = new Account();
    account.fill(IRON_FLY, at('10:31:00'));
    const { commands } = registrationsFrom(IRON_FLY, account.log, at('10:31:01'));
    const half = run(EMPTY_REGISTRY, commands.slice(0, 2));
    const whole = run(half, commands);
    expect(whole.entries).toEqual(run(EMPTY_REGISTRY, commands).entries);
    expect(whole.version).toBe(4);
  });

  it('after the close and before the unregistering leaves a stale entry, which the next start removes', () => {
    const account = new Account();
    account.fill(IRON_FLY, at('10:00:00'));
    const stale = registerFills(EMPTY_REGISTRY, account, IRON_FLY, at('10:00:01'));
    account.close('101');
    account.close('102');
    const snapshot = { complete: true, asOf: at('10:05:00'), positions: account.positions } as const;
    const registry = run(stale, [{ kind: 'clean_up', snapshot, owner: 'IRON_FLY', at: at('10:05:01') }]);
    expect([...registry.entries.keys()]).toEqual(['103', '104']);
    expect(ownerOf(registry, '101')).toBeNull();
  });
});
