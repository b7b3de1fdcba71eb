import { describe, expect, it } from '@jest/globals';
import {
  aClient,
  aSignal,
  NO_CLIENT_LIMITS,
  NO_STRATEGY_LIMITS,
  someFacts,
  someParams,
  WHOLE,
} from '@bowline/testkit';
import { cash, decimal, type Cash } from '../primitives/index.js';
import {
  accountBalance,
  addTarget,
  applyPositionReport,
  clientExposure,
  createClient,
  decideSignal,
  evolveClient,
  setTradingState,
  sizingBalance,
  type ClientLimits,
  type ClientState,
  type PositionReport,
  type StrategyParams,
} from './index.js';

const DAY = 86_400_000;
const LIMITS = { ...NO_STRATEGY_LIMITS, maxConsecutiveLosses: 2 };

function ended(netPnl: Cash, realizedPnl = netPnl, strategyId = 'A'): PositionReport {
  return {
    strategyId,
    side: 'LONG',
    openQty: 0,
    entryLeavesQty: 0,
    closed: { netPnl, realizedPnl, traded: true },
  };
}

/** The denial that an entry gets; null where it is ordered. */
function denial(client: ClientState, at: number, strategyId = 'A', channel = 0): string | null {
  const signal = aSignal(1, { strategyId, time: at });
  const event = decideSignal(client, channel, signal, someFacts({ at }));
  return event.type === 'entry_denied' ? event.code : null;
}

function limited(limits: Partial<ClientLimits>, params: Partial<StrategyParams> = {}): ClientState {
  return aClient({ limits, strategies: { A: someParams(params), B: someParams(params) } });
}

describe('reservations', () => {
  it('are made with the order, moved by reports, and freed by them alone', () => {
    const client = aClient();
    const book = client.channels[0]!;
    const target = book.targets.get('A')!;
    evolveClient(client, decideSignal(client, 0, aSignal(-1), someFacts()));
    expect([target.workingQty, target.openQty, book.longLots, book.shortLots]).toEqual([10, 0, 0, 10]);
    const report = { strategyId: 'A', side: 'SHORT', closed: null } as const;
    applyPositionReport(client, 0, { ...report, openQty: 4, entryLeavesQty: 6 }, 1);
    expect([target.workingQty, target.openQty, book.shortLots]).toEqual([6, 4, 10]);
    applyPositionReport(client, 0, { ...report, openQty: 4, entryLeavesQty: 0 }, 1);
    expect([target.workingQty, target.openQty, book.shortLots]).toEqual([0, 4, 4]);
    evolveClient(client, decideSignal(client, 0, aSignal(0), someFacts()));
    expect([target.closing, book.shortLots]).toEqual([true, 4]);
    applyPositionReport(
      client,
      0,
      { ...report, openQty: 0, entryLeavesQty: 0, closed: { netPnl: 1n, realizedPnl: 1n, traded: true } },
      1,
    );
    expect([target.closing, target.openQty, book.shortLots, book.longLots]).toEqual([false, 0, 0, 0]);
  });

  it('follow a change of side', () => {
    const client = aClient();
    const book = client.channels[0]!;
    evolveClient(client, decideSignal(client, 0, aSignal(1), someFacts()));
    applyPositionReport(
      client,
      0,
      { strategyId: 'A', side: 'SHORT', openQty: 7, entryLeavesQty: 0, closed: null },
      1,
    );
    expect([book.longLots, book.shortLots]).toEqual([0, 7]);
  });

  it('stay closing while the channel says so, and while something is left', () => {
    const client = aClient();
    const target = client.channels[0]!.targets.get('A')!;
    const report = { strategyId: 'A', side: 'LONG', openQty: 0, entryLeavesQty: 0, closed: null } as const;
    applyPositionReport(client, 0, { ...report, closing: true }, 1);
    expect(target.closing).toBe(true);
    applyPositionReport(client, 0, { ...ended(0n), openQty: 3, closing: true }, 1);
    expect(target.closing).toBe(true);
    applyPositionReport(client, 0, ended(0n), 1);
    expect(target.closing).toBe(false);
  });

  it('are no trade where nothing was filled', () => {
    const client = aClient();
    applyPositionReport(
      client,
      0,
      { ...ended(0n), closed: { netPnl: -7n, realizedPnl: -7n, traded: false } },
      1,
    );
    expect([client.netPnl, client.losses.get('A')!.inARow]).toEqual([0n, 0]);
  });
});

describe('the daily loss', () => {
  const loses = (client: ClientState, amount: string, at: number) =>
    applyPositionReport(client, 0, ended(cash(amount)), at);

  it('denies entries from the limit on until midnight UTC', () => {
    const client = limited({ maxDailyLoss: cash(100) });
    loses(client, '-99.99', DAY + 1);
    expect(denial(client, DAY + 2)).toBeNull();
    loses(client, '-0.01', DAY + 3);
    expect(denial(client, 2 * DAY - 1)).toBe('DAILY_LOSS');
    expect(denial(client, 2 * DAY)).toBeNull();
  });

  it('counts what was won as well, and starts anew each day', () => {
    const client = limited({ maxDailyLoss: cash(100) });
    loses(client, '-150', DAY);
    loses(client, '60', DAY + 1);
    expect(denial(client, DAY + 2)).toBeNull();
    loses(client, '-60', 2 * DAY);
    expect([client.dayNetPnl, client.netPnl]).toEqual([cash(-60), cash(-150)]);
    expect(denial(client, 2 * DAY)).toBeNull();
  });

  it('is not forgotten for a result of the day before that is told late', () => {
    const client = limited({ maxDailyLoss: cash(100) });
    loses(client, '-100', 2 * DAY);
    loses(client, '-1', 2 * DAY - 1);
    expect(denial(client, 2 * DAY + 1)).toBe('DAILY_LOSS');
    expect([client.dayNetPnl, client.netPnl]).toEqual([cash(-100), cash(-101)]);
  });
});

describe('the drawdown', () => {
  it('is measured from the peak of the realized equity', () => {
    const client = limited({ maxDrawdownPct: decimal(10) });
    const won = (amount: number) => applyPositionReport(client, 0, ended(cash(amount)), 1);
    won(10_000);
    expect(client.peakNetPnl).toBe(cash(10_000));
    won(-1_999);
    expect(denial(client, 1)).toBeNull();
    won(-1);
    expect(denial(client, 1)).toBe('DRAWDOWN');
    won(2_001);
    expect(denial(client, 1)).toBeNull();
  });
});

describe('losses in a row', () => {
  const result = (client: ClientState, amount: number, at: number, strategyId = 'A', channel = 0) =>
    applyPositionReport(client, channel, ended(BigInt(amount), BigInt(amount), strategyId), at);

  it('stop the strategy in all its channels until the day ends, and no other strategy', () => {
    const client = aClient({
      channels: 2,
      strategies: { A: someParams({ limits: LIMITS }), B: someParams({ limits: LIMITS }) },
    });
    result(client, -1, 5);
    expect(denial(client, 6)).toBeNull();
    result(client, -1, 7, 'A', 1);
    expect([denial(client, 8), denial(client, 8, 'A', 1), denial(client, 8, 'B')]).toEqual([
      'CONSECUTIVE_LOSSES',
      'CONSECUTIVE_LOSSES',
      null,
    ]);
    expect(denial(client, DAY)).toBeNull();
  });

  it('are broken by a gain before fees, not by nothing, and by the day', () => {
    const client = limited({}, { limits: LIMITS });
    const streak = () => client.losses.get('A')!.inARow;
    result(client, -1, 1);
    result(client, 0, 2);
    expect(streak()).toBe(1);
    applyPositionReport(client, 0, ended(-5n, 2n), 3);
    expect(streak()).toBe(0);
    result(client, -1, 4);
    result(client, -1, DAY);
    expect(streak()).toBe(1);
    result(client, -1, DAY - 1);
    expect([streak(), denial(client, DAY + 1)]).toEqual([1, null]);
    result(client, -1, DAY + 1);
    expect(denial(client, DAY + 2)).toBe('CONSECUTIVE_LOSSES');
  });
});

describe('trading states', () => {
  it.each([
    ['HALTED', 'TRADING_HALTED'],
    ['REDUCING', 'REDUCING_ONLY'],
  ] as const)('%s of the client or of one strategy denies entries, and never a close', (mode, code) => {
    const client = limited({});
    setTradingState(client, mode);
    expect([denial(client, 1), denial(client, 1, 'B')]).toEqual([code, code]);
    setTradingState(client, 'ACTIVE');
    setTradingState(client, mode, client.channels[0]!.targets.get('A')!);
    expect([denial(client, 1), denial(client, 1, 'B')]).toEqual([code, null]);
    applyPositionReport(
      client,
      0,
      { strategyId: 'A', side: 'LONG', openQty: 10, entryLeavesQty: 0, closed: null },
      1,
    );
    expect(decideSignal(client, 0, aSignal(0), someFacts()).type).toBe('close_ordered');
  });
});

describe('what a client is worth and exposed to', () => {
  it('is the sum over its accounts and channels at their marks', () => {
    const client = createClient({
      clientId: 'odum',
      limits: NO_CLIENT_LIMITS,
      accounts: [
        { exchange: 'binance-usdm', balance: cash(10_000) },
        { exchange: 'okx', balance: cash(500) },
      ],
      channels: [0, 1, 1].map((account, i) => ({ account, symbol: `S${i}`, instrument: WHOLE })),
    });
    for (const [i, book] of client.channels.entries()) {
      book.mark = 100 * (i + 1);
      addTarget(client, i, 'A', someParams());
    }
    const report = (channel: number, side: 'LONG' | 'SHORT', openQty: number, entryLeavesQty = 0) =>
      applyPositionReport(
        client,
        channel,
        { strategyId: 'A', side, openQty, entryLeavesQty, closed: null },
        1,
      );
    report(0, 'LONG', 2, 1);
    report(1, 'SHORT', 4);
    report(2, 'LONG', 1);
    const [first, second] = client.accounts;
    const exposure = clientExposure(client, second!, 1);
    expect([exposure.clientGross(), exposure.clientNet(), exposure.accountGross()]).toEqual([
      cash(1_400),
      cash(-200),
      cash(1_100),
    ]);
    applyPositionReport(client, 1, ended(cash(-20)), 1);
    expect([accountBalance(first!), accountBalance(second!)]).toEqual([cash(10_000), cash(480)]);
    // Sized on its own account, or on the client where the signal is split.
    expect(sizingBalance(client, second!, null)).toBe(cash(480));
    expect(sizingBalance(client, second!, { part: 1n, whole: 2n })).toBe(cash(10_480));
  });

  it('is unknown where a balance is', () => {
    const client = aClient({ balance: null });
    expect(clientExposure(client, client.accounts[0]!, 1)).toMatchObject({
      equity: null,
      peakEquity: null,
      accountBalance: null,
    });
    expect(sizingBalance(client, client.accounts[0]!, { part: 1n, whole: 2n })).toBeNull();
  });
});
