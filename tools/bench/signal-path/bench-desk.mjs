/** A desk in one process, composed as the program does it, on exchanges that answer at once. */
import { SystemClock } from '../../../libs/engine/dist/index.js';
import { localBus } from '../../../services/bowline/dist/live/desk-bus.js';
import { Desk } from '../../../services/bowline/dist/live/desk.js';
import { deskOf, PRICE, quietFeed } from './desk-of.mjs';
import { InstantExchange } from './instant-exchange.mjs';
import { Requests, Signals } from './signals.mjs';

const ROLES = ['order-generator', 'oco-manager', 'execution-gateway'];
export const QUIET = { info: () => undefined, warn: console.warn, error: console.error };

/**
 * @param {object} terms what differs from a desk of this process alone
 * @param {(request: object) => void} onRequest told of each request that is handed to an exchange (`Requests.of`)
 */
export async function openDesk(terms, onRequest) {
  const clock = new SystemClock();
  const { feed, quote } = quietFeed(clock);
  const requests = new Requests();
  const desk = await Desk.open(
    {
      roles: ROLES,
      mode: 'live',
      clock,
      feeds: [feed],
      history: [],
      clientOf: ({ account, client }) => {
        const exchange = new InstantExchange(account.exchange, client.clientId, PRICE);
        exchange.onRequest = (name, request) => {
          const seen = requests.of(name, request);
          if (seen !== null) onRequest(seen);
        };
        return exchange;
      },
      logger: QUIET,
      http: null,
      ingestFolder: null,
      speed: null,
      seed: null,
      analytics: null,
      maxQuoteAgeMs: 3_600_000,
      ...terms,
    },
    (error) => {
      throw error;
    },
  );
  quote();
  return desk;
}

/** The desk with signals for it. */
export async function openBenchDesk(journals, clients) {
  const { config, layout } = deskOf(clients);
  const desk = await openDesk({ config, layout, journals, openBus: localBus(1_000) }, (request) =>
    signals.requested(request),
  );
  const bus = desk.trace.over(desk.bus);
  const signals = new Signals(layout, (message) => bus.publish(message));
  return { signals, walks: signals.walks, close: () => desk.close() };
}
