import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ExchangeRequest } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import { lineOf, MockScenario, PRICE, START } from './mock-exchange.spec-support.js';
import type { MockExchangeOptions } from './options.js';

function scenarioOf(options: Partial<MockExchangeOptions> = {}, now = START): MockScenario {
  return new MockScenario(new ManualClock(now), options);
}

/** What happens at one instant: requests of both accounts, before which the market may move. */
interface Instant {
  readonly move: number | null;
  readonly requests: readonly { readonly account: string; readonly draft: Draft }[];
}

type Draft = (scenario: MockScenario) => ExchangeRequest;

const id = fc.integer({ min: 1, max: 6 }).map((number) => `o-${number}`);
const price = fc.integer({ min: PRICE - 5, max: PRICE + 5 });
const side = fc.constantFrom('BUY', 'SELL');
const leg = fc.constantFrom('e', 't', 's', 'x');
const orderQty = fc.integer({ min: 1, max: 20 });

const draft: fc.Arbitrary<Draft> = fc.oneof(
  fc
    .record({ side, leg, orderQty, limitPrice: fc.option(price), stopPrice: fc.option(price) })
    .chain((terms) =>
      id.map((name) => (scenario: MockScenario) => {
        const { limitPrice, stopPrice, ...rest } = terms;
        return scenario.place(name, {
          ...rest,
          limitPrice,
          stopPrice: limitPrice === null ? stopPrice : null,
        });
      }),
    ),
  id.map((name) => (scenario: MockScenario) => scenario.cancel(name)),
  fc.tuple(id, orderQty, fc.option(price)).map(
    ([name, quantity, limit]) =>
      (scenario: MockScenario) =>
        scenario.amend(name, quantity, limit),
  ),
  id.map((name) => (scenario: MockScenario) => scenario.queryOrder(name)),
  fc.constant((scenario: MockScenario) => scenario.queryPosition()),
);

const request = fc.record({ account: fc.constantFrom('ikenna', 'odum'), draft });

const life: fc.Arbitrary<readonly Instant[]> = fc.array(
  fc.record({ move: fc.option(price), requests: fc.array(request, { maxLength: 8 }) }),
  { minLength: 1, maxLength: 15 },
);

/** Plays a life in which the requests of each instant are sent in an order of its own. */
function play(
  instants: readonly Instant[],
  order: (index: number) => number,
  spreadMs: number,
): MockScenario {
  const scenario = scenarioOf({
    latencySpreadMs: spreadMs,
    seed: 11,
    duplicateProbability: 0.2,
    rejectProbability: 0.1,
    faultOf: (_account, { type, at }) => (type === 'place' && at % 3 === 0 ? 'reply_lost' : null),
  }).tick(PRICE);
  instants.forEach(({ move, requests }, at) => {
    scenario.clock.advanceTo(START + at * 70);
    if (move !== null) scenario.tick(move);
    const sent = requests.map((each, index) => ({ ...each, place: order(at * 100 + index) }));
    sent.sort((a, b) => a.place - b.place);
    for (const { account, draft: write } of sent) scenario.send(account, write(scenario));
  });
  return scenario.settle();
}

it('is the same exchange, and tells the same, in whatever order requests are sent at one instant', () => {
  const shuffle = fc.infiniteStream(fc.double({ noNaN: true, min: 0, max: 1 }));
  const spread = fc.constantFrom(0, 30);
  const property = fc.property(life, shuffle, spread, (instants, draws, spreadMs) => {
    const places = new Map<number, number>();
    const drawn = (index: number): number => {
      const place = places.get(index) ?? draws.next().value;
      places.set(index, place);
      return place;
    };
    const plain = play(instants, (index) => index, spreadMs);
    const shuffled = play(instants, drawn, spreadMs);
    expect(shuffled.exchange.stateHash()).toBe(plain.exchange.stateHash());
    const told = (scenario: MockScenario): readonly string[] =>
      scenario.told.map(
        ({ account, at, report }) => `${at} ${account} ${report.id} ${report.at} ${lineOf(report)}`,
      );
    expect(told(shuffled)).toEqual(told(plain));
  });
  fc.assert(property, { numRuns: 150 });
});
