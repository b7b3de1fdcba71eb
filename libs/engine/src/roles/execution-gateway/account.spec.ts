import { describe, expect, it } from '@jest/globals';
import { CHANNEL, GatewayBench, play, termsOf, type Step } from './gateway.spec-support.js';

const OPEN: readonly Step[] = [
  ['place s1', '> place s1'],
  ['accept s1', 's1 accept'],
];

describe('a line that was broken', () => {
  it('asks for every order that is not over, then for trades and positions, once it is whole', () => {
    play([
      ...OPEN,
      ['place t1', '> place t1'],
      ['place e1', '> place e1'],
      ['trade e1 10', 'e1 trade 10'],
      ['reconnected', '> query_order s1, > query_order t1, > query_position 0'],
      ['status s1 expired', 's1 expire'],
      ['status t1 new', 't1 accept, t1 restate'],
    ]);
  });
});

describe('the positions of the account', () => {
  const position = (lastTradeId: number | null, signedQty = 3) =>
    ({ type: 'position', symbol: 'BTCUSDT', signedQty, entryPrice: null, lastTradeId }) as const;

  it('are asked for when the line is whole, and every minute from then on', () => {
    play(
      [
        ['pass 100000', ''],
        ['connected', '> query_position 0'],
        ['pass 59999', ''],
        ['pass 1', '> query_position 0'],
        ['pass 120000', '> query_position 0, > query_position 0'],
      ],
      new GatewayBench(false),
    );
  });

  it('are asked for at once where a person wants it, only of the symbols that are meant, which leaves no event', () => {
    const bench = new GatewayBench();
    bench.report(position(7));
    expect(bench.take({ type: 'reconcile', symbols: ['BTCUSDT'] })).toBe('> query_position 7');
    expect(bench.take({ type: 'reconcile', symbols: [] })).toBe('');
    expect(bench.role.execute(bench.state, { type: 'reconcile', symbols: ['BTCUSDT'] }, 0).events).toEqual(
      [],
    );
  });

  it('are told the channel, behind the trades that they hold', () => {
    const bench = new GatewayBench();
    expect(bench.report(position(7))).toBe('position_report');
    expect(bench.told).toMatchObject([{ channel: CHANNEL, input: { signedQty: 3, lastTradeId: 7 } }]);
  });

  it('move the trades that are asked for forward only where none can be missing', () => {
    const bench = play([...OPEN, ['trade s1 1 5', 's1 trade 1']]);
    // The trade came by the stream: one before it may have been lost.
    expect(bench.step('pass 60000')).toContain('> query_position 0');
    bench.report(position(5));
    expect(bench.step('pass 60000')).toContain('> query_position 5');
    bench.report(position(3));
    bench.report(position(null, 0));
    expect(bench.step('pass 60000')).toContain('> query_position 5');
  });

  it('of another symbol than the channels have are left alone', () => {
    const bench = new GatewayBench();
    expect(bench.report({ ...position(7), symbol: 'ETHUSDT' })).toBe('');
  });
});

describe('what no order of ours has led to', () => {
  it('is told as an external fill, whoever asks how often', () => {
    const bench = new GatewayBench();
    expect([bench.trade('x9', 4, 9), bench.trade('x9', 4, 9)]).toEqual(['external_fill', 'external_fill']);
    expect(bench.told[0]).toMatchObject({ input: { type: 'external_fill', tradeId: 9, signedQty: -4 } });
  });

  it('is told as a forced close, or as funding', () => {
    const bench = new GatewayBench();
    const forced = {
      type: 'forced_close',
      symbol: 'BTCUSDT',
      tradeId: 9,
      side: 'LONG',
      quantity: 3,
    } as const;
    expect(bench.report({ ...forced, price: 900, fee: 2n })).toBe('forced_close');
    expect(
      bench.report({ type: 'funding', symbol: 'BTCUSDT', price: 1_000, rateUnits: 1n, rateScale: 4 }),
    ).toBe('funding');
  });
});

describe('the account', () => {
  const accounts = (bench: GatewayBench) => {
    const outcome = bench.role.execute(
      bench.state,
      { type: 'report', report: { id: 'b', at: 0, type: 'balance', asset: 'USDT', balance: 10n } },
      0,
    );
    return outcome.messages.filter(({ topic }) => topic === 'accounts.odum').map(({ body }) => body);
  };

  it('is told with its cash, and how many orders are open or unknown', () => {
    const bench = play([...OPEN, ['place t1', '> place t1'], ['lost place t1', '> query_order t1, t1 lose']]);
    expect(accounts(bench)).toEqual([
      {
        clientId: 'odum',
        exchange: 'binance-usdm',
        asset: 'USDT',
        balance: 10n,
        unknownOrders: 1,
        openOrders: 2,
        at: 0,
      },
    ]);
  });
});

describe('fault 46: an order that cannot be dealt with', () => {
  const letter = { shard: 'gateway', messageId: 'm', topic: 'orders', error: 'a bug', at: 7 };
  const place = { type: 'place', channel: CHANNEL, strategyId: 'A', expiresAt: null, at: 0 } as const;

  it('may be put aside only where it enters', () => {
    const { role, state } = new GatewayBench();
    const may = (name: string) =>
      role.mayPark(state, { type: 'command', command: { ...place, terms: termsOf(name) } });
    expect(['e1', 's1', 't1', 'x1'].map(may)).toEqual([true, false, false, false]);
    expect(role.mayPark(state, { type: 'connected' })).toBe(false);
  });

  it('is told as not sent where it is put aside, so that nothing waits for it', () => {
    const { role, state } = new GatewayBench();
    const input = { type: 'command', command: { ...place, terms: termsOf('e1') } } as const;
    expect(role.parked(state, letter, input)).toMatchObject([
      {
        topic: 'executions.odum.binance-usdm',
        body: {
          input: { key: termsOf('e1').key, report: { execType: 'reject' }, reason: 'NOT_SENT', at: 7 },
        },
      },
      { topic: 'audit.odum', body: { entries: [{ type: 'dead_letter', messageId: 'm' }] } },
    ]);
    expect(role.parked(state, letter, null)).toHaveLength(1);
  });
});
