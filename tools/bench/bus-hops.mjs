/** What the benches of the buses between processes have in common: the messages, and how hops are timed. */

const KEYS = 100;
export const IN_FLIGHT = 1_000;
export const GROUP = 'execution-gateway';
export const TOPIC = 'orders.ikenna';

export const messages = Array.from({ length: IN_FLIGHT }, (_, at) => ({
  topic: TOPIC,
  key: `ikenna.binance-usdm.${at % KEYS}`,
  id: `oco-manager/ikenna.binance-usdm.BTCUSDT#${at}.0`,
  source: 'oco-manager/ikenna.binance-usdm.BTCUSDT',
  epoch: 1,
  time: 1_736_164_800_000,
  cause: 'order-generator/ikenna#1.0',
  data: JSON.stringify({ type: 'place', terms: 'x'.repeat(400) }),
}));

/** Notes the microseconds of each message, by subject; in turns, so that a slow spell of the machine hits all of them. */
export async function alone(subjects, { alone: count, turn: turnSize }, took) {
  for (let sent = -turnSize; sent < count; sent += turnSize) {
    for (const [at, subject] of subjects.entries()) {
      for (let turn = 0; turn < turnSize; turn += 1) {
        const handled = new Promise((resolve) => {
          subject.handled = resolve;
        });
        const start = performance.now();
        await Promise.all([
          subject.publish([messages[turn]]),
          handled.then(() => note(took[at], start, sent >= 0)),
        ]);
      }
    }
  }
}

function note(took, start, counts) {
  if (counts) took.push(1000 * (performance.now() - start));
}

/** Messages a second, by subject: the best of the rounds. */
export async function inFlight(subjects, { inFlight: count, rounds }) {
  const best = subjects.map(() => 0);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, subject] of subjects.entries()) {
      let left = count;
      const all = new Promise((resolve) => {
        subject.handled = () => {
          left -= 1;
          if (left === 0) resolve();
        };
      });
      const start = performance.now();
      for (let sent = 0; sent < count; sent += IN_FLIGHT) await subject.publish(messages);
      await all;
      best[at] = Math.max(best[at], Math.round((1000 * count) / (performance.now() - start)));
    }
  }
  return best;
}
