import type { Route } from '../common/route.js';

/** The routes of spot by what they are called on the line of requests. (developers.binance.com: spot, WebSocket API.) */
const METHODS = {
  ping: 'GET ping',
  time: 'GET time',
  exchangeInfo: 'GET exchangeInfo',
  depth: 'GET depth',
  'trades.recent': 'GET trades',
  'trades.historical': 'GET historicalTrades',
  'trades.aggregate': 'GET aggTrades',
  klines: 'GET klines',
  avgPrice: 'GET avgPrice',
  'ticker.24hr': 'GET ticker/24hr',
  'ticker.price': 'GET ticker/price',
  'ticker.book': 'GET ticker/bookTicker',
  'order.place': 'POST order',
  'order.test': 'POST order/test',
  'order.status': 'GET order',
  'order.cancel': 'DELETE order',
  'order.cancelReplace': 'POST order/cancelReplace',
  'openOrders.status': 'GET openOrders',
  'openOrders.cancelAll': 'DELETE openOrders',
  'orderList.place.oco': 'POST orderList/oco',
  'orderList.place.oto': 'POST orderList/oto',
  'orderList.place.otoco': 'POST orderList/otoco',
  'orderList.status': 'GET orderList',
  'orderList.cancel': 'DELETE orderList',
  'openOrderLists.status': 'GET openOrderList',
  'account.status': 'GET account',
  'account.commission': 'GET account/commission',
  'account.rateLimits.orders': 'GET rateLimit/order',
  allOrders: 'GET allOrders',
  allOrderLists: 'GET allOrderList',
  myTrades: 'GET myTrades',
  'userDataStream.start': 'POST userDataStream',
  'userDataStream.ping': 'PUT userDataStream',
  'userDataStream.stop': 'DELETE userDataStream',
} as const;

export const SPOT_METHODS: ReadonlyMap<string, Pick<Route, 'method' | 'path'>> = new Map(
  Object.entries(METHODS).map(([name, route]) => {
    const [method, path] = route.split(' ') as [Route['method'], string];
    return [name, { method, path: `/api/v3/${path}` }];
  }),
);
