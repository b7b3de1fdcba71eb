import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, type Cash } from '@bowline/domain';
import type { Command } from './commands.js';
import type { ExecutionReport } from './execution-report.js';
import { HOUSE_ACCOUNT } from './house.js';
import { ACCOUNTS, commands } from './random-commands.spec-support.js';
import { account, instrument, Scenario } from './scenario.spec-support.js';

/** Lives per law. Each is up to 150 commands long and looked at after every one of them. */
const RUNS = 60;
const START = 0n;
const TERMINAL = ['FILLED', 'CANCELED', 'REJECTED', 'EXPIRED'];

function fresh(): Scenario {
  const fees = { feeMakerBps: decimal('1.5'), feeTakerBps: decimal('3.3'), balances: { USDT: START } };
  return new Scenario({
    instruments: [instrument({ tickSize: '0.1', lotSize: '0.001' })],
    accounts: ACCOUNTS.map((name) => account(name, { hedgeMode: name === 'hedged', ...fees })),
  });
}

/** Plays a random life, and looks after every command. */
function always(
  look: (scenario: Scenario, reports: readonly ExecutionReport[], command: Command) => void,
): void {
  const property = fc.property(commands, (list) => {
    const scenario = fresh();
    for (const command of list) look(scenario, scenario.do(command), command);
  });
  fc.assert(property, { numRuns: RUNS });
}

function isClosing({ account: name, reduceOnly, positionSide, side }: ExecutionReport): boolean {
  return name === 'hedged' ? positionSide === (side === 'SELL' ? 'LONG' : 'SHORT') : reduceOnly;
}

describe('whatever happens at the exchange', () => {
  it('positions of all accounts add up to nothing, and cash to minus the fees', () => {
    let fees: Cash = 0n;
    const property = fc.property(commands, (list) => {
      const scenario = fresh();
      fees = 0n;
      for (const command of list) {
        for (const { fee } of scenario.do(command)) fees += fee;
        const names = [...ACCOUNTS, HOUSE_ACCOUNT];
        const positions = names.flatMap((name) => scenario.engine.positions(name));
        expect(positions.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(0);
        // What is open has moved no cash yet: at any one price its worth is what it cost, the other way round.
        const invested = positions.reduce(
          (sum, { quantity, cost }) => sum + (quantity > 0 ? cost : -cost),
          0n,
        );
        const cash = names.reduce(
          (sum, name) => sum + (scenario.engine.balances(name).get('USDT') ?? 0n),
          0n,
        );
        expect(cash - invested * instrument({ tickSize: '0.1', lotSize: '0.001' }).tickLotCash).toBe(-fees);
      }
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('the book is never crossed at rest, and shows what its orders have left', () => {
    always(({ engine }) => {
      const { bids, asks } = engine.depth('BTCUSDT');
      if (bids.length > 0 && asks.length > 0) expect(bids[0][0]).toBeLessThan(asks[0][0]);
      for (const [levels, side] of [
        [bids, 'BUY'],
        [asks, 'SELL'],
      ] as const) {
        const shown = new Map(levels);
        for (const name of ACCOUNTS) {
          for (const order of engine.openOrders(name)) {
            if (order.conditional || order.side !== side || order.price === null) continue;
            shown.set(order.price, (shown.get(order.price) ?? 0) - order.leavesQty);
          }
        }
        // What is left over is the house's.
        for (const own of shown.values()) expect(own).toBeGreaterThanOrEqual(0);
      }
    });
  });

  it('an order has traded or has left what it was for, and a terminal one never changes', () => {
    const property = fc.property(commands, (list) => {
      const scenario = fresh();
      const ended = new Set<number>();
      const traded = new Map<number, number>();
      for (const command of list) {
        for (const report of scenario.do(command)) {
          if (report.orderId === null) {
            expect(report).toMatchObject({ execType: 'REJECTED', orderStatus: 'REJECTED' });
            continue;
          }
          expect(ended.has(report.orderId)).toBe(false);
          traded.set(report.orderId, (traded.get(report.orderId) ?? 0) + report.lastQty);
          expect(report.cumQty).toBe(traded.get(report.orderId));
          const terminal = TERMINAL.includes(report.orderStatus);
          if (terminal) ended.add(report.orderId);
          expect(report.leavesQty).toBe(terminal ? 0 : report.orderQty - report.cumQty);
          if (!terminal) expect(report.leavesQty).toBeGreaterThan(0);
          expect(report.cumQty).toBeLessThanOrEqual(report.orderQty);
          expect(report.orderStatus === 'FILLED').toBe(
            terminal && report.cumQty === report.orderQty && report.execType === 'TRADE',
          );
          if (report.orderStatus === 'NEW') expect(report.cumQty).toBe(0);
          if (report.orderStatus === 'PARTIALLY_FILLED') expect(report.cumQty).toBeGreaterThan(0);
        }
      }
      const open = ACCOUNTS.flatMap((name) => scenario.engine.openOrders(name));
      expect(open.filter(({ orderId }) => ended.has(orderId))).toEqual([]);
      expect(open.length).toBe(traded.size - ended.size);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('a closing order never increases a position, and never turns it', () => {
    const property = fc.property(commands, (list) => {
      const scenario = fresh();
      const held = new Map<string, number>();
      for (const command of list) {
        for (const report of scenario.do(command)) {
          if (report.execType !== 'TRADE') continue;
          const key = `${report.account} ${report.positionSide}`;
          const before = held.get(key) ?? 0;
          const after = before + (report.side === 'BUY' ? report.lastQty : -report.lastQty);
          held.set(key, after);
          if (!isClosing(report)) continue;
          expect(Math.abs(after)).toBeLessThan(Math.abs(before));
          expect(after * before).toBeGreaterThanOrEqual(0);
        }
      }
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('resting closes together, and each waiting one alone, are never more than their position', () => {
    always(({ engine }) => {
      for (const name of ACCOUNTS) {
        const resting = new Map<string, number>();
        for (const order of engine.openOrders(name)) {
          const { reduceOnly, positionSide, side, leavesQty, conditional } = order;
          if (!(name === 'hedged' ? positionSide === (side === 'SELL' ? 'LONG' : 'SHORT') : reduceOnly))
            continue;
          const position =
            engine.positions(name).find((row) => row.positionSide === positionSide)?.quantity ?? 0;
          const closable = side === 'SELL' ? position : -position;
          const sum = (conditional ? 0 : (resting.get(positionSide) ?? 0)) + leavesQty;
          if (!conditional) resting.set(positionSide, sum);
          expect(sum).toBeLessThanOrEqual(closable);
        }
      }
    });
  });

  it('FOK trades whole or not at all, GTX never takes, and IOC and market orders never rest', () => {
    always((scenario, reports) => {
      for (const { timeInForce, liquidity } of reports) {
        if (timeInForce === 'GTX') expect(liquidity).not.toBe('TAKER');
        if (timeInForce === 'IOC' || timeInForce === 'FOK') expect(liquidity).not.toBe('MAKER');
      }
      for (const report of reports) {
        if (report.timeInForce !== 'FOK' || report.orderId === null) continue;
        const last = reports.filter(({ orderId }) => orderId === report.orderId).at(-1);
        if (last?.leavesQty === 0) expect([0, last.orderQty]).toContain(last.cumQty);
      }
      for (const name of ACCOUNTS) {
        for (const { timeInForce, conditional } of scenario.engine.openOrders(name)) {
          expect(conditional || timeInForce === 'GTC' || timeInForce === 'GTX').toBe(true);
        }
      }
    });
  });

  it('a trade is never worse than its limit, and both sides of it agree', () => {
    always((_scenario, reports) => {
      const trades = new Map<number, ExecutionReport[]>();
      for (const report of reports) {
        if (report.execType !== 'TRADE') continue;
        const { side, price, lastPx, tradeId } = report;
        if (price !== null)
          expect(side === 'BUY' ? Number(lastPx) <= price : Number(lastPx) >= price).toBe(true);
        if (tradeId !== null) trades.set(tradeId, [...(trades.get(tradeId) ?? []), report]);
      }
      for (const sides of trades.values()) {
        // One where the house is the other side.
        if (sides.length === 1) continue;
        const [maker, taker] = sides;
        expect([maker.liquidity, taker.liquidity]).toEqual(['MAKER', 'TAKER']);
        expect([maker.lastPx, maker.lastQty]).toEqual([taker.lastPx, taker.lastQty]);
        expect(maker.side).not.toBe(taker.side);
      }
    });
  });

  it('no order waits for a price that is reached', () => {
    always(({ engine }) => {
      const { last, mark } = engine.prices('BTCUSDT');
      for (const name of ACCOUNTS) {
        for (const { conditional, orderType, side, stopPrice, workingType } of engine.openOrders(name)) {
          const price = workingType === 'MARK_PRICE' ? mark : last;
          if (!conditional || stopPrice === null || price === null) continue;
          const rises = orderType.startsWith('STOP') === (side === 'BUY');
          if (rises) expect(price).toBeLessThan(stopPrice);
          else expect(price).toBeGreaterThan(stopPrice);
        }
      }
    });
  });

  it('a refusal changes nothing', () => {
    const property = fc.property(commands, (list) => {
      const scenario = fresh();
      for (const command of list) {
        const before = scenario.engine.stateHash();
        const reports = scenario.do(command);
        if (reports[0]?.execType === 'REJECTED') expect(scenario.engine.stateHash()).toBe(before);
      }
    });
    fc.assert(property, { numRuns: 25 });
  });

  it('the same commands give the same reports and the same state', () => {
    const property = fc.property(commands, (list) => {
      const [first, second] = [fresh(), fresh()];
      for (const command of list) expect(second.do(command)).toEqual(first.do(command));
      expect(second.engine.stateHash()).toBe(first.engine.stateHash());
    });
    fc.assert(property, { numRuns: 25 });
  });
});

describe('the random lives', () => {
  it('reach everything that the laws speak of', () => {
    const reached = new Set<string>();
    for (const list of fc.sample(commands, { numRuns: 100, seed: 7 })) {
      const scenario = fresh();
      for (const command of list) scenario.do(command);
      for (const report of scenario.log) {
        const { execType, timeInForce, liquidity, rejectCode, expireReason } = report;
        reached
          .add(execType)
          .add(rejectCode ?? '')
          .add(expireReason ?? '');
        if (execType === 'TRADE')
          reached.add(`${timeInForce} ${liquidity}${isClosing(report) ? ' closing' : ''}`);
      }
    }
    const wanted = [
      ...['NEW', 'TRADE', 'CANCELED', 'REPLACED', 'REJECTED', 'EXPIRED', 'TRIGGERED', 'RESTATED'],
      ...['IOC_REMAINDER', 'FOK_UNFILLED', 'NO_LIQUIDITY', 'SELF_TRADE', 'REDUCE_ONLY', 'POST_ONLY'],
      ...['DUPLICATE_CLIENT_ORDER_ID', 'REDUCE_ONLY_REJECTED', 'WOULD_TRIGGER', 'POST_ONLY_WOULD_TAKE'],
      ...['UNKNOWN_ORDER', 'NOT_AMENDABLE'],
      ...['GTC MAKER', 'GTC TAKER', 'GTX MAKER', 'IOC TAKER', 'FOK TAKER'],
      ...['GTC MAKER closing', 'GTC TAKER closing', 'IOC TAKER closing', 'FOK TAKER closing'],
    ];
    expect(wanted.filter((what) => !reached.has(what))).toEqual([]);
  });
});
