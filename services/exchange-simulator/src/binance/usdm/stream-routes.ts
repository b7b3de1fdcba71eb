import type { Call, Route } from '../common/route.js';
import type { ListenKeys } from '../common/listen-keys.js';
import type { Timers } from '../common/timers.js';
import { BinanceError } from '../common/binance-error.js';
import type { Books } from './books.js';
import { isOver } from './order-records.js';
import { canceled, weighing } from './order-routes.js';

/** The keys of user streams: an API key is enough for them. */
export function listenKeyRoutes(keys: ListenKeys): readonly Route[] {
  const of = (method: Route['method'], handle: (call: Call) => unknown): Route => ({
    ...{ method, path: '/fapi/v1/listenKey', security: 'key', kind: 'other', handle },
    costOf: () => weighing(1),
  });
  return [
    of('POST', ({ account, at }) => ({ listenKey: keys.open(account, at) })),
    of('PUT', ({ account, at }) => ({ listenKey: keys.keepAlive(account, at) })),
    of('DELETE', ({ account }) => {
      keys.close(account);
      return {};
    }),
  ];
}

/** `POST /fapi/v1/countdownCancelAll`: all orders of a symbol are canceled unless it is asked for again in time. */
export function countdownRoute(books: Books, timers: Timers): Route {
  const running = new Map<string, () => void>();
  return {
    ...{ method: 'POST', path: '/fapi/v1/countdownCancelAll', security: 'signed', kind: 'other' },
    costOf: () => weighing(10),
    handle: ({ account, at, params }) => {
      const { symbol } = books.symbolOf(params).instrument;
      const countdownTime = params.requiredInteger('countdownTime');
      if (countdownTime < 0) throw BinanceError.of(-1130, 'countdownTime');
      const key = JSON.stringify([account, symbol]);
      running.get(key)?.();
      running.delete(key);
      if (countdownTime > 0) {
        const stop = timers.at(at + countdownTime, () => {
          running.delete(key);
          for (const record of books.orders.open(account))
            if (record.symbol === symbol && !isOver(record)) canceled(books, record);
        });
        running.set(key, stop);
      }
      return { symbol, countdownTime: String(countdownTime) };
    },
  };
}
