import {
  decimal,
  ordersOf,
  priceText,
  quantityText,
  type Adoption,
  type ChannelInput,
  type Lots,
  type OpenIntent,
  type PositionSide,
  type RejectReason,
  type StrategyPosition,
  type Ticks,
} from '@bowline/domain';
import { ChannelHarness, type HarnessSetup } from '../channel-harness.js';
import { isOpen, leaves, mayOvertake, type ExchangeOrder, type Request } from './exchange-order.js';
import { anOpen, legsAt, legsWithin, NO_PLAN } from './setup.js';

/** What may happen next, by how often. `keep`: a cancel is refused; `find`: what was lost is asked for. */
const WEIGHTS = {
  open: 6,
  close: 3,
  reverse: 2,
  answer: 16,
  fill: 9,
  deliver: 16,
  overtake: 3,
  refuse: 2,
  keep: 3,
  lose: 2,
  find: 3,
  repeat: 1,
  halves: 1,
  unasked: 1,
  overfill: 1,
  restate: 1,
  stop: 2,
  hit: 2,
  watch: 1,
  unprotected: 1,
  timeExit: 1,
  tradingState: 1,
  external: 2,
  adopt: 2,
  forced: 1,
  retry: 1,
} as const;

export type MoveKind = keyof typeof WEIGHTS;

/** Every kind of move, as often as it should come up. */
export const MOVE_KINDS: readonly MoveKind[] = (Object.keys(WEIGHTS) as MoveKind[]).flatMap((kind) =>
  Array.from({ length: WEIGHTS[kind] }, () => kind),
);

/** A move and the numbers that choose between what is possible. */
export type Move = readonly [kind: MoveKind, a: number, b: number, c: number];

const STRATEGIES = ['A', 'B', 'C'];
const REASONS: readonly RejectReason[] = [
  'OTHER',
  'WOULD_TRIGGER',
  'BELOW_MINIMUM',
  'INSUFFICIENT_MARGIN',
  'CAPACITY',
  'PRICE_OUT_OF_RANGE',
];

/** A channel and an exchange to which anything may happen that an exchange and a gateway can do. */
export class RandomChannel {
  readonly harness: ChannelHarness;
  private refusing = { leg: 'e', times: 0 };

  constructor(
    readonly setup: HarnessSetup,
    /** Hands an input to the channel: a law may do more with it. */
    private readonly take: (harness: ChannelHarness, input: ChannelInput) => void = (harness, input) =>
      harness.take(input),
  ) {
    this.harness = new ChannelHarness(setup);
  }

  /** Makes a move; one that is not possible now changes nothing. */
  move([kind, a, b, c]: Move): void {
    const { exchange } = this.harness;
    exchange.price = 80 + (c % 41);
    const at = this.harness.tick();
    switch (kind) {
      case 'open':
        return this.give(this.anOpen(at, a, b, c));
      case 'close': {
        const strategyId = STRATEGIES[a % 3]!;
        return this.give({ type: 'close', intentId: `c${at}`, strategyId, reason: 'signal', at });
      }
      case 'reverse': {
        const open = this.anOpen(at, a, b, c);
        return this.give({ type: 'reverse', intentId: `r${at}`, strategyId: open.strategyId, open, at });
      }
      case 'stop':
        return this.withPosition(a, (strategyPositionId, { plan }) => {
          if (plan.trailingStop === null) return;
          this.give({ type: 'stop_moved', strategyPositionId, stopPrice: 80 + (b % 41), at });
        });
      case 'hit': {
        const leg = b % 2 === 0 ? 't' : 's';
        return this.withPosition(a, (strategyPositionId, { stopLossPrice, takeProfitPrice }) => {
          const trigger = leg === 't' ? takeProfitPrice : stopLossPrice;
          // Mostly where it is reached; whoever watches may be a moment behind.
          const price = trigger === null || c % 4 === 0 ? exchange.price : trigger;
          this.give({ type: 'trigger_hit', strategyPositionId, leg, price, sequence: at, at });
        });
      }
      case 'watch':
        return this.give({ type: 'watch_report', staleSince: a % 3 === 0 ? at : null, at });
      case 'unprotected':
        return this.withPosition(a, (strategyPositionId) =>
          this.give({ type: 'unprotected_due', strategyPositionId, at }),
        );
      case 'timeExit':
        return this.withPosition(a, (strategyPositionId) =>
          this.give({ type: 'time_exit_due', strategyPositionId, at }),
        );
      case 'retry':
        return this.withPosition(a, (strategyPositionId) =>
          this.give({ type: 'retry', strategyPositionId, at }),
        );
      case 'tradingState': {
        const tradingState = (['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'REDUCING', 'HALTED'] as const)[
          a % 6
        ]!;
        return this.give({ type: 'trading_state', tradingState, at });
      }
      case 'external': {
        const signedQty = (a % 9) - 4;
        if (signedQty === 0) return;
        const tradeId = exchange.tradeOutside(signedQty, exchange.price);
        return this.give({ type: 'external_fill', tradeId, signedQty, at });
      }
      case 'adopt':
        return this.give(this.anAdoption(at, a, b, c));
      case 'forced':
        return this.force(a % 2 === 0 ? 'LONG' : 'SHORT', 1 + (b % 12), at);
      default:
        return this.atExchange(kind, a, b, c);
    }
  }

  /** Faults are over: the exchange answers everything, prices come, and what was given up is tried again. */
  calm(): void {
    const { harness } = this;
    this.give({ type: 'watch_report', staleSince: null, at: harness.tick() });
    for (let round = 0; round < 20; round += 1) {
      this.rest();
      const stuck = [...harness.state.positions.values()].filter((position) => position.stuck);
      if (stuck.length === 0) return;
      for (const { id } of stuck) {
        if (harness.state.positions.has(id)) {
          this.give({ type: 'retry', strategyPositionId: id, at: harness.tick() });
        }
      }
    }
    throw new Error('a position stays stuck though the exchange does everything');
  }

  closeAll(): void {
    for (const strategyId of STRATEGIES) {
      const at = this.harness.tick();
      this.give({ type: 'close', intentId: `end${at}`, strategyId, reason: 'signal', at });
    }
    this.calm();
  }

  /** Until there is nothing left to answer and nothing left to hear. */
  private rest(): void {
    const { exchange } = this.harness;
    for (let step = 0; step < 400; step += 1) {
      const lost = this.unknown();
      const [request] = exchange.requests;
      const market = exchange.orders.find((order) => isOpen(order) && order.terms.orderType === 'market');
      if (exchange.outbox.length > 0) this.hear(0);
      else if (request) exchange.answer(request);
      else if (lost) exchange.query(lost);
      else if (market) exchange.fill(market);
      else return;
    }
    throw new Error('the channel and the exchange do not come to rest');
  }

  /** An order of which nobody knows what became of it: it is asked for until that is known. */
  private unknown(): ExchangeOrder | undefined {
    const { exchange, state } = this.harness;
    if (exchange.lost.size > 0) return [...exchange.lost][0];
    for (const position of state.positions.values()) {
      for (const order of ordersOf(position)) {
        if (order.state.status === 'unknown') return exchange.order(order.terms.key);
      }
    }
    return undefined;
  }

  private atExchange(kind: MoveKind, a: number, b: number, c: number): void {
    const { exchange } = this.harness;
    const open = exchange.live();
    switch (kind) {
      case 'answer':
        return pick(exchange.requests, a, (request) => this.answer(request, c));
      case 'refuse':
        return pick(exchange.requests, a, (request) => {
          this.refusing = { leg: request.order.terms.key.leg, times: c % 8 };
          exchange.refuse(request, reasonFor(request, b));
        });
      case 'keep': {
        const cancels = exchange.requests.filter(({ kind: asked }) => asked === 'cancel');
        return pick(cancels, a, (request) => {
          this.refusing = { leg: request.order.terms.key.leg, times: c % 8 };
          exchange.refuse(request);
        });
      }
      case 'lose':
        return pick(exchange.requests, a, (request) => exchange.lose(request, b % 2 === 0));
      case 'find':
        return pick([...exchange.lost], a, (order) => exchange.query(order));
      case 'repeat':
        return pick(open.filter(isAcknowledged), a, (order) => exchange.query(order));
      case 'halves':
        return pick(exchange.requests.filter(isReplace), a, (request) =>
          exchange.replaceByHalves(request, b % 2 === 0),
        );
      case 'fill':
        return pick(open, a, (order) => {
          const quantity = 1 + (b % leaves(order));
          const feeBaseLots = c % 16 === 0 && order.terms.side === 'BUY' ? 1 : 0;
          exchange.fill(order, quantity, undefined, feeBaseLots);
        });
      case 'overfill':
        return pick(open, a, (order) => exchange.fill(order, leaves(order) + 1 + (b % 3)));
      case 'unasked':
        return pick(open, a, (order) => (b % 2 === 0 ? exchange.cancel(order) : exchange.expire(order)));
      case 'restate':
        return pick(open.filter(isTakeProfit), a, (order) =>
          exchange.restate(order, order.cumQty + 1 + (b % leaves(order))),
        );
      case 'deliver':
        return this.hear(0);
      case 'overtake':
        return this.hear(this.overtaking(a));
      default:
    }
  }

  /** What has been refused once is often refused again. */
  private answer(request: Request, choice: number): void {
    const { refusing } = this;
    if (refusing.times === 0 || request.order.terms.key.leg !== refusing.leg) {
      return this.harness.exchange.answer(request);
    }
    refusing.times -= 1;
    this.harness.exchange.refuse(request, reasonFor(request, choice));
  }

  private hear(place: number): void {
    const [report] = this.harness.exchange.outbox.splice(place, 1);
    if (!report) return;
    this.harness.tick();
    this.give(report.execution);
  }

  /** A report that may come before those that wait longer. */
  private overtaking(choice: number): number {
    const { outbox } = this.harness.exchange;
    const free = outbox.flatMap((report, place) =>
      outbox.slice(0, place).every((earlier) => mayOvertake(report, earlier)) ? [place] : [],
    );
    return free.length === 0 ? 0 : free[choice % free.length]!;
  }

  private anOpen(at: number, a: number, b: number, c: number): OpenIntent {
    const side = b % 2 === 0 ? 'LONG' : 'SHORT';
    const long = side === 'LONG';
    const trailing = { trailingStop: { kind: 'pct', percent: decimal(5) } } as const;
    const plans = [
      legsWithin(5, 3),
      long ? legsAt(121, 79) : legsAt(79, 121),
      { ...legsAt(null, long ? 79 : 121), ...trailing },
      { ...NO_PLAN, ...trailing },
    ];
    const limit = c % 5 === 0;
    return anOpen(STRATEGIES[a % 3]!, side, 1 + (c % 12), {
      at,
      plan: plans[(b >> 1) % plans.length]!,
      scaleIn: c % 2 === 0,
      ...(limit ? { orderType: 'limit', limitPrice: 80 + (a % 41) } : {}),
    });
  }

  /** Mostly of what EXTERNAL has, now and then of more, or of the other side. */
  private anAdoption(at: number, a: number, b: number, c: number): Adoption {
    const { external, instrument } = this.harness.state;
    const most = Math.max(1, Math.abs(external)) + (b % 5 === 0 ? 1 : 0);
    const side = external > 0 === b % 7 > 0 ? 'LONG' : 'SHORT';
    const price = (ticks: Ticks) => decimal(priceText(instrument, ticks));
    const [takeProfit, stopLoss] = side === 'LONG' ? [121, 79] : [79, 121];
    return {
      type: 'adopt',
      adoptionId: `a${at}`,
      strategyId: STRATEGIES[a % 3]!,
      side,
      quantity: decimal(quantityText(instrument, 1 + (c % most))),
      price: price(80 + (b % 41)),
      takeProfit: a % 4 === 0 ? null : price(takeProfit!),
      stopLoss: c % 4 === 0 ? null : price(stopLoss!),
      by: 'operator',
      reason: 'a drill',
      at,
    };
  }

  /** By force the exchange takes only what is there. */
  private force(side: PositionSide, quantity: Lots, at: number): void {
    const { exchange, state } = this.harness;
    const long = side === 'LONG';
    const held = [...state.positions.values()].reduce((sum, { share }) => {
      return share.quantity > 0 === long ? sum + Math.abs(share.quantity) : sum;
    }, 0);
    if (held < quantity) return;
    const { price } = exchange;
    const tradeId = exchange.tradeOutside(long ? -quantity : quantity, price);
    this.give({ type: 'forced_close', tradeId, side, quantity, price, fee: 5n, at });
  }

  private withPosition(choice: number, act: (id: string, position: StrategyPosition) => void): void {
    pick([...this.harness.state.positions.values()], choice, (position) => act(position.id, position));
  }

  private give(input: ChannelInput): void {
    this.take(this.harness, input);
  }
}

function pick<T>(from: readonly T[], choice: number, act: (chosen: T) => void): void {
  if (from.length > 0) act(from[choice % from.length]!);
}

function isReplace(request: Request): request is Request & { readonly kind: 'replace' } {
  return request.kind === 'replace';
}

function isAcknowledged({ status }: ExchangeOrder): boolean {
  return status === 'working';
}

function isTakeProfit({ status, terms }: ExchangeOrder): boolean {
  return status === 'working' && terms.key.leg === 't';
}

/** A reason that fits: nothing is below the minimum that was enough when it was less. */
function reasonFor(request: Request, choice: number): RejectReason {
  const { kind, order } = request;
  const { leg } = order.terms.key;
  const reason = REASONS[choice % REASONS.length]!;
  if (kind === 'cancel' || leg === 'e') return 'OTHER';
  if (leg === 'x') return reason === 'WOULD_TRIGGER' ? 'OTHER' : reason;
  const grows = kind === 'replace' && request.terms.orderQty >= leaves(order);
  return grows && reason === 'BELOW_MINIMUM' ? 'OTHER' : reason;
}
