/**
 * The simulator's order book beside nodejs-order-book: the same orders, in the same process, alternating rounds.
 * 20,000 orders of 10 lots rest on 100 prices a side (100 orders a price), are canceled in scattered order, rest
 * again, and are taken one by one by market orders. The engine's rows do the same through accounts, positions,
 * fees, execution reports and a history of the last
 * 1,000 orders and trades, which the peer does not have.
 */
import { createRequire } from 'node:module';
import { createInstrument, decimal } from '../../libs/domain/dist/index.js';
import { BookOrder, MatchingEngine, OrderBook } from '../../libs/exchanges/simulator/dist/index.js';
import { bestOf, isMain } from './measure.mjs';
import { printRows } from './table.mjs';

// The package's ESM build imports without file endings, which Node refuses: its CommonJS build works.
const { OrderBook: PeerBook } = createRequire(import.meta.url)('nodejs-order-book');

const ORDERS = 20_000;
const PRICES_A_SIDE = 100;
const QUANTITY = 10;
const MIDDLE = 450_000;

/** Orders as both sides of the comparison get them, made before the clock starts. */
const orders = Array.from({ length: ORDERS }, (_, at) => {
  const isBuy = at % 2 === 0;
  const distance = 1 + ((Math.imul(at, 7919) >>> 1) % PRICES_A_SIDE);
  return { at, id: `order-${at}`, isBuy, price: isBuy ? MIDDLE - distance : MIDDLE + distance };
});
/** 7919 is prime to the number of orders, so every order is met once. */
const scattered = orders.map((_, at) => orders[(at * 7919) % ORDERS]);

const peer = {
  open() {
    const book = new PeerBook();
    return {
      rest: ({ id, isBuy, price }) => book.limit({ id, side: isBuy ? 'buy' : 'sell', size: QUANTITY, price }),
      cancel: ({ id }) => book.cancel(id),
      take: ({ isBuy }) => book.market({ side: isBuy ? 'sell' : 'buy', size: QUANTITY }),
      resting: () => book.depth().flat().length,
    };
  },
};

const book = {
  open() {
    const book = new OrderBook();
    const maker = {};
    const taker = {};
    let traded = 0;
    let lastId = ORDERS;
    const sink = {
      fill: (_taker, _maker, quantity) => (traded += quantity),
      selfTrade: () => undefined,
    };
    return {
      rest({ at, isBuy, price }) {
        const order = new BookOrder(at, maker, isBuy, price, QUANTITY, 'NONE');
        book.match(order, sink);
        if (order.leavesQty > 0) book.rest(order);
      },
      cancel: ({ at }) => book.cancel(at),
      take: ({ isBuy }) => book.match(new BookOrder(++lastId, taker, !isBuy, null, QUANTITY, 'NONE'), sink),
      resting: () => book.size,
    };
  },
};

const instrument = createInstrument({
  exchange: 'sim',
  symbol: 'BTCUSDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  multiplier: '1',
  inverse: false,
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '0',
});

const engine = {
  open() {
    const account = (name) => ({
      account: name,
      hedgeMode: false,
      balances: {},
      feeMakerBps: decimal('2'),
      feeTakerBps: decimal('4'),
    });
    const accounts = [account('maker'), account('taker')];
    // With the default of 100,000 half of the time goes into the garbage collector's copying of what is remembered.
    const engine = new MatchingEngine({ instruments: [instrument], accounts, historyLimit: 1_000 });
    const common = { symbol: 'BTCUSDT', orderQty: QUANTITY };
    let time = 0;
    return {
      rest: ({ id, isBuy, price }) =>
        engine.handle(++time, {
          kind: 'new',
          ...common,
          account: 'maker',
          clientOrderId: id,
          side: isBuy ? 'BUY' : 'SELL',
          orderType: 'LIMIT',
          price,
        }),
      cancel: ({ id }) =>
        engine.handle(++time, { kind: 'cancel', account: 'maker', symbol: 'BTCUSDT', clientOrderId: id }),
      take: ({ id, isBuy }) =>
        engine.handle(++time, {
          kind: 'new',
          ...common,
          account: 'taker',
          clientOrderId: id,
          side: isBuy ? 'SELL' : 'BUY',
          orderType: 'MARKET',
        }),
      resting: () => engine.openOrders('maker').length,
    };
  },
};

/** Operations per second of one round through one of the three. */
function round(subject) {
  const canceled = subject.open();
  const rest = perSecond(orders, canceled.rest);
  const cancel = perSecond(scattered, canceled.cancel);
  expectEmpty(canceled);
  const taken = subject.open();
  for (const order of orders) taken.rest(order);
  const take = perSecond(orders, taken.take);
  expectEmpty(taken);
  return { rest, cancel, take };
}

function perSecond(list, act) {
  const start = process.hrtime.bigint();
  for (const item of list) act(item);
  return (list.length * 1e9) / Number(process.hrtime.bigint() - start);
}

/** A book that did less work than it was asked for would look fast. */
function expectEmpty(subject) {
  if (subject.resting() !== 0) throw new Error(`${subject.resting()} orders were left over`);
}

const TARGETS = { rest: 1e6, cancel: 5e5, take: 5e5 };
const NAMES = { rest: 'rest', cancel: 'cancel', take: 'market fill' };

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run() {
  const [ofPeer, ofBook, ofEngine] = bestOf({ warmUps: 3, rounds: 5 }, [
    () => round(peer),
    () => round(book),
    () => round(engine),
  ]);
  return [
    ...rows('order book', ofBook, ofPeer),
    ...rows('matching engine (accounts, fees, reports)', ofEngine, ofPeer),
  ];
}

function rows(what, ours, reference) {
  return Object.keys(TARGETS).map((operation) => ({
    name: `${what}: ${NAMES[operation]}`,
    ours: Math.round(ours[operation]),
    unit: 'orders/s',
    reference: { name: 'nodejs-order-book', value: Math.round(reference[operation]) },
    ratio: ours[operation] / reference[operation],
    target: `>= ${TARGETS[operation].toLocaleString('en-US')}/s`,
    met: ours[operation] >= TARGETS[operation],
  }));
}

if (isMain(import.meta.url)) printRows(await run());
