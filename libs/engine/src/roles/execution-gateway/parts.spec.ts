import { describe, expect, it } from '@jest/globals';
import { filtersOf, GatewayBench, play, RECV_WINDOW_MS, type Step } from './gateway.spec-support.js';

/** An account whose exchange takes at most 4 lots an order: 10 go out as 4, 3 and 3. */
function bench(maxQty = 4): GatewayBench {
  const given = new GatewayBench();
  given.report(filtersOf({ maxQty }));
  return given;
}

const SENT: Step = ['place s1', '> place s1.1, > place s1.2, > place s1.3'];
const OPEN: readonly Step[] = [SENT, ['accept s1.1'], ['accept s1.2'], ['accept s1.3', 's1 accept']];
const past = `pass ${RECV_WINDOW_MS + 1}`;

describe('an order that is larger than the exchange takes', () => {
  it.each<[string, readonly Step[]]>([
    ['is in place with all of its parts', OPEN],
    [
      'is one order of the channel, whose fills add up',
      [
        ['place e1', '> place e1.1, > place e1.2, > place e1.3'],
        ['trade e1.1 4', 'e1 trade 4'],
        ['trade e1.3 1', 'e1 trade 1'],
        ['trade e1.3 2', 'e1 trade 2'],
        ['trade e1.2 3', 'e1 trade 3'],
        ['cancel e1', ''],
      ],
    ],
    [
      'ends once, with its last part',
      [
        ...OPEN,
        ['cancel s1', '> cancel s1.1, > cancel s1.2, > cancel s1.3'],
        ['canceled s1.2'],
        ['trade s1.1 4', 's1 trade 4'],
        ['canceled s1.3', 's1 cancel'],
      ],
    ],
    [
      'is rejected where all of it is',
      [
        SENT,
        ['rejected s1.1 WOULD_TRIGGER'],
        ['rejected s1.2 WOULD_TRIGGER'],
        ['rejected s1.3 WOULD_TRIGGER', 's1 reject WOULD_TRIGGER'],
      ],
    ],
    [
      'is in place, and smaller, where a leg loses a part',
      [
        SENT,
        ['accept s1.1'],
        ['accept s1.2'],
        ['rejected s1.3 CAPACITY', 's1 restate, s1 accept'],
        ['expired s1.1', 's1 restate'],
        ['expired s1.2', 's1 expire CAPACITY'],
      ],
    ],
    [
      'says at the end of an entry why not all of it was filled',
      [
        ['place e1', '> place e1.1, > place e1.2, > place e1.3'],
        ['expired e1.1 SELF_TRADE'],
        ['trade e1.2 3', 'e1 trade 3'],
        ['trade e1.3 3', 'e1 trade 3, e1 cancel SELF_TRADE'],
      ],
    ],
    [
      'fault 1: is asked for part by part where an answer is lost, and the channel waits',
      [
        SENT,
        ['accept s1.1'],
        ['lost place s1.2', '> query_order s1.2'],
        ['accept s1.3'],
        ['status s1.2 new', 's1 accept'],
      ],
    ],
    [
      'fault 8: is asked for part by part after a crash, and only what is not there is sent again',
      [
        SENT,
        ['restart'],
        ['connected', '> query_order s1.1, > query_order s1.2, > query_order s1.3, > query_position 0'],
        ['status s1.1 new'],
        ['absent s1.2'],
        ['trade s1.3 3', 's1 trade 3'],
        ['status s1.3 filled'],
        [past, '> query_order s1.2'],
        ['absent s1.2', '> place s1.2'],
        ['accept s1.2', 's1 accept'],
      ],
    ],
    [
      'is replaced by what goes out as a whole, which is in place before any part goes',
      [
        ...OPEN,
        ['filters 10'],
        ['replace s1 s2', '> place s2'],
        ['accept s2', '> cancel s1.1, > cancel s1.2, > cancel s1.3'],
        ['canceled s1.1'],
        ['canceled s1.2'],
        ['canceled s1.3', 's1 replace'],
      ],
    ],
    [
      'takes the place of what went out as a whole once all of its parts are in place',
      [
        ['filters 10'],
        ['place s1', '> place s1'],
        ['accept s1', 's1 accept'],
        ['filters 5'],
        ['replace s1 s2', '> place s2.1, > place s2.2'],
        ['accept s2.2'],
        ['accept s2.1', '> cancel s1'],
        ['canceled s1', 's1 replace'],
        ['cancel s2', '> cancel s2.1, > cancel s2.2'],
      ],
    ],
    [
      'fault 24: is canceled before the next goes out where both could fill',
      [
        ['place t1', '> place t1.1, > place t1.2, > place t1.3'],
        ['accept t1.1'],
        ['accept t1.2'],
        ['accept t1.3', 't1 accept'],
        ['replace t1 t2', '> cancel t1.1, > cancel t1.2, > cancel t1.3'],
        ['canceled t1.1'],
        ['refused t1.2'],
        ['pass 500', '> query_order t1.2'],
        ['status t1.2 new', '> cancel t1.2'],
        ['canceled t1.2'],
        ['canceled t1.3', '> place t2.1, > place t2.2, > place t2.3'],
        ['accept t2.1'],
        ['accept t2.2'],
        ['accept t2.3', 't1 replace'],
      ],
    ],
    [
      'fault 19: tells of a refused cancel of a part, and cancels what is left when asked again',
      [
        ...OPEN,
        ['cancel s1', '> cancel s1.1, > cancel s1.2, > cancel s1.3'],
        ['canceled s1.1'],
        ['refused s1.2', 's1 cancel_reject'],
        ['canceled s1.3', 's1 restate'],
        ['cancel s1', '> cancel s1.2'],
        ['canceled s1.2', 's1 cancel'],
      ],
    ],
    [
      'fault 27: is smaller where the exchange makes a part of it smaller, and over once that is filled',
      [
        ['place t1', '> place t1.1, > place t1.2, > place t1.3'],
        ['accept t1.1'],
        ['accept t1.2'],
        ['accept t1.3', 't1 accept'],
        ['status t1.1 new 0 1', 't1 restate'],
        ['trade t1.2 3', 't1 trade 3'],
        ['trade t1.3 3', 't1 trade 3'],
        ['trade t1.1 1', 't1 trade 1'],
        ['cancel t1', ''],
      ],
    ],
    [
      'cancels what is left where more was filled than wanted',
      [
        ['place t1', '> place t1.1, > place t1.2, > place t1.3'],
        ['accept t1.1'],
        ['trade t1.2 3', 't1 trade 3'],
        ['trade t1.3 7', '> cancel t1.1, t1 trade 7'],
        ['trade t1.1 4', 't1 trade 4'],
      ],
    ],
    [
      'fault 30: leaves the market with all of its parts where nobody would protect what it opens',
      [
        ['place e1', '> place e1.1, > place e1.2, > place e1.3'],
        ['silent', '> cancel e1.1, > cancel e1.2, > cancel e1.3'],
        ['canceled e1.1'],
        ['canceled e1.2'],
        ['canceled e1.3', 'e1 cancel'],
      ],
    ],
  ])('%s', (_, steps) => {
    play(steps, bench());
  });

  it('tells the total of all parts with each fill', () => {
    const given = play(
      [
        ['place e1', '> place e1.1, > place e1.2, > place e1.3'],
        ['trade e1.1 4', 'e1 trade 4'],
        ['trade e1.2 3', 'e1 trade 3'],
      ],
      bench(),
    );
    const totals = given.told.flatMap(({ input }) =>
      input.type === 'execution' ? [input.report.cumQty] : [],
    );
    expect(totals).toEqual([4, 7]);
  });

  it('is a pair of its own part by part where the exchange cancels the other leg by itself', () => {
    const given = new GatewayBench(true, {
      capabilities: { recvWindowMs: RECV_WINDOW_MS, nativeOco: true, maxConditionalOrders: null },
    });
    given.report(filtersOf({ maxQty: 10, marketMaxQty: 5 }));
    play(
      [
        ['place t1', '> place t1.1, > place t1.2'],
        ['place s2', '> place s2.1, > place s2.2'],
      ],
      given,
    );
    const groups = given.requests.flatMap((request) => (request.type === 'place' ? [request.ocoGroup] : []));
    expect(groups).toEqual(['A-1/1', 'A-1/2', 'A-1/1', 'A-1/2']);
  });

  it('is asked for by nobody under the name of the whole', () => {
    const given = play(
      [
        ...OPEN,
        ['reconnected', '> query_order s1.1, > query_order s1.2, > query_order s1.3, > query_position 0'],
      ],
      bench(),
    );
    const accounts = given.published.filter(({ topic }) => topic.startsWith('accounts'));
    expect(accounts.at(-1)!.body).toMatchObject({ openOrders: 3, unknownOrders: 3 });
  });
});
