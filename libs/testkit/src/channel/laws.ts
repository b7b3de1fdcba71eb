import {
  isTerminal,
  leavesQty,
  openQty,
  ordersOf,
  protectedQty,
  rests,
  signOf,
  sumOfShares,
  type ChannelEvent,
  type ChannelInput,
  type ChannelOrder,
  type Lots,
  type PositionSide,
  type StrategyPosition,
} from '@bowline/domain';
import type { ChannelHarness } from '../channel-harness.js';
import { isOpen, leaves, nameOf, type ExchangeOrder } from './exchange-order.js';

/**
 * Watches a channel on its fake exchange and throws where an invariant of a step is broken. The books that it
 * compares with are kept here from the exchange's own trades, in the plainest way: sums.
 */
export class ChannelLaws {
  /** Trades of our orders that the channel has been told of. */
  private readonly heard = new Set<number>();
  private readonly forced: Forced[] = [];
  /** What EXTERNAL has sold to strategies: trades that no exchange has seen. */
  private readonly adopted: Adopted[] = [];
  private readonly ended = new Map<string, string>();

  /** Folds an input into the harness, and checks what must hold after every step. */
  readonly take = (harness: ChannelHarness, input: ChannelInput): void => {
    if (input.type === 'execution' && typeof input.report.tradeId === 'number')
      this.heard.add(input.report.tradeId);
    if (input.type === 'external_fill' || input.type === 'forced_close')
      this.heard.add(input.tradeId as number);
    const events = harness.take(input);
    for (const event of events) {
      if (event.type === 'share_closed' && input.type === 'forced_close')
        this.forced.push({ ...event, side: input.side });
      if (event.type === 'share_adopted') this.adopted.push(event);
    }
    this.check(harness, events);
  };

  check(harness: ChannelHarness, events: readonly ChannelEvent[]): void {
    this.sharesAddUp(harness);
    // Adding up all fills takes a while: only where something was booked, and at rest.
    if (events.some(({ type }) => BOOKINGS.has(type))) this.booksAreExact(harness);
    for (const position of harness.state.positions.values()) {
      this.ordersAreSane(position);
      this.closesFit(harness, position);
      this.protectionIsKnown(harness, position);
    }
    this.requestsFit(harness, events);
    this.endsAreFinal(harness);
  }

  /** What must hold once nothing is under way. */
  checkAtRest(harness: ChannelHarness): void {
    this.booksAreExact(harness);
    const { exchange, state } = harness;
    assert(
      sumOfShares(state) === exchange.net(),
      'I1',
      `shares ${sumOfShares(state)}, exchange ${exchange.net()}`,
    );
    for (const order of exchange.live()) {
      const { key } = order.terms;
      const position = state.positions.get(key.strategyPositionId);
      assert(position !== undefined, 'I8', `${nameOf(key)} works for no position`);
      assert(key.leg === 'e' || openQty(position) > 0, 'I8', `${nameOf(key)} works, and nothing is open`);
    }
    for (const position of state.positions.values()) this.pairIsInPlace(harness, position);
  }

  /** I1, before rest: the shares and the fills that are still on their way are the exchange's position. */
  private sharesAddUp({ exchange, state }: ChannelHarness): void {
    let underWay = 0;
    for (const { feeBaseLots, signedQty, tradeId } of exchange.trades) {
      if (!this.heard.has(tradeId)) underWay += signedQty - feeBaseLots;
    }
    const owned = sumOfShares(state) + underWay;
    assert(owned === exchange.net(), 'I1', `owned and under way ${owned}, exchange ${exchange.net()}`);
  }

  private booksAreExact(harness: ChannelHarness): void {
    this.everyTradeIsBookedOnce(harness);
    this.cashIsExact(harness);
  }

  /** I3: what a strategy position has entered and exited is the sum of its own orders' fills, to the tick. */
  private everyTradeIsBookedOnce(harness: ChannelHarness): void {
    const traded = new Map<string, bigint>();
    for (const { key, price, signedQty, tradeId } of harness.exchange.trades) {
      if (key === null || !this.heard.has(tradeId)) continue;
      const id = key.strategyPositionId;
      traded.set(id, (traded.get(id) ?? 0n) - BigInt(price) * BigInt(signedQty));
    }
    for (const { price, signedQty, strategyPositionId: id } of this.adopted)
      traded.set(id, (traded.get(id) ?? 0n) - BigInt(price) * BigInt(signedQty));
    for (const position of allPositions(harness)) {
      const booked = BigInt(signOf(position.side)) * (position.exitValue - position.entryValue);
      traded.set(position.id, (traded.get(position.id) ?? 0n) - booked);
    }
    for (const { price, quantity, side, strategyPositionId: id } of this.forced) {
      traded.set(id, (traded.get(id) ?? 0n) + BigInt(signOf(side)) * BigInt(price) * BigInt(quantity));
    }
    for (const [id, missing] of traded)
      assert(missing === 0n, 'I3', `${id}: ${missing} of its fills' value is not booked`);
  }

  /** I2: realized + cost of what is open = what the fills paid and brought in, exactly. Fees the same. */
  private cashIsExact(harness: ChannelHarness): void {
    const { exchange, state } = harness;
    const unit = state.instrument.tickLotCash;
    let cash = 0n;
    let fees = 0n;
    for (const { fee, feeBaseLots, key, price, signedQty, tradeId } of exchange.trades) {
      if (key === null || !this.heard.has(tradeId)) continue;
      cash -= BigInt(price) * BigInt(signedQty) * unit;
      fees += fee + BigInt(price) * BigInt(feeBaseLots) * unit;
    }
    for (const { fee, price, quantity, side } of this.forced) {
      cash += BigInt(signOf(side)) * BigInt(price) * BigInt(quantity) * unit;
      fees += fee;
    }
    for (const { price, signedQty } of this.adopted) cash -= BigInt(price) * BigInt(signedQty) * unit;
    let booked = state.dustCash;
    let paid = 0n;
    for (const { fees: own, realized, share } of allPositions(harness)) {
      booked += (realized - BigInt(Math.sign(share.quantity)) * share.cost) * unit;
      paid += own;
      assert(share.quantity !== 0 || share.cost === 0n, 'I2', 'nothing is owned, and it has a cost');
    }
    // A fee that was taken from the bought quantity is spent, and never came in as cash.
    let inKind = 0n;
    for (const { feeBaseLots, key, price, tradeId } of exchange.trades) {
      if (key !== null && this.heard.has(tradeId)) inKind += BigInt(price) * BigInt(feeBaseLots) * unit;
    }
    assert(booked - inKind === cash, 'I2', `booked ${booked - inKind}, paid and received ${cash}`);
    assert(paid === fees, 'I2', `fees booked ${paid}, charged ${fees}`);
  }

  /** I4 and I5. */
  private ordersAreSane(position: StrategyPosition): void {
    const live = { e: 0, t: 0, s: 0, x: 0 };
    for (const { state, terms } of ordersOf(position)) {
      const { key } = terms;
      if (!isTerminal(state)) live[key.leg] += 1;
      // A replace that nobody has answered may explain what is above the order's own quantity.
      const ordered = Math.max(state.orderQty, state.replaceQty);
      assert(
        state.cumQty <= ordered || state.overfilled,
        'I4',
        `${nameOf(key)} is filled beyond its quantity`,
      );
    }
    for (const [leg, count] of Object.entries(live))
      assert(count <= 1, 'I5', `${position.id} has ${count} live ${leg}`);
  }

  /** I10 at the exchange: a close is out only where no leg can close the same quantity. */
  private closesFit({ exchange }: ChannelHarness, position: StrategyPosition): void {
    const own = exchange.live().filter(({ terms }) => terms.key.strategyPositionId === position.id);
    const closing = (order: ExchangeOrder) =>
      order.terms.side === (position.side === 'LONG' ? 'SELL' : 'BUY');
    const exits = own.filter(({ terms }) => terms.key.leg === 'x');
    const count = (leg: string) => own.filter(({ terms }) => terms.key.leg === leg).length;
    assert(exits.length <= 1, 'I10', `${position.id} has ${exits.length} exits at the exchange`);
    assert(count('t') <= 1 && count('s') <= 1, 'I5', `${position.id} has two legs of a kind at the exchange`);
    if (exits.some(closing))
      assert(count('t') + count('s') === 0, 'I10', `${position.id} has an exit beside a leg`);
  }

  /** I9 is measured: what is open without a stop is known to be so. A stop is watched only where that is allowed. */
  private protectionIsKnown({ state }: ChannelHarness, position: StrategyPosition): void {
    const { id, protection, stopLossPrice, unprotectedSince } = position;
    const bare = openQty(position) > protectedQty(state, position);
    assert(
      bare === (unprotectedSince !== null),
      'I9',
      `${id} is ${bare ? '' : 'not '}bare, and has been since ${unprotectedSince}`,
    );
    const allowed = state.allowSynthetic || protection !== 'synthetic' || stopLossPrice === null;
    assert(allowed, 'I9', `${id} has a stop that is watched, and may not`);
  }

  /** I10 when it is asked for: no closing order is ever larger than what its owner has. */
  private requestsFit({ state }: ChannelHarness, events: readonly ChannelEvent[]): void {
    for (const event of events) {
      if (event.type !== 'order_requested' && event.type !== 'replace_requested') continue;
      const { key, orderQty, side } = event.terms;
      const position = state.positions.get(key.strategyPositionId);
      if (key.leg === 'e' || position === undefined) continue;
      const open = openQty(position);
      if (side === (position.side === 'LONG' ? 'SELL' : 'BUY')) {
        assert(orderQty <= open, 'I10', `${nameOf(key)} of ${orderQty} closes more than ${open}`);
      } else {
        assert(orderQty <= -open, 'I10', `${nameOf(key)} of ${orderQty} flattens more than ${-open}`);
      }
    }
  }

  /** I11. */
  private endsAreFinal({ state }: ChannelHarness): void {
    for (const position of state.positions.values()) {
      for (const { state: order, terms } of ordersOf(position)) {
        const name = nameOf(terms.key);
        const before = this.ended.get(name);
        assert(
          before === undefined || before === order.status,
          'I11',
          `${name} was ${before} and is ${order.status}`,
        );
        if (isTerminal(order)) this.ended.set(name, order.status);
      }
    }
  }

  /** I8 and I10 at rest, and that the exchange has what the channel believes it has. */
  private pairIsInPlace({ exchange }: ChannelHarness, position: StrategyPosition): void {
    const { id, stopLossPrice, takeProfitPrice } = position;
    const open = openQty(position);
    for (const order of ordersOf(position)) this.sameAtExchange(exchange.order(order.terms.key), order);
    if (position.closing !== null) return assert(false, 'I20', `${id} is closing, and nothing is under way`);
    const resting = (leg: string) =>
      exchange.live().filter(({ terms: { key } }) => key.strategyPositionId === id && key.leg === leg);
    const { protection } = position;
    const stops = rests(protection, 's') && stopLossPrice !== null && open > 0 ? [open] : [];
    const limits = rests(protection, 't') && takeProfitPrice !== null && open > 0 ? [open] : [];
    // The first fill of an entry may be too small for legs; then they wait for the next one.
    if (open > 0 && position.entry !== null && !isTerminal(position.entry.state) && tooSmall(position))
      return;
    assert(position.unprotectedSince === null, 'I9', `${id} is not protected`);
    assertSame(resting('s').map(leaves), stops, 'I9', `${id}: stops`);
    assertSame(
      resting('s').map(({ terms }) => terms.stopPrice),
      stops.map(() => stopLossPrice),
      'I9',
      `${id}: stop prices`,
    );
    // The exchange may have made a take-profit smaller; then it is left at that.
    const cut = resting('t').some(({ orderQty, terms }) => orderQty < terms.orderQty);
    if (!cut) assertSame(resting('t').map(leaves), limits, 'I9', `${id}: take-profits`);
  }

  private sameAtExchange(theirs: ExchangeOrder, ours: ChannelOrder): void {
    const name = nameOf(ours.terms.key);
    assert(
      isOpen(theirs) === !isTerminal(ours.state),
      'I20',
      `${name} is ${theirs.status} there and ${ours.state.status} here`,
    );
    const left = leavesQty(ours.state);
    assert(leaves(theirs) === left, 'I20', `${name}: ${leaves(theirs)} left there and ${left} here`);
  }
}

const BOOKINGS = new Set<ChannelEvent['type']>([
  'execution_applied',
  'share_closed',
  'share_adopted',
  'share_to_dust',
  'position_closed',
  'position_reopened',
]);

/** What was taken from an owner by force, by the sign of what it held. */
interface Forced {
  readonly strategyPositionId: string;
  readonly side: PositionSide;
  readonly quantity: Lots;
  readonly price: number;
  readonly fee: bigint;
}

type Adopted = Extract<ChannelEvent, { readonly type: 'share_adopted' }>;

function tooSmall({ stopLoss, takeProfit }: StrategyPosition): boolean {
  return stopLoss?.state.status === 'rejected' || takeProfit?.state.status === 'rejected';
}

function allPositions(harness: ChannelHarness): StrategyPosition[] {
  return [...harness.closed, ...harness.state.positions.values()];
}

function assertSame(
  actual: readonly unknown[],
  expected: readonly unknown[],
  law: string,
  what: string,
): void {
  assert(String(actual) === String(expected), law, `${what} ${String(actual)}, expected ${String(expected)}`);
}

function assert(holds: boolean, law: string, what: string): asserts holds {
  if (!holds) throw new Error(`${law} is broken: ${what}`);
}
