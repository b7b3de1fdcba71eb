import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NewOrderRequest } from './commands.js';
import { EventQueue } from './event-queue.js';
import { fixedLatency, spreadLatency, type Latency } from './latency.js';
import { Scenario } from './scenario.spec-support.js';
import { SimulatedExchange, type DeliveredReport } from './simulated-exchange.js';

function order(
  clientOrderId: string,
  side: 'BUY' | 'SELL',
  price: number,
  account = 'ikenna',
): NewOrderRequest {
  return {
    kind: 'new',
    account,
    symbol: 'BTCUSDT',
    clientOrderId,
    side,
    orderType: 'LIMIT',
    orderQty: 5,
    price,
  };
}

function exchange(latency: Latency): SimulatedExchange {
  return new SimulatedExchange(new Scenario().engine, latency);
}

/** `12 x NEW @10`: seen at 12, happened at 10. */
function seen(delivered: readonly DeliveredReport[]): readonly string[] {
  return delivered.map(
    ({ at, report }) => `${at} ${report.clientOrderId} ${report.execType} @${report.time}`,
  );
}

describe('the simulated exchange', () => {
  it('takes its time both ways', () => {
    const subject = exchange(fixedLatency(10, 3));
    subject.submit(100, order('x', 'BUY', 100));
    expect(subject.nextTime()).toBe(110);
    expect(subject.advanceTo(109)).toEqual([]);
    expect(subject.engine.openOrders('ikenna')).toEqual([]);
    expect(subject.advanceTo(110)).toEqual([]);
    expect(subject.engine.openOrders('ikenna')).toHaveLength(1);
    expect(subject.nextTime()).toBe(113);
    expect(seen(subject.advanceTo(113))).toEqual(['113 x NEW @110']);
    expect(subject.nextTime()).toBeNull();
  });

  it('lets the market move while an order is under way', () => {
    const subject = exchange(fixedLatency(10, 0));
    subject.feed(0, { kind: 'quote', symbol: 'BTCUSDT', bids: [], asks: [[100, 50]] });
    subject.submit(1, order('x', 'BUY', 100));
    subject.feed(5, { kind: 'quote', symbol: 'BTCUSDT', bids: [], asks: [[103, 50]] });
    expect(seen(subject.advanceTo(20))).toEqual(['11 x NEW @11']);
  });

  it('lets a cancel lose the race against the fill', () => {
    const subject = exchange(fixedLatency(10, 10));
    subject.submit(0, order('x', 'BUY', 100));
    subject.submit(15, { kind: 'cancel', account: 'ikenna', symbol: 'BTCUSDT', clientOrderId: 'x' });
    subject.submit(14, order('y', 'SELL', 100, 'odum'));
    expect(seen(subject.advanceTo(100))).toEqual([
      '20 x NEW @10',
      '34 y NEW @24',
      '34 x TRADE @24',
      '34 y TRADE @24',
      '35 x REJECTED @25',
    ]);
  });

  it('treats what arrives at one instant in the order of its sending', () => {
    const subject = exchange(fixedLatency(5, 0));
    subject.submit(0, order('first', 'BUY', 100));
    subject.submit(0, order('second', 'BUY', 100));
    subject.submit(0, order('taker', 'SELL', 100, 'odum'));
    expect(seen(subject.advanceTo(5))).toEqual([
      '5 first NEW @5',
      '5 second NEW @5',
      '5 taker NEW @5',
      '5 first TRADE @5',
      '5 taker TRADE @5',
    ]);
  });

  it('lets requests overtake each other, but not the reports of one account', () => {
    const requests = [20, 1];
    const reports = [50, 1, 1];
    const subject = exchange({ request: () => requests.shift() ?? 0, report: () => reports.shift() ?? 0 });
    subject.submit(0, order('slow', 'BUY', 100));
    subject.submit(0, order('fast', 'BUY', 100));
    expect(seen(subject.advanceTo(100))).toEqual(['51 fast NEW @1', '51 slow NEW @20']);
  });

  it('refuses what would happen in the past', () => {
    const subject = exchange(fixedLatency(0));
    subject.advanceTo(10);
    expect(() => subject.submit(9, order('x', 'BUY', 100))).toThrow(
      'time 9 has passed: the exchange stands at 10',
    );
    expect(() => subject.feed(9, { kind: 'markPrice', symbol: 'BTCUSDT', price: 1 })).toThrow(RangeError);
    expect(() => subject.advanceTo(9)).toThrow(RangeError);
  });

  it('refuses a latency that is none', () => {
    expect(() => exchange(fixedLatency(-1)).submit(0, order('x', 'BUY', 100))).toThrow(
      'latency must be 0 ms or more, got -1',
    );
    expect(() => spreadLatency(5, 4, () => 0)).toThrow('no latency lies between 5 and 4 ms');
  });

  it('draws latencies from the sequence it is given', () => {
    const draws = [0, 0.5, 0.999_999];
    const { request } = spreadLatency(10, 19, () => draws.shift() ?? 0);
    expect([request('ikenna', 0), request('ikenna', 0), request('ikenna', 0)]).toEqual([10, 15, 19]);
  });

  it('delivers the same in one step as in many', () => {
    const sends = fc.array(
      fc.record({ at: fc.nat(50), isBuy: fc.boolean(), price: fc.integer({ min: 98, max: 102 }) }),
      { maxLength: 30 },
    );
    const property = fc.property(
      sends,
      fc.array(fc.nat(9), { minLength: 200, maxLength: 200 }),
      (list, travel) => {
        const run = (step: number): readonly DeliveredReport[] => {
          let drawn = 0;
          const next = (): number => travel[drawn++ % travel.length];
          const subject = exchange({ request: next, report: next });
          list.forEach(({ at, isBuy, price }, index) =>
            subject.submit(at, order(`o-${index}`, isBuy ? 'BUY' : 'SELL', price)),
          );
          const delivered: DeliveredReport[] = [];
          for (let time = step; time < 200 + step; time += step) delivered.push(...subject.advanceTo(time));
          return delivered;
        };
        const whole = run(1_000);
        expect(run(1)).toEqual(whole);
        expect(whole.map(({ at }) => at)).toEqual(whole.map(({ at }) => at).sort((a, b) => a - b));
        expect(whole.length).toBeGreaterThanOrEqual(list.length);
      },
    );
    fc.assert(property, { numRuns: 50 });
  });
});

describe('EventQueue', () => {
  it('gives what is due, earliest first, equal times in the order of their scheduling', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 200 }), fc.nat(20), (times, until) => {
        const queue = new EventQueue<number>();
        times.forEach((time, id) => queue.schedule(time, id));
        const due = times.map((time, id) => ({ time, item: id })).filter(({ time }) => time <= until);
        due.sort((a, b) => a.time - b.time || a.item - b.item);
        const taken: { time: number; item: number }[] = [];
        for (let next = queue.takeUntil(until); next !== undefined; next = queue.takeUntil(until)) {
          taken.push({ time: next.time, item: next.item });
        }
        expect(taken).toEqual(due);
        expect(queue.size).toBe(times.length - due.length);
        const later = times.filter((time) => time > until);
        expect(queue.nextTime()).toBe(later.length === 0 ? null : Math.min(...later));
      }),
    );
  });

  it('refuses a time that is none', () => {
    expect(() => new EventQueue<null>().schedule(Number.NaN, null)).toThrow('cannot schedule at NaN');
  });
});
