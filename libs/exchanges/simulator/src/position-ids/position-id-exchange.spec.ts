import { describe, expect, it } from '@jest/globals';
import type { OrderTerms } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { ManualClock } from '@bowline/testkit';
import { lineOf, PRICE, START, tickAt } from '../client/mock-exchange.spec-support.js';
import { account, instrument } from '../matching/scenario.spec-support.js';
import type { PositionIdOptions } from './options.js';
import { PositionIdExchange } from './position-id-exchange.js';

const SYMBOL = 'BTCUSDT';
const LAG_MS = 10_000;

type Change = Partial<OrderTerms> & { readonly leg?: OrderTerms['key']['leg']; readonly closes?: string };

class Bench {
  readonly clock = new ManualClock(START);
  readonly exchange: PositionIdExchange;
  readonly told: ExchangeReport[] = [];

  constructor(options: Partial<PositionIdOptions> = {}) {
    this.exchange = new PositionIdExchange({
      exchange: 'saxo',
      clock: this.clock,
      instruments: [instrument()],
      accounts: [account('ikenna'), account('odum')],
      ...options,
    });
    void this.client.connect((report) => this.told.push(report));
    this.exchange.market.onTick(tickAt(PRICE));
  }

  get client() {
    return this.exchange.client('ikenna');
  }

  /** Sends an order, lets two seconds pass, and returns what was told of it. */
  place(clientOrderId: string, { leg = 'e', closes, ...change }: Change = {}): readonly string[] {
    this.send(clientOrderId, { leg, ...change, ...(closes === undefined ? {} : { closes }) });
    return this.pass(2_000);
  }

  send(clientOrderId: string, { leg = 'e', closes, ...change }: Change = {}): void {
    const orderType = change.limitPrice ? 'limit' : change.stopPrice ? 'stop_market' : 'market';
    const terms: OrderTerms = {
      ...{ key: { strategyPositionId: 'A-1', leg, generation: 0 }, side: 'BUY', positionSide: 'LONG' },
      ...{ orderType, orderQty: 10, limitPrice: null, stopPrice: null, timeInForce: 'GTC' },
      reduceOnly: leg !== 'e',
      ...change,
    };
    const rest = { expiresAt: null, ocoGroup: null, ...(closes === undefined ? {} : { closes }) };
    this.request({ type: 'place', clientOrderId, symbol: SYMBOL, terms, ...rest, at: this.clock.now() });
  }

  request(request: ExchangeRequest): void {
    this.client.send(request);
  }

  /** Without what trades have made of cash and net position, and without the log. */
  pass(milliseconds: number): readonly string[] {
    this.clock.advance(milliseconds);
    return this.told
      .splice(0)
      .filter(({ type }) => !['balance', 'position', 'activity'].includes(type))
      .map(lineOf);
  }

  /** What the log has told by now, as far as it is about fills: `a 10 final_fill 1`, positions counted from 1. */
  log(): readonly string[] {
    const ids = new Map<string, number>();
    this.clock.advance(LAG_MS);
    return this.told.splice(0).flatMap((report) => {
      if (report.type !== 'activity' || report.positionId === null) return [];
      const { externalReference, filledQty, positionId, status } = report;
      if (!ids.has(positionId)) ids.set(positionId, ids.size + 1);
      return [`${externalReference ?? 'hand'} ${filledQty} ${status} ${ids.get(positionId)!}`];
    });
  }

  held(): readonly number[] {
    return this.exchange.positions('ikenna', SYMBOL).map(({ quantity }) => quantity);
  }

  ask(afterActivityId?: string): readonly ExchangeReport[] {
    const after = afterActivityId === undefined ? {} : { afterActivityId };
    this.pass(0);
    this.request({ type: 'query_position', symbol: SYMBOL, afterTradeId: 0, ...after, at: this.clock.now() });
    this.clock.advance(200);
    return this.told.splice(0);
  }
}

const idAt = ({ exchange }: Bench, at: number) => exchange.positions('ikenna', SYMBOL)[at]!.positionId;

describe('an exchange whose positions have ids', () => {
  it('opens a position with each order, also against one that is there, and its net is their sum', () => {
    const bench = new Bench();
    expect(bench.place('a')).toEqual(['a accept 10/0', `a trade 10@${PRICE + 1}`]);
    bench.place('b', { side: 'SELL', orderQty: 4 });
    bench.place('c', { orderQty: 3 });
    expect(bench.held()).toEqual([10, -4, 3]);
    expect(bench.exchange.market.signedQty('ikenna', SYMBOL)).toBe(9);
    expect(bench.ask().at(-1)).toMatchObject({ type: 'position', signedQty: 9 });
  });

  it('closes the position that is named, else the oldest, and refuses what is more than there is', () => {
    const bench = new Bench();
    for (const name of ['a', 'b', 'c']) bench.place(name);
    const close = { leg: 'x', side: 'SELL' } as const;
    bench.place('x1', { ...close, orderQty: 4, closes: idAt(bench, 1) });
    expect(bench.held()).toEqual([10, 6, 10]);
    bench.place('x2', { ...close, orderQty: 12 });
    expect(bench.held()).toEqual([4, 10]);
    expect(bench.place('x3', { ...close, orderQty: 15 })).toEqual(['x3 reject 15/0 POSITION_TOO_SMALL']);
    expect(bench.place('x4', { ...close, orderQty: 14 })).toEqual([
      'x4 accept 14/0',
      `x4 trade 14@${PRICE - 1}`,
    ]);
    expect(bench.held()).toEqual([]);
  });

  it('ends a resting order that only closes with the last position that it could close', () => {
    const bench = new Bench();
    bench.place('a');
    bench.place('s', { leg: 's', side: 'SELL', stopPrice: PRICE - 500 });
    expect(bench.place('x', { leg: 'x', side: 'SELL' })).toEqual([
      'x accept 10/0',
      `x trade 10@${PRICE - 1}`,
      's expire 10/0 OTHER',
    ]);
  });

  it('merges at the average, by itself after a while: the older id is gone', () => {
    const bench = new Bench({ mergeAfterMs: 60_000 });
    bench.place('a');
    bench.exchange.market.onTick(tickAt(PRICE + 30));
    bench.place('b', { orderQty: 5 });
    const newer = idAt(bench, 1);
    bench.clock.advance(60_000);
    const list = bench.ask().find(({ type }) => type === 'positions');
    expect(list).toMatchObject({
      missing: null,
      items: [{ positionId: newer, signedQty: 15, price: `${PRICE + 11}` }],
    });
  });

  it('nets what is on opposite sides, at the average of the side that is left', () => {
    const bench = new Bench();
    bench.place('a');
    bench.place('b', { side: 'SELL', orderQty: 4 });
    const newer = idAt(bench, 1);
    expect(bench.exchange.merge('ikenna', SYMBOL)).toMatchObject({ into: newer });
    expect(bench.ask().find(({ type }) => type === 'positions')).toMatchObject({
      items: [{ positionId: newer, signedQty: 6, price: `${PRICE + 1}` }],
    });
    bench.place('c', { side: 'SELL', orderQty: 6 });
    expect(bench.exchange.merge('ikenna', SYMBOL)).toMatchObject({ into: null });
    expect(bench.held()).toEqual([]);
  });

  it('tells in its log which order was filled into which position, 3 to 10 seconds later, in order', () => {
    const bench = new Bench();
    bench.send('a');
    bench.clock.advance(1_050);
    bench.send('b', { orderQty: 5 });
    bench.clock.advance(1_050);
    bench.send('x', { leg: 'x', side: 'SELL', orderQty: 12 });
    bench.clock.advance(2_000);
    bench.clock.advance(15_000);
    const lines = bench.told.splice(0).filter(({ type }) => type === 'activity') as Extract<
      ExchangeReport,
      { type: 'activity' }
    >[];
    expect(
      lines.map(({ externalReference, filledQty, status }) => [externalReference, status, filledQty]),
    ).toEqual([
      ['a', 'placed', 0],
      ['a', 'final_fill', 10],
      ['b', 'placed', 0],
      ['b', 'final_fill', 5],
      ['x', 'placed', 0],
      ['x', 'fill', 10],
      ['x', 'final_fill', 2],
    ]);
    expect(lines[5]!.positionId).toBe(lines[1]!.positionId);
    expect(lines[6]!.positionId).toBe(lines[3]!.positionId);
  });

  it('gives the log again from a line on, and nothing that is not to be seen yet', () => {
    const bench = new Bench();
    bench.place('a');
    expect(bench.ask().filter(({ type }) => type === 'activity')).toEqual([]);
    bench.clock.advance(LAG_MS);
    const pushed = bench.told.splice(0).filter(({ type }) => type === 'activity');
    const asked = bench.ask().filter(({ type }) => type === 'activity');
    expect(asked).toEqual(pushed);
    const [first, second] = asked as Extract<ExchangeReport, { type: 'activity' }>[];
    expect(bench.ask(first!.activityId).filter(({ type }) => type === 'activity')).toEqual([second]);
    expect(bench.ask(second!.activityId).filter(({ type }) => type === 'activity')).toEqual([]);
  });

  it('logs what becomes of an order that is not filled', () => {
    const bench = new Bench();
    bench.place('a', { limitPrice: PRICE - 100 });
    bench.request({
      ...{ type: 'amend', clientOrderId: 'a', symbol: SYMBOL, orderQty: 8, price: null },
      at: bench.clock.now(),
    });
    bench.pass(2_000);
    bench.exchange.endDay('ikenna');
    bench.request({ type: 'cancel', clientOrderId: 'a', symbol: SYMBOL, at: bench.clock.now() });
    bench.pass(2_000);
    expect(bench.exchange.activities('ikenna').map(({ status }) => status)).toEqual([
      'placed',
      'changed',
      'done_for_day',
      'canceled',
    ]);
  });

  it('takes a reference of 50 characters and rejects a longer one', () => {
    const bench = new Bench();
    expect(bench.place('x'.repeat(50))).toHaveLength(2);
    expect(bench.place('x'.repeat(51))).toEqual([`${'x'.repeat(51)} reject 10/0 OTHER`]);
  });

  it('refuses the same request within 15 seconds: what came of the first is the answer', () => {
    const bench = new Bench();
    bench.place('a');
    expect(bench.place('a')).toEqual([`a trade 10@${PRICE + 1}`, 'a is filled 10/10']);
    expect(bench.held()).toEqual([10]);
    // Another request id: the same order is another order.
    bench.place('b');
    expect(bench.held()).toEqual([10, 10]);
    // Nothing keeps a reference unique: later it is done twice.
    bench.clock.advance(15_000);
    bench.pass(0);
    bench.place('a');
    expect(bench.held()).toEqual([10, 10, 10]);
    bench.request({ type: 'query_order', clientOrderId: 'a', symbol: SYMBOL, at: bench.clock.now() });
    expect(bench.pass(200)).toEqual([
      `a trade 10@${PRICE + 1}`,
      `a trade 10@${PRICE + 1}`,
      'a is filled 10/10',
    ]);
  });

  it('takes one order a second, and says when the next may come', () => {
    const bench = new Bench();
    const backOffs: number[] = [];
    bench.client.pace!.onBackOff((until) => backOffs.push(until));
    bench.send('a');
    bench.send('b');
    expect(bench.pass(900)).toEqual(['a accept 10/0', `a trade 10@${PRICE + 1}`, 'b reject 10/0 NOT_SENT']);
    expect(backOffs).toEqual([START + 50 + 1_500]);
    bench.pass(200);
    expect(bench.place('b')).toEqual(['b accept 10/0', `b trade 10@${PRICE + 1}`]);
  });

  it.each([
    ['request_lost', ['a place unknown'], []],
    ['reply_lost', ['a place unknown'], [10]],
    ['timed_out', ['a accept 10/0', `a trade 10@${PRICE + 1}`, 'a place unknown'], [10]],
  ] as const)('goes wrong by script: %s', (fault, told, held) => {
    const bench = new Bench({ faultOf: (_, { type }) => (type === 'place' ? fault : null) });
    expect(bench.place('a')).toEqual(told);
    expect(bench.held()).toEqual(held);
  });

  it('shows what a person trades as nobody’s, and lists a part only where it says so', () => {
    const bench = new Bench({ missingOf: (name) => (name === 'ikenna' ? 'HTTP 503 on page 1' : null) });
    bench.exchange.byHand('ikenna', SYMBOL, 'BUY', 3);
    bench.place('a');
    expect(bench.ask().find(({ type }) => type === 'positions')).toMatchObject({
      missing: 'HTTP 503 on page 1',
      items: [{ externalReference: 'a' }],
    });
    expect(bench.log()).toEqual(['hand 3 final_fill 1', 'a 10 final_fill 2']);
  });

  it('loses what is said while the line is broken, and gives it again when asked', () => {
    const bench = new Bench();
    bench.place('a');
    bench.exchange.disconnect('ikenna');
    expect(bench.log()).toEqual([]);
    bench.exchange.reconnect('ikenna');
    expect(bench.pass(0)).toEqual(['reconnected']);
    expect(bench.ask().filter(({ type }) => type === 'activity')).toHaveLength(2);
  });

  it('knows its accounts', () => {
    expect(() => new Bench().exchange.client('nobody')).toThrow('saxo has no account nobody');
  });
});
