import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideExecution } from './decide-execution.js';
import type { ExecutionMemory, ExecutionPart, ExecutionPlan, ExecutionProgress } from './plan.js';
import { dueQty } from './scheduled.js';

const whole = (min: number, max: number) => fc.integer({ min, max });
const durationMs = whole(1_000, 600_000);
const twap = fc.record({ type: fc.constant('twap' as const), durationMs, slices: whole(1, 30) });
const profile = fc
  .array(whole(0, 1_000), { minLength: 1, maxLength: 30 })
  .filter((each) => each.some((weight) => weight > 0));
const vwap = fc.record({ type: fc.constant('vwap' as const), durationMs, profile });
const iceberg = fc.record({ type: fc.constant('iceberg' as const), displayPercent: whole(1, 100) });
const pov = fc.record({
  type: fc.constant('pov' as const),
  percent: whole(1, 100),
  intervalMs: whole(500, 30_000),
  durationMs,
});
const chunked = fc.record({
  type: fc.constant('chunked' as const),
  chunks: whole(1, 8),
  quoting: fc.constantFrom('top_of_book' as const, 'mid' as const),
  quoteMs: whole(1_000, 30_000),
  repriceMs: whole(500, 10_000),
  repriceBps: whole(0, 50),
  attempts: whole(1, 5),
  retryMs: whole(100, 2_000),
});
const given = fc.record({
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  orderType: fc.constantFrom('market' as const, 'limit' as const),
  orderQty: whole(1, 5_000),
  minQty: whole(1, 20),
});
/** What the market does from one step to the next, and how much of what rests it takes, in percent. */
const moves = fc.array(
  fc.record({
    pauseMs: whole(0, 20_000),
    price: whole(-5, 5),
    traded: whole(0, 500),
    taken: fc.constantFrom(0, 0, 30, 100),
    expires: fc.boolean(),
  }),
  { maxLength: 80, size: 'max' },
);

interface Played {
  readonly parts: { readonly part: ExecutionPart; readonly at: number; readonly marketVolume: number }[];
  doneQty: number;
  isOver: boolean;
}

type Given = Parameters<Parameters<typeof given.map>[0]>[0];
type Move = Parameters<Parameters<typeof moves.map>[0]>[0][number];

/** An exchange on which a plan works one order; what holds at all times is expected here. */
class Play implements Played {
  readonly parts: Played['parts'] = [];
  doneQty = 0;
  isOver = false;
  at = 1_000_000;
  private readonly startedAt = this.at;
  private price = 10_000;
  private volume = 123;
  private memory: ExecutionMemory = {};
  private wakeAt: number | null = null;
  private working: { part: ExecutionPart; left: number }[] = [];

  constructor(
    private readonly plan: ExecutionPlan,
    private readonly terms: Given,
  ) {
    this.decide();
  }

  move({ expires, pauseMs, price, taken, traded }: Move): void {
    const until = this.at + pauseMs;
    while (this.wakeAt !== null && this.wakeAt <= until && !this.isOver && !this.isDone) {
      this.at = this.wakeAt;
      this.decide();
    }
    this.at = until;
    this.price += price;
    this.volume += traded;
    for (const each of [...this.working]) {
      this.fill(each, Math.floor((each.left * taken) / 100));
      if (expires && taken === 0) this.end(each);
    }
  }

  /** Time passes until nothing is waited for, and everything that rests is filled. */
  settle(): void {
    for (let i = 0; i < 3_000 && !this.isDone; i += 1) {
      this.move({ expires: false, pauseMs: 1_000, price: 0, taken: 100, traded: 200 });
    }
  }

  get isDone(): boolean {
    return this.doneQty === this.terms.orderQty || (this.isOver && this.working.length === 0);
  }

  get workingQty(): number {
    return this.working.reduce((sum, { left }) => sum + left, 0);
  }

  private decide(): void {
    if (this.isDone || this.isOver) return;
    const limitPrice = this.terms.orderType === 'limit' ? 10_000 : null;
    const progress: ExecutionProgress = {
      terms: { ...this.terms, limitPrice, timeInForce: 'GTC' },
      doneQty: this.doneQty,
      workingQty: this.workingQty,
      workingPrice: this.working.at(-1)?.part.limitPrice ?? null,
      minQty: this.terms.minQty,
      startedAt: this.startedAt,
      at: this.at,
      market: { bid: this.price - 1, ask: this.price + 1, last: this.price, volume: this.volume },
    };
    const step = decideExecution(this.plan, this.memory, progress);
    // The same again, also from what was read back.
    const kept = JSON.parse(JSON.stringify(this.memory)) as ExecutionMemory;
    expect(decideExecution(this.plan, kept, progress)).toEqual(step);
    if (step.wakeAt !== null) expect(step.wakeAt).toBeGreaterThan(this.at);
    this.memory = step.memory;
    this.wakeAt = step.wakeAt;
    this.isOver = step.isOver;
    if (step.cancels) for (const each of [...this.working]) this.end(each);
    if (step.place !== null) this.send(step.place);
  }

  private send(part: ExecutionPart): void {
    const rest = this.terms.orderQty - this.doneQty - this.workingQty;
    expect(part.orderQty).toBeGreaterThan(0);
    // Only all of the rest may be less than the exchange takes.
    if (part.orderQty !== rest) expect(part.orderQty).toBeGreaterThanOrEqual(this.terms.minQty);
    expect(this.doneQty + this.workingQty + part.orderQty).toBeLessThanOrEqual(this.terms.orderQty);
    if (this.terms.orderType === 'limit') {
      expect(Math.sign(part.limitPrice! - 10_000)).not.toBe(this.terms.side === 'BUY' ? 1 : -1);
    }
    this.parts.push({ part, at: this.at, marketVolume: this.volume });
    const each = { part, left: part.orderQty };
    this.working.push(each);
    const crosses =
      this.terms.side === 'BUY' ? this.price + 1 <= part.limitPrice! : this.price - 1 >= part.limitPrice!;
    if (part.orderType === 'market') this.fill(each, each.left);
    else if (part.timeInForce === 'IOC') {
      this.fill(each, crosses ? Math.ceil(each.left / 2) : 0);
      this.end(each);
    }
  }

  private fill(each: { left: number }, quantity: number): void {
    if (quantity === 0) return;
    each.left -= quantity;
    this.doneQty += quantity;
    this.working = this.working.filter(({ left }) => left > 0);
    this.decide();
  }

  private end(each: { left: number }): void {
    if (!this.working.includes(each as never)) return;
    this.working = this.working.filter((other) => other !== each);
    this.decide();
  }
}

describe('an order that is worked by a plan', () => {
  it.each<[string, fc.Arbitrary<ExecutionPlan>]>([
    ['twap', twap],
    ['vwap', vwap],
    ['iceberg', iceberg],
    ['pov', pov],
    ['chunked', chunked],
  ])('%s: is never more than was wanted, and is filled or over in the end', (_, plans) => {
    fc.assert(
      fc.property(plans, given, moves, (plan, terms, made) => {
        const play = new Play(plan, terms);
        for (const move of made) play.move(move);
        play.settle();
        expect(play.isDone).toBe(true);
        expect(play.doneQty + play.workingQty).toBeLessThanOrEqual(terms.orderQty);
      }),
      { numRuns: 150 },
    );
  });

  it.each<[string, fc.Arbitrary<ExecutionPlan & { type: 'twap' | 'vwap' }>]>([
    ['twap', twap],
    ['vwap', vwap],
  ])(
    '%s: is on its schedule to the least quantity of a part, where the market takes what is sent',
    (_, plans) => {
      fc.assert(
        fc.property(plans, given, fc.array(whole(0, 30_000), { maxLength: 60 }), (plan, terms, pauses) => {
          const market = { ...terms, orderType: 'market' as const };
          const play = new Play(plan, market);
          const startedAt = play.at;
          for (const pauseMs of pauses) {
            play.move({ expires: false, pauseMs, price: 0, taken: 0, traded: 0 });
            if (play.at >= startedAt + plan.durationMs) break;
            const due = dueQty(plan, terms.orderQty, play.at - startedAt);
            expect(play.doneQty).toBeLessThanOrEqual(Math.max(due, 0));
            if (due < terms.orderQty) expect(due - play.doneQty).toBeLessThan(2 * terms.minQty);
            else expect(play.doneQty).toBe(terms.orderQty);
          }
          play.move({ expires: false, pauseMs: plan.durationMs, price: 0, taken: 0, traded: 0 });
          expect(play.doneQty).toBe(terms.orderQty);
        }),
        { numRuns: 150 },
      );
    },
  );

  it('pov: never takes more than its share of what was traded since it began', () => {
    fc.assert(
      fc.property(pov, given, moves, (plan, terms, made) => {
        const play = new Play(plan, { ...terms, orderType: 'market' });
        for (const move of made) play.move(move);
        let taken = 0;
        for (const { marketVolume, part } of play.parts) {
          taken += part.orderQty;
          expect(taken * 100).toBeLessThanOrEqual((marketVolume - 123) * plan.percent);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('iceberg: never shows more than it was told to, but for a rest that is too small for an order of its own', () => {
    fc.assert(
      fc.property(iceberg, given, moves, (plan, terms, made) => {
        const play = new Play(plan, { ...terms, orderType: 'limit' });
        const shown = Math.max(terms.minQty, Math.ceil((terms.orderQty * plan.displayPercent) / 100));
        for (const move of made) {
          play.move(move);
          expect(play.workingQty).toBeLessThan(shown + terms.minQty);
        }
      }),
      { numRuns: 150 },
    );
  });
});
