import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cancel, CountingExchange, perMinute, place, query, START } from './paced.spec-support.js';

const SLACK_MS = 1_000;
const limits = fc.constantFrom(
  [perMinute(60)],
  [perMinute(30), { name: 'orders/10s', counts: 'orders', intervalMs: 10_000, limit: 6 } as const],
  [perMinute(60), perMinute(20, 'orders')],
);
const moves = fc.array(
  fc.record({
    kind: fc.constantFrom('open', 'open', 'open', 'close', 'cancel', 'query', 'foreign'),
    pauseMs: fc.constantFrom(0, 0, 0, 3, 700, 5_000),
  }),
  { maxLength: 120, size: 'max' },
);

describe('whatever is wanted of an exchange that counts', () => {
  it('nothing is refused that is sent, and everything is sent in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        limits,
        moves,
        fc.array(fc.nat({ max: SLACK_MS }), { minLength: 1 }),
        async (given, made, latencies) => {
          const exchange = new CountingExchange(
            given,
            { slackMs: SLACK_MS },
            (count) => latencies[count % latencies.length]!,
          );
          await exchange.connect();
          let sent = 0;
          for (const [i, { kind, pauseMs }] of made.entries()) {
            if (kind !== 'foreign') sent += 1;
            if (kind === 'open') exchange.client.send(place(`e${i}`));
            else if (kind === 'close') exchange.client.send(place(`s${i}`));
            else if (kind === 'query') exchange.client.send(query(`t${i}`));
            else if (kind === 'cancel') exchange.client.send(cancel(`t${i}`));
            else if (exchange.client.uses().every(({ used }) => used === 0)) exchange.foreignUse(3);
            exchange.clock.advance(pauseMs);
          }
          exchange.clock.settle();
          expect(exchange.refused).toEqual([]);
          expect(exchange.arrived).toHaveLength(sent);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('a cancel never waits behind an opening order, and not at all while the reserve lasts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: 60 }),
        fc.array(fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20_000 })), { minLength: 1, maxLength: 40 }),
        async (limit, bursts) => {
          const exchange = new CountingExchange([perMinute(limit)]);
          await exchange.connect();
          const canceledAt = new Map<string, number>();
          let count = 0;
          for (const [orders, pauseMs] of bursts) {
            for (let i = 0; i < orders; i += 1) exchange.client.send(place(`e${(count += 1)}`));
            const name = `t${(count += 1)}`;
            canceledAt.set(name, exchange.clock.now());
            exchange.client.send(cancel(name));
            exchange.clock.advance(pauseMs);
          }
          exchange.clock.settle();
          const { arrived } = exchange;
          const reserved = limit - Math.floor(limit * 0.8);
          for (const [i, { request, sentAt }] of arrived.entries()) {
            if (request.type !== 'cancel') continue;
            const wantedAt = canceledAt.get(request.clientOrderId)!;
            const meanwhile = arrived.slice(0, i).filter((each) => each.sentAt > wantedAt);
            expect(meanwhile.filter((each) => each.request.type === 'place')).toEqual([]);
            const before = arrived.filter(
              (each) =>
                each.request.type === 'cancel' && each.sentAt > sentAt - 62_000 && each.sentAt <= sentAt,
            );
            if (before.length <= reserved) expect(sentAt).toBe(wantedAt);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('500 opening orders and 60 requests a minute: none is refused, and every cancel goes at once', async () => {
    const exchange = new CountingExchange([perMinute(60)], {}, (count) => (count * 37) % 400);
    await exchange.connect();
    for (let i = 0; i < 500; i += 1) exchange.client.send(place(`e${i}`));
    for (let minute = 0; minute < 15; minute += 1) {
      exchange.clock.advanceTo(START + minute * 61_000 + 30_000);
      for (let i = 0; i < 10; i += 1) exchange.client.send(cancel(`t${minute}-${i}`));
      expect(exchange.client.queued().cancel).toBe(0);
    }
    exchange.clock.settle();
    expect(exchange.refused).toEqual([]);
    const placed = exchange.arrived.filter(({ request }) => request.type === 'place');
    expect(placed).toHaveLength(500);
    // 48 a minute: what is not reserved.
    expect(placed.at(-1)!.sentAt).toBeLessThan(START + 11 * 61_000);
  });
});
