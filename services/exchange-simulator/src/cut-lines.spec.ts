import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { CuttingProxy, type Direction } from './cutting-proxy.spec-support.js';
import type { ExchangeSimulator } from './exchange-simulator.js';
import { clientOf, openSim, PRICE, requests, Told, truthOf } from './simulator.spec-support.js';

/** Every so many bytes one is tried: a prime, so that all kinds of places are hit. */
const STEP = 17;

let simulator: ExchangeSimulator;
let proxy: CuttingProxy;
let orders = 0;

beforeAll(async () => {
  simulator = await openSim(work.at('sim'));
  proxy = await CuttingProxy.open(simulator.url);
});

afterAll(async () => {
  await proxy.close();
  await simulator.close();
});

const work = new WorkFolder('cut-lines');

/** One client's life: it connects, places an order, and asks what has become of it. Its line may be cut meanwhile. */
async function placeAndAsk() {
  orders += 1;
  const id = `order-${orders}`;
  const told = await Told.connect(clientOf(proxy.url, 'ikenna', { firstPauseMs: 1 }));
  const answers = await told.ask(requests.place(id, PRICE - 100));
  const answer = answers.find((report) => 'clientOrderId' in report && report.clientOrderId === id);
  // The question itself may meet the cut.
  const status = async () => {
    const [last] = (await told.ask(requests.queryOrder(id))).slice(-1);
    return last?.type ?? null;
  };
  let found = await status();
  while (found !== 'order_status' && found !== 'order_absent') {
    await told.until(() => told.reports.some(({ type }) => type === 'reconnected'));
    found = await status();
  }
  await told.client.close();
  return { id, answer, found };
}

describe('a line that breaks', () => {
  it.each<Direction>(['up', 'down'])(
    'after any byte %s answers every request, doubles none, and leaves no doubt once it stands again',
    async (direction) => {
      const before = proxy.passed[direction];
      await placeAndAsk();
      const whole = proxy.passed[direction] - before;
      const ends = new Set<string>();
      for (let bytes = 1; bytes <= whole; bytes += STEP) {
        proxy.cutAfter(direction, bytes);
        const { answer, found, id } = await placeAndAsk();
        const { accepted = 0 } =
          (await truthOf(simulator.url)).exchanges['sim']!.accounts['ikenna']!.orders[id] ?? {};
        const outcome = { bytes, answer: answer?.type, found, accepted };
        expect(outcome).toEqual({ ...outcome, accepted: found === 'order_status' ? 1 : 0 });
        if (answer?.type === 'order') expect(accepted).toBe(1);
        ends.add(`${answer?.type} ${found}`);
      }
      // The cut has met the request on its way, or its answer, and everything else.
      const lost = direction === 'up' ? 'request_unknown order_absent' : 'request_unknown order_status';
      expect([...ends]).toEqual(expect.arrayContaining(['order order_status', lost]));
    },
  );
});
