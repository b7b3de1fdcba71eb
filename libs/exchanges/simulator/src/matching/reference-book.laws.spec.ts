import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Lots, Side, Ticks, TimeInForce } from '@bowline/domain';
import type { SelfTradePrevention } from './book-order.js';
import type { Command } from './commands.js';
import { Scenario } from './scenario.spec-support.js';

interface Resting {
  readonly name: string;
  readonly owner: string;
  readonly side: Side;
  price: Ticks;
  leavesQty: Lots;
  /** Place in time: a later number comes later. */
  since: number;
  readonly timeInForce: TimeInForce;
  readonly stp: SelfTradePrevention;
}

/** The rules as one would say them: a list that is sorted anew for every single trade. */
class ReferenceBook {
  orders: Resting[] = [];
  readonly trades: string[] = [];
  private clock = 0;

  place(order: Omit<Resting, 'since' | 'price'>, price: Ticks | null): void {
    const crosses = (other: Resting): boolean =>
      price === null || (order.side === 'BUY' ? other.price <= price : other.price >= price);
    if (order.timeInForce === 'GTX' && this.opposite(order.side).some(crosses)) return;
    const before = structuredClone(this.orders);
    const traded = this.trades.length;
    let left = order.leavesQty;
    let expired = false;
    while (left > 0 && !expired) {
      const [best] = this.opposite(order.side).filter(crosses);
      if (best === undefined) break;
      if (best.owner === order.owner && order.stp !== 'NONE') {
        if (order.stp !== 'EXPIRE_TAKER') this.drop(best);
        if (order.stp !== 'EXPIRE_MAKER') expired = true;
        continue;
      }
      const quantity = Math.min(left, best.leavesQty);
      this.trades.push(`${order.name} with ${best.name}: ${quantity}@${best.price}`);
      left -= quantity;
      best.leavesQty -= quantity;
      if (best.leavesQty === 0) this.drop(best);
    }
    if (order.timeInForce === 'FOK' && left > 0) {
      this.orders = before;
      this.trades.length = traded;
      return;
    }
    const rests = order.timeInForce === 'GTC' || order.timeInForce === 'GTX';
    if (left > 0 && !expired && rests && price !== null) {
      this.orders.push({ ...order, price, leavesQty: left, since: ++this.clock });
    }
  }

  cancel(name: string): void {
    this.orders = this.orders.filter((order) => order.name !== name);
  }

  /** `quantity` is what shall be left to trade. */
  amend(name: string, quantity: Lots, price: Ticks): void {
    const order = this.orders.find((candidate) => candidate.name === name);
    if (order === undefined) return;
    if (price === order.price && quantity <= order.leavesQty) {
      order.leavesQty = quantity;
      return;
    }
    this.drop(order);
    // A post-only order loses not only its place, but its life where it would take.
    this.place({ ...order, leavesQty: quantity }, price);
  }

  queue(side: Side): readonly (readonly [string, Lots, Ticks])[] {
    return this.sorted(side).map(({ name, leavesQty, price }) => [name, leavesQty, price] as const);
  }

  private opposite(side: Side): Resting[] {
    return this.sorted(side === 'BUY' ? 'SELL' : 'BUY');
  }

  private sorted(side: Side): Resting[] {
    const queue = this.orders.filter((order) => order.side === side);
    return queue.sort(
      (a, b) => (side === 'BUY' ? b.price - a.price : a.price - b.price) || a.since - b.since,
    );
  }

  private drop(order: Resting): void {
    this.orders = this.orders.filter((other) => other !== order);
  }
}

const price = fc.integer({ min: 97, max: 103 });
const quantity = fc.integer({ min: 1, max: 10 });
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      owner: fc.constantFrom('ikenna', 'odum', 'christian'),
      side: fc.constantFrom<Side>('BUY', 'SELL'),
      price: fc.option(price, { freq: 6 }),
      quantity,
      timeInForce: fc.constantFrom<TimeInForce>('GTC', 'GTC', 'GTC', 'IOC', 'FOK', 'GTX'),
      stp: fc.constantFrom<SelfTradePrevention>('NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('amend' as const), pick: fc.nat(), quantity, price }),
  },
);

describe('price-time priority, against a book that is sorted for every trade', () => {
  it('gives the same trades and leaves the same queues', () => {
    const property = fc.property(
      fc.array(action, { minLength: 1, maxLength: 120, size: 'max' }),
      (actions) => {
        const scenario = new Scenario();
        const reference = new ReferenceBook();
        const symbol = 'BTCUSDT';
        actions.forEach((step, at) => {
          if (step.kind === 'place') {
            const name = `o-${at}`;
            // A market order is IOC by nature.
            const timeInForce = step.price === null ? 'IOC' : step.timeInForce;
            const common = {
              kind: 'new',
              account: step.owner,
              symbol,
              clientOrderId: name,
              side: step.side,
              orderQty: step.quantity,
            } as const;
            const terms =
              step.price === null
                ? { orderType: 'MARKET' as const }
                : { orderType: 'LIMIT' as const, price: step.price };
            const command: Command = { ...common, ...terms, timeInForce, selfTradePrevention: step.stp };
            scenario.do(command);
            const { owner, side, stp } = step;
            reference.place({ name, owner, side, leavesQty: step.quantity, timeInForce, stp }, step.price);
          } else {
            const target = reference.orders[step.pick % Math.max(1, reference.orders.length)];
            if (target === undefined) return;
            const open = scenario.engine.order(target.owner, target.name);
            const request = { account: target.owner, symbol, clientOrderId: target.name };
            if (step.kind === 'cancel') {
              scenario.do({ kind: 'cancel', ...request });
              reference.cancel(target.name);
            } else {
              scenario.do({
                kind: 'amend',
                ...request,
                orderQty: (open?.cumQty ?? 0) + step.quantity,
                price: step.price,
              });
              reference.amend(target.name, step.quantity, step.price);
            }
          }
        });
        expect(tradesOf(scenario)).toEqual(reference.trades);
        for (const side of ['BUY', 'SELL'] as const)
          expect(queueOf(scenario, side)).toEqual(reference.queue(side));
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});

function tradesOf(scenario: Scenario): readonly string[] {
  const trades = scenario.log.filter(({ execType }) => execType === 'TRADE');
  return trades
    .filter(({ liquidity }) => liquidity === 'TAKER')
    .map(({ clientOrderId, tradeId, lastQty, lastPx }) => {
      const maker = trades.find((other) => other.tradeId === tradeId && other.liquidity === 'MAKER');
      return `${clientOrderId} with ${String(maker?.clientOrderId)}: ${lastQty}@${String(lastPx)}`;
    });
}

/** Sweeps one side clean with orders of one lot, and so reads its queue from the outside. */
function queueOf(scenario: Scenario, side: Side): readonly (readonly [string, Lots, Ticks])[] {
  const queue: [string, Lots, Ticks][] = [];
  const { bids, asks } = scenario.engine.depth('BTCUSDT');
  const displayed = (side === 'BUY' ? bids : asks).reduce((sum, [, shown]) => sum + shown, 0);
  for (let lot = 0; lot < displayed; lot += 1) {
    const reports =
      side === 'BUY' ? scenario.sell(1, { account: 'ikenna' }) : scenario.buy(1, { account: 'ikenna' });
    const maker = reports.find(({ liquidity }) => liquidity === 'MAKER');
    if (maker === undefined) throw new Error('displayed quantity did not trade');
    const last = queue[queue.length - 1];
    if (last !== undefined && last[0] === maker.clientOrderId) last[1] += 1;
    else queue.push([maker.clientOrderId, 1, Number(maker.lastPx)]);
  }
  return queue;
}
