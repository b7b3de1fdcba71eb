import { describe, expect, it } from '@jest/globals';
import { NO_PLAN } from '@bowline/testkit';
import { OcoBench } from './oco.spec-support.js';

function opened(): OcoBench {
  const bench = new OcoBench();
  bench.open('A', 1);
  bench.says('A-1e0', 'accept');
  return bench;
}

/** Ten lots at 100 with both legs in place. */
function protectedPosition(): OcoBench {
  const bench = opened();
  bench.fills('A-1e0', 10);
  bench.says('A-1s1', 'accept');
  bench.says('A-1t2', 'accept');
  return bench;
}

describe('an intent', () => {
  it('becomes orders, and is answered with where the strategy stands and which intent that knows of', () => {
    const bench = new OcoBench();
    expect(bench.open('A', 1)).toBe('place A-1e0 10, A #1 LONG 0+10');
    expect(bench.says('A-1e0', 'accept')).toBe('');
    expect(bench.fills('A-1e0', 4)).toBe('place A-1s1 4 at 90, place A-1t2 4 at 110, A #1 LONG 4+6');
  });

  it('that comes again, or was overtaken by a later one of its strategy, does nothing, and is answered all the same', () => {
    const bench = new OcoBench();
    bench.close('A', 2);
    expect(bench.open('A', 1)).toBe('A #2 LONG 0+0 nothing');
    expect(bench.close('A', 2)).toBe('A #2 LONG 0+0 nothing');
    expect(bench.open('B', 1)).toBe('place B-1e0 10, B #1 LONG 0+10');
    bench.restart();
    expect(bench.open('A', 1)).toBe('A #2 LONG 0+0 nothing');
    expect(bench.open('A', 3)).toBe('place A-1e0 10, A #3 LONG 0+10');
  });

  it('to close what is not there is answered: whoever waits for it is free', () => {
    expect(new OcoBench().close('A', 1)).toBe('A #1 LONG 0+0 nothing');
  });

  it('that is refused is answered, and says why in the audit', () => {
    const bench = new OcoBench();
    bench.halt();
    expect(bench.open('A', 1)).toBe('A #1 LONG 0+0 nothing, TRADING_HALTED');
    expect(bench.audited).toMatchObject([
      {
        type: 'intent_denied',
        code: 'TRADING_HALTED',
        strategyId: 'A',
        exchange: 'binance-usdm',
        symbol: 'WHOLE',
      },
    ]);
  });

  it('that is refused beside a position tells of the position', () => {
    const bench = protectedPosition();
    expect(bench.open('A', 2)).toBe('A #2 LONG 10+0, POSITION_CONFLICT');
  });

  it('is refused once it has expired, and lets its order be refused after that', () => {
    const bench = new OcoBench();
    bench.at = 2_000;
    expect(bench.open('A', 1, { expiresAt: 1_999 })).toBe('A #1 LONG 0+0 nothing, INTENT_EXPIRED');
    bench.open('A', 2, { expiresAt: 2_000 });
    expect(bench.orders).toMatchObject([{ type: 'place', strategyId: 'A', expiresAt: 2_000 }]);
  });

  it('comes after the close before it, though the clock of the exchange is ahead of ours', () => {
    const bench = protectedPosition();
    bench.says('A-1t2', 'trade', { lastQty: 10, lastPx: 110, at: 5_000 });
    bench.says('A-1s1', 'cancel', { at: 5_000 });
    expect(bench.open('A', 2)).toBe('place A-2e0 10, A #2 LONG 0+10');
  });

  it('to close cancels what has not filled, and ends when the exchange says so', () => {
    const bench = opened();
    expect(bench.close('A', 2)).toBe('cancel A-1e0, A #2 LONG 0+10 closing');
    expect(bench.says('A-1e0', 'cancel')).toBe('A #2 LONG 0+0 nothing');
  });

  it('to reverse opens the other side once the close is over', () => {
    const bench = protectedPosition();
    const open = { type: 'open', intentId: 'o', strategyId: 'A', side: 'SHORT', quantity: 5 } as const;
    const rest = { orderType: 'market', limitPrice: null, timeInForce: 'GTC', scaleIn: false } as const;
    const intent = { ...open, ...rest, plan: NO_PLAN, referencePrice: 100, at: bench.at, expiresAt: null };
    bench.intent({ type: 'reverse', intentId: 'r', strategyId: 'A', open: intent, at: bench.at }, 2);
    bench.says('A-1s1', 'cancel');
    expect(bench.says('A-1t2', 'cancel')).toBe('place A-1x3 10');
    expect(bench.says('A-1x3', 'trade', { lastQty: 10, lastPx: 101 })).toBe(
      'place A-2e0 5, A #2 SHORT 0+5 closed 10',
    );
    // What a rule sends for itself must not open anything much later.
    expect(bench.orders.at(-1)).toMatchObject({ expiresAt: bench.at + 60_000 });
  });
});

describe('what the exchange says', () => {
  it('is reported only where it changes what the client has reserved', () => {
    const bench = protectedPosition();
    expect(bench.says('A-1s1', 'restate', { orderQty: 10 })).toBe('');
    expect(bench.says('A-1s1', 'lose')).toBe('');
    expect(bench.says('A-1s1', 'accept')).toBe('');
    expect(bench.positions).toMatchObject({
      reports: [],
      orders: [{ key: { leg: 's' }, orderStatus: 'new' }],
    });
  });

  it('shows the orders that it has changed, and no others', () => {
    const bench = protectedPosition();
    bench.says('A-1t2', 'trade', { lastQty: 4, lastPx: 110 });
    const orders = bench.positions!.orders.map(
      ({ clientOrderId, orderStatus }) => `${clientOrderId} ${orderStatus}`,
    );
    expect(orders).toEqual(['A-1t2 partially_filled', 'A-1s1 pending_replace']);
  });

  it('shows a fill once, and only as much of it as is new', () => {
    const bench = opened();
    bench.says('A-1e0', 'trade', { lastQty: 4, tradeId: 7, cumQty: 4, fee: 3n });
    expect(bench.positions!.fills).toMatchObject([
      { clientOrderId: 'A-1e0', tradeId: 7, side: 'BUY', lastQty: 4, lastPx: 100, fee: 3n },
    ]);
    expect(bench.says('A-1e0', 'trade', { lastQty: 4, tradeId: 7, cumQty: 4, fee: 3n })).toBe('');
    expect(bench.positions).toBeNull();
  });

  it('shows the position as it stands, and its pair', () => {
    const bench = protectedPosition();
    bench.says('A-1s1', 'restate', { orderQty: 10, cumQty: 0 });
    bench.says('A-1t2', 'trade', { lastQty: 4, lastPx: 110 });
    expect(bench.positions!.positions).toMatchObject([
      {
        strategyPositionId: 'A-1',
        status: 'open',
        openQty: 6,
        cost: 600n,
        realizedPnl: 40n * 10n ** 18n,
        takeProfit: { price: 110, status: 'partially_filled', clientOrderId: 'A-1t2' },
        stopLoss: { price: 90, status: 'working', clientOrderId: 'A-1s1' },
        pairStatus: 'resolving',
        unprotectedSince: null,
      },
    ]);
    expect(bench.positions!.shares).toMatchObject({ sumOfShares: 6, external: 0, frozen: false });
  });

  it('shows a trade once it is over, with every order that filled, and tells the client its result', () => {
    const bench = protectedPosition();
    bench.at = 9_000;
    expect(bench.says('A-1t2', 'trade', { lastQty: 10, lastPx: 110, fee: 2n })).toBe(
      'cancel A-1s1, A #1 LONG 0+0 closing',
    );
    expect(bench.positions!.trades).toEqual([]);
    expect(bench.says('A-1s1', 'cancel')).toBe('A #1 LONG 0+0 closed 100');
    expect(bench.positions).toMatchObject({
      positions: [{ status: 'closed', pairStatus: 'closed' }],
      trades: [
        {
          strategyPositionId: 'A-1',
          quantity: 10,
          entryValue: 1_000n,
          exitValue: 1_100n,
          closeReason: 'take_profit',
          realizedPnl: 100n * 10n ** 18n,
          fees: 2n,
          netPnl: 100n * 10n ** 18n - 2n,
          signalPrice: 100,
          orders: [{ leg: 'e' }, { leg: 't' }],
          exitOrderId: 'A-1t2',
        },
      ],
    });
  });

  it('of an entry that never filled is no trade', () => {
    const bench = opened();
    expect(bench.says('A-1e0', 'reject', { reason: 'INSUFFICIENT_MARGIN' })).toBe('A #1 LONG 0+0 nothing');
    expect(bench.positions!.trades).toEqual([]);
  });

  it('of a position that a late fill has brought back does not touch what the strategy has now', () => {
    const bench = protectedPosition();
    bench.close('A', 2);
    bench.says('A-1s1', 'cancel');
    bench.says('A-1t2', 'cancel');
    bench.says('A-1x3', 'trade', { lastQty: 10 });
    bench.open('A', 3);
    // The stop fills after all: the excess is given back, and the new entry's reservation stays.
    expect(bench.says('A-1s1', 'trade', { lastQty: 10, lastPx: 90 })).toBe(
      'place A-1x1000000 10, LATE_FILL, BOTH_LEGS_FILLED',
    );
    expect(bench.says('A-1x1000000', 'trade', { lastQty: 10, lastPx: 91 })).toBe('A #3 LONG 0+10 closed -10');
  });
});

describe('the comparison with the exchange', () => {
  const report = (bench: OcoBench, signedQty: number, lastTradeId: number | null) =>
    bench.take({
      type: 'exchange',
      input: { type: 'position_report', signedQty, lastTradeId, at: bench.at },
    });

  it('is made once the last trade of the report is booked here, and shown', () => {
    const bench = protectedPosition();
    expect(report(bench, 12, 99)).toBe('');
    expect(bench.positions).toBeNull();
    report(bench, 10, 1);
    expect(bench.positions!.shares).toMatchObject({ exchangeQty: 10, exchangeAt: bench.at, difference: 0 });
  });

  it('freezes what would increase the position while there is a difference, and says so once', () => {
    const bench = protectedPosition();
    expect([report(bench, 7, 1), report(bench, 7, 1)]).toEqual(['DRIFT', '']);
    expect(bench.positions!.shares).toMatchObject({ difference: 3, frozen: true });
    expect(bench.open('B', 1)).toBe('B #1 LONG 0+0 nothing, INCREASES_FROZEN');
    report(bench, 10, 1);
    expect(bench.open('B', 2)).toBe('place B-1e0 10, B #2 LONG 0+10');
  });

  it('counts what a person trades apart', () => {
    const bench = protectedPosition();
    expect(byHand(bench, -3)).toBe('EXTERNAL_TRADE');
    report(bench, 7, 'x' as never);
    expect(bench.positions!.shares).toMatchObject({ sumOfShares: 7, external: -3, difference: 0 });
  });
});

function byHand(bench: OcoBench, signedQty: number): string {
  return bench.take({ type: 'exchange', input: { type: 'external_fill', tradeId: 'x', signedQty, at: 1 } });
}

describe('a command', () => {
  it('that halts cancels entries and keeps protection, and holds after a restart', () => {
    const bench = protectedPosition();
    bench.open('B', 1);
    expect(bench.halt()).toBe('cancel B-1e0');
    expect(bench.positions!.shares.tradingState).toBe('HALTED');
    bench.restart();
    expect(bench.open('C', 1)).toBe('C #1 LONG 0+0 nothing, TRADING_HALTED');
    bench.resume();
    expect(bench.open('C', 2)).toBe('place C-1e0 10, C #2 LONG 0+10');
  });

  it.each<[string, Parameters<OcoBench['halt']>[0], string | undefined]>([
    ['another symbol', { symbol: 'BTCUSDT' }, undefined],
    ['another exchange', { exchange: 'okx' }, undefined],
    ['another client', {}, 'ikenna'],
  ])('for %s does nothing here', (_, scope, clientId) => {
    const bench = opened();
    expect(bench.command({ type: 'trading_state', tradingState: 'HALTED' }, scope, clientId)).toBe('');
    expect(bench.positions).toBeNull();
  });

  it('that halts a strategy cancels its entries, and leaves the channel and the others alone', () => {
    const bench = opened();
    bench.open('B', 1);
    expect(bench.halt({ strategyId: 'A' })).toBe('cancel A-1e0');
    expect(bench.state.channel.tradingState).toBe('ACTIVE');
    expect(bench.resume({ strategyId: 'A' })).toBe('');
  });

  it('that resumes less than what was halted leaves it halted', () => {
    const bench = new OcoBench();
    bench.halt();
    bench.resume({ symbol: 'WHOLE' });
    expect(bench.state.channel.tradingState).toBe('HALTED');
    bench.resume();
    expect(bench.state.channel.tradingState).toBe('ACTIVE');
  });

  it('to close is left to the client, who sends intents', () => {
    expect(protectedPosition().command({ type: 'close' })).toBe('');
  });

  it('to reconcile is left to the gateway, who asks', () => {
    expect(protectedPosition().command({ type: 'reconcile' })).toBe('');
  });

  it('to adopt makes a position of what is EXTERNAL, and protects it; it holds after a restart', () => {
    const bench = new OcoBench();
    byHand(bench, 7);
    expect(bench.adopt('A', '5')).toBe(
      'adopted A-1 5, place A-1s0 5 at 90, place A-1t1 5 at 110, A #0 LONG 5+0',
    );
    expect(bench.positions!.shares).toMatchObject({ sumOfShares: 7, external: 2 });
    expect(bench.positions!.positions).toMatchObject([{ status: 'open', openQty: 5, cost: 500n }]);
    bench.restart();
    expect(bench.fills('A-1t1', 5, 110)).toBe('cancel A-1s0, A #0 LONG 0+0 closing');
    expect(bench.says('A-1s0', 'cancel')).toBe('A #0 LONG 0+0 closed 50');
    expect(bench.positions!.trades).toMatchObject([
      { entryValue: 500n, exitValue: 550n, signalPrice: null, orders: [{ leg: 't' }] },
    ]);
  });

  it('to adopt what is not there is refused in the audit trail, under the name of the command', () => {
    const bench = new OcoBench();
    byHand(bench, 7);
    expect(bench.adopt('A', '7.5')).toBe('QUANTITY_NOT_LOTS');
    expect(bench.adopt('A', '8')).toBe('NOT_EXTERNAL');
    expect(bench.audited.at(-1)).toEqual({
      ...{ type: 'intent_denied', intentId: 'c-1', strategyId: 'A' },
      ...{ exchange: 'binance-usdm', symbol: 'WHOLE', code: 'NOT_EXTERNAL', at: 1_000 },
      text: 'EXTERNAL does not hold that much on that side',
    });
  });

  it('to adopt in another channel is not about this one', () => {
    const bench = new OcoBench();
    byHand(bench, 7);
    expect(bench.adopt('A', '5', { exchange: 'okx' })).toBe('');
    expect(bench.adopt('A', '5', { symbol: 'BTCUSDT' })).toBe('');
  });

  it('to retry takes up what was given up, in its scope', () => {
    const bench = opened();
    bench.fills('A-1e0', 10);
    for (const name of ['A-1s1', 'A-1s3', 'A-1s4']) bench.says(name, 'reject', { reason: 'OTHER' });
    expect(bench.audited.at(-1)).toMatchObject({ type: 'alert', code: 'STOP_REJECTED' });
    expect(bench.command({ type: 'retry' }, { strategyId: 'B' })).toBe('');
    expect(bench.command({ type: 'retry' })).toBe('place A-1s5 10 at 90');
    expect(bench.command({ type: 'retry' })).toBe('');
  });
});

describe('a position that lasts only so long', () => {
  const timed = { ...NO_PLAN, timeExitMs: 60_000 };

  it('is closed when its time is over, counted from its first fill', () => {
    const bench = new OcoBench();
    bench.open('A', 1, { plan: timed });
    expect(bench.role.timer(bench.state)).toBeNull();
    bench.at = 2_000;
    bench.fills('A-1e0', 4);
    bench.at = 3_000;
    bench.fills('A-1e0', 6);
    const timer = bench.role.timer(bench.state)!;
    expect(timer).toMatchObject({ at: 62_000, id: 'odum.binance-usdm.WHOLE/time-exit/A-1' });
    bench.at = 62_000;
    expect(bench.take(timer.input)).toBe('place A-1x1 10, A #1 LONG 10+0 closing');
    expect(bench.role.timer(bench.state)).toBeNull();
  });

  it('comes before another whose time is over later, and not at all where it is closed before', () => {
    const bench = new OcoBench();
    for (const strategyId of ['A', 'B']) {
      bench.at += 1_000;
      bench.open(strategyId, 1, { plan: timed });
      bench.fills(`${strategyId}-1e0`, 10);
    }
    expect(bench.role.timer(bench.state)).toMatchObject({
      at: 62_000,
      input: { input: { strategyPositionId: 'A-1' } },
    });
    bench.close('A', 2);
    expect(bench.role.timer(bench.state)).toMatchObject({
      at: 63_000,
      input: { input: { strategyPositionId: 'B-1' } },
    });
  });
});

describe('an input that cannot be dealt with', () => {
  const letter = { shard: 's', messageId: 'm', topic: 't', error: 'a bug', at: 7 };

  it('may be put aside only where it opens something', () => {
    const { role, state } = new OcoBench();
    const may = (type: string) =>
      role.mayPark(state, { type: 'intent', intent: { type }, sequence: 1 } as never);
    expect([may('open'), may('close'), may('reverse')]).toEqual([true, false, false]);
    expect(role.mayPark(state, { type: 'exchange' } as never)).toBe(false);
  });

  it('is answered where it is put aside, so that nothing stays reserved for it', () => {
    const { role, state } = protectedPosition();
    const input = { type: 'intent', intent: { type: 'open', strategyId: 'A' }, sequence: 2 } as never;
    expect(role.parked(state, letter, input)).toMatchObject([
      {
        topic: 'positions.odum',
        body: { reports: [{ sequence: 2, report: { strategyId: 'A', openQty: 10 } }] },
      },
      { topic: 'audit.odum', body: { entries: [{ type: 'dead_letter', messageId: 'm' }] } },
    ]);
    expect(role.parked(state, letter, null)).toHaveLength(1);
    expect(role.parked(state, letter, { type: 'exchange' } as never)).toHaveLength(1);
  });
});
