import { describe, expect, it } from '@jest/globals';
import type { ExchangeFact } from '@bowline/ports';
import { GatewayBench, play, RECV_WINDOW_MS, type Step } from './gateway.spec-support.js';

const past = `pass ${RECV_WINDOW_MS + 1}`;
const ENTRY: Step = ['place e1', '> place e1'];
const STOP: readonly Step[] = [
  ['place s1', '> place s1'],
  ['accept s1', 's1 accept'],
];
const LOST: readonly Step[] = [ENTRY, ['lost place e1', '> query_order e1, e1 lose']];
const CRASHED: readonly Step[] = [ENTRY, ['restart'], ['connected', '> query_order e1, > query_position 0']];
const CANCELED: readonly Step[] = [...STOP, ['cancel s1', '> cancel s1']];

describe('an account', () => {
  it.each<[string, readonly Step[]]>([
    [
      'fault 1: adopts an entry whose answer is lost and that is there',
      [...LOST, ['status e1 new', 'e1 accept, e1 restate']],
    ],
    [
      'fault 2: adopts an entry whose answer is lost and that has filled, with its trades',
      [...LOST, ['trade e1 10', 'e1 trade 10'], ['status e1 filled']],
    ],
    [
      'fault 3: believes that a request is not there only once it can no longer be executed, and the late one is not doubled',
      [
        ...LOST,
        ['absent e1'],
        [`pass ${RECV_WINDOW_MS - 1}`, ''],
        ['trade e1 10', 'e1 trade 10'],
        ['pass 10000', ''],
      ],
    ],
    [
      'fault 4: takes a reject for too many requests as definite, and asks nothing',
      [ENTRY, ['rejected e1 NOT_SENT', 'e1 reject NOT_SENT'], ['pass 10000', '']],
    ],
    [
      'fault 5: sends an order once, however often it is ordered',
      [ENTRY, ['place e1'], ['trade e1 10', 'e1 trade 10'], ['place e1']],
    ],
    [
      'fault 6: refuses an entry that has expired',
      [
        ['pass 100', ''],
        ['place e1 99', 'e1 reject NOT_SENT'],
      ],
    ],
    [
      'fault 7: asks after a crash for what may not have been sent, and sends it once it cannot arrive any more',
      [
        ...CRASHED,
        ['absent e1'],
        [past, '> query_order e1'],
        ['absent e1', '> place e1'],
        ['trade e1 10', 'e1 trade 10'],
      ],
    ],
    [
      'fault 7: counts that time from the start, for the request may have waited until then',
      [
        ENTRY,
        ['pass 20000', ''],
        ['restart'],
        ['connected', '> query_order e1, > query_position 0'],
        ['absent e1'],
        [`pass ${RECV_WINDOW_MS}`, ''],
        ['pass 1', '> query_order e1'],
        ['absent e1', '> place e1'],
      ],
    ],
    [
      'fault 8: adopts after a crash what had arrived',
      [...CRASHED, ['status e1 new', 'e1 accept, e1 restate']],
    ],
    [
      'fault 8: adopts after a crash what had filled',
      [...CRASHED, ['trade e1 10', 'e1 trade 10'], ['status e1 filled']],
    ],
    [
      'fault 10: tells a fill that comes before the acknowledgement once',
      [
        ENTRY,
        ['trade e1 4', 'e1 trade 4'],
        ['accept e1', 'e1 accept'],
        ['trade e1 6', 'e1 trade 6'],
        ['accept e1'],
      ],
    ],
    [
      'faults 11 and 12: tells a fill once, whether it comes again by the stream or by a query',
      [
        ENTRY,
        ['trade e1 4 77', 'e1 trade 4'],
        ['trade e1 4 77'],
        ['reconnected', '> query_order e1, > query_position 0'],
        ['trade e1 4 77'],
      ],
    ],
    [
      'fault 17: asks what became of an order whose cancel finds nothing: filled',
      [
        ...CANCELED,
        ['unknown s1', '> query_order s1, s1 lose'],
        ['trade s1 10', 's1 trade 10'],
        ['status s1 filled'],
      ],
    ],
    [
      'fault 17: asks what became of an order whose cancel finds nothing: canceled',
      [...CANCELED, ['unknown s1', '> query_order s1, s1 lose'], ['status s1 canceled', 's1 cancel']],
    ],
    [
      'fault 17: asks what became of an order whose cancel finds nothing: not known yet',
      [
        ...CANCELED,
        ['unknown s1', '> query_order s1, s1 lose'],
        ['pass 500', '> query_order s1'],
        ['status s1 new', '> cancel s1, s1 accept, s1 restate'],
      ],
    ],
    [
      'fault 18: waits for the fill that a cancel tells of before it ends the order',
      [
        ...CANCELED,
        ['canceled s1 null 4', '> query_order s1'],
        ['trade s1 4', 's1 trade 4'],
        ['status s1 canceled 4', 's1 cancel'],
      ],
    ],
    [
      'fault 18: still tells a fill after the order is over',
      [...CANCELED, ['canceled s1', 's1 cancel'], ['trade s1 4', 's1 trade 4']],
    ],
    [
      'fault 19: tells the channel of a refused cancel, which asks again or gives up',
      [...CANCELED, ['refused s1', 's1 cancel_reject'], ['cancel s1', '> cancel s1']],
    ],
    [
      'fault 19: asks for the order where the cancel is not answered, and cancels again what is still there',
      [
        ...CANCELED,
        ['lost cancel s1', '> query_order s1, s1 lose'],
        ['status s1 new', '> cancel s1, s1 accept, s1 restate'],
      ],
    ],
    [
      'fault 23: leaves the old stop where the new one is refused',
      [
        ...STOP,
        ['replace s1 s2', '> place s2'],
        ['rejected s2 WOULD_TRIGGER', 's1 replace_reject WOULD_TRIGGER'],
        ['trade s1 10', 's1 trade 10'],
      ],
    ],
    [
      'fault 24: asks for both where an answer to a replacement is lost',
      [
        ...STOP,
        ['replace s1 s2', '> place s2'],
        ['lost place s2', '> query_order s2'],
        ['status s2 new', '> cancel s1'],
        ['lost cancel s1', '> query_order s1, s1 lose'],
        ['status s1 canceled', 's1 replace'],
      ],
    ],
    [
      'fault 27: tells of a quantity that the exchange has reduced, and takes the order as filled with it',
      [
        ['place t1', '> place t1'],
        ['accept t1', 't1 accept'],
        ['status t1 new 0 6', 't1 restate'],
        ['trade t1 6', 't1 trade 6'],
        ['cancel t1', ''],
      ],
    ],
    [
      'fault 29: asks for orders, then trades and positions, once the line is whole again',
      [
        ...STOP,
        ENTRY,
        ['reconnected', '> query_order s1, > query_order e1, > query_position 0'],
        ['trade s1 10', 's1 trade 10'],
        ['status s1 filled'],
      ],
    ],
    [
      'fault 30: leaves what protects in place where the oco-manager is silent',
      [...STOP, ['place e1', '> place e1'], ['silent', '> cancel e1'], ['pass 5000', '']],
    ],
    [
      'fault 45: ignores what is older than what it knows',
      [...STOP, ['trade s1 10', 's1 trade 10'], ['accept s1'], ['status s1 new'], ['canceled s1']],
    ],
  ])('%s', (_, steps) => {
    play(steps);
  });

  const symbol = 'BTCUSDT';
  it.each<[string, ExchangeFact, object]>([
    [
      'fault 37: a forced close',
      { type: 'forced_close', symbol, tradeId: 9, side: 'LONG', quantity: 3, price: 1_000, fee: 1n },
      { type: 'forced_close', quantity: 3 },
    ],
    [
      'fault 38: funding',
      { type: 'funding', symbol, price: 1_000, rateUnits: 1n, rateScale: 4 },
      { type: 'funding', rateUnits: 1n },
    ],
    [
      'fault 40: a trade that is none of ours',
      {
        ...{ type: 'trade', symbol, clientOrderId: 'by-hand', tradeId: 9, side: 'SELL', lastQty: 3 },
        ...{ lastPx: 1_000, cumQty: null, fee: 0n, feeBaseLots: 0, liquidity: 'taker' },
      },
      { type: 'external_fill', signedQty: -3 },
    ],
    [
      'fault 42: what the exchange says it holds',
      { type: 'position', symbol, signedQty: 7, entryPrice: '100', lastTradeId: 9 },
      { type: 'position_report', signedQty: 7, lastTradeId: 9 },
    ],
  ])('%s is told to the channel', (_, fact, told) => {
    const bench = new GatewayBench();
    bench.report(fact);
    expect(bench.told.map(({ input }) => input)).toMatchObject([told]);
  });

  it('fault 39: tells with a fill what the exchange has kept of it as a fee', () => {
    const bench = new GatewayBench();
    bench.step('place e1');
    bench.report({
      ...{ type: 'trade', symbol, clientOrderId: 'e1', tradeId: 1, side: 'BUY', lastQty: 10, lastPx: 1_000 },
      ...{ cumQty: 10, fee: 5n, feeBaseLots: 1, liquidity: 'taker' },
    });
    expect(bench.told.at(-1)!.input).toMatchObject({ fee: 5n, feeBaseLots: 1 });
  });

  it("fault 48: an absence proves nothing while either clock, ours or the exchange's, says that it may still arrive", () => {
    const bench = play([...LOST, ['pass 1000', '> query_order e1']]);
    const absent = (id: string, at: number) =>
      bench.take({ type: 'report', report: { id, at, type: 'order_absent', symbol, clientOrderId: 'e1' } });
    expect(absent('ahead', 60_000)).toBe('');
    bench.step(`pass ${RECV_WINDOW_MS}`);
    expect(absent('behind', RECV_WINDOW_MS)).toBe('');
    expect(absent('both', RECV_WINDOW_MS + 1)).toBe('> place e1');
  });

  it('fault 43: a position query that fails says nothing, and is asked again', () => {
    play([
      ['lost query_position e9', ''],
      ['pass 60000', '> query_position 0'],
    ]);
  });
});
