import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MatchingEngine, type ExecutionReport } from '../matching/index.js';
import { account, instrument } from '../matching/scenario.spec-support.js';
import { tickAt } from './mock-exchange.spec-support.js';
import { OutsideMarket } from './outside-market.js';
import type { Command } from './to-command.js';

const ACCOUNTS = [account('ikenna'), account('odum')];

function newEngine(): MatchingEngine {
  return new MatchingEngine({ instruments: [instrument()], accounts: ACCOUNTS });
}

type Step = { readonly tick: number } | { readonly command: Command };

// Even, while the outside quotes at odd prices: an outside that leaves a price and comes back queues behind whoever rests
// there, and where it was not seen leaving it has kept its place.
const price = fc.integer({ min: 47, max: 53 }).map((half) => 2 * half);
const clientOrderId = fc.integer({ min: 1, max: 12 }).map((id) => `o-${id}`);
const named = { account: fc.constantFrom('ikenna', 'odum'), clientOrderId };

const order = fc
  .record({
    ...named,
    side: fc.constantFrom('BUY', 'SELL'),
    orderType: fc.constantFrom('LIMIT', 'LIMIT', 'MARKET', 'STOP_MARKET'),
    orderQty: fc.integer({ min: 1, max: 12_000 }),
    at: price,
    selfTradePrevention: fc.constantFrom('EXPIRE_TAKER', 'EXPIRE_MAKER'),
  })
  .map(({ at, ...rest }): Command => ({
    kind: 'new',
    symbol: 'BTCUSDT',
    ...rest,
    ...(rest.orderType === 'LIMIT' && { price: at }),
    ...(rest.orderType === 'STOP_MARKET' && { stopPrice: at }),
  }));
const cancel = fc
  .record(named)
  .map((request): Command => ({ kind: 'cancel', symbol: 'BTCUSDT', ...request }));
const amend = fc
  .record({ ...named, orderQty: fc.integer({ min: 1, max: 30 }), price })
  .map((request): Command => ({ kind: 'amend', symbol: 'BTCUSDT', ...request }));

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: price.map((tick): Step => ({ tick })) },
    { weight: 3, arbitrary: order.map((command): Step => ({ command })) },
    { weight: 1, arbitrary: cancel.map((command): Step => ({ command })) },
    { weight: 1, arbitrary: amend.map((command): Step => ({ command })) },
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);

/** An engine that sees every tick. */
function playAll(all: readonly Step[]): readonly ExecutionReport[] {
  const engine = newEngine();
  return all.flatMap((step, time) => {
    if ('command' in step) return engine.handle(time, step.command);
    const { symbol, price: at, quantity, bids, asks } = tickAt(step.tick);
    return [
      ...engine.handle(time, { kind: 'quote', symbol, bids, asks }),
      ...engine.handle(time, { kind: 'trade', symbol, price: at, quantity }),
    ];
  });
}

/** One that sees what the outside market hands on. */
function playConflated(all: readonly Step[]): { reports: readonly ExecutionReport[]; seen: number } {
  const engine = newEngine();
  const reports: ExecutionReport[] = [];
  let time = 0;
  let seen = 0;
  const open = () => ACCOUNTS.flatMap((each) => engine.openOrders(each.account));
  const keep = (told: readonly ExecutionReport[]): void => {
    reports.push(...told);
    if (told.length > 0) outside.onOrdersChanged();
  };
  const outside = new OutsideMarket(1, open, (event) => {
    if (event.kind === 'trade') seen += 1;
    keep(engine.handle(time, event));
  });
  for (const step of all) {
    if ('command' in step) {
      outside.beforeRequest(step.command.kind === 'new' ? step.command : null);
      keep(engine.handle(time, step.command));
    } else outside.onTick(tickAt(step.tick));
    time += 1;
  }
  return { reports, seen };
}

/**
 * What an account sees of it. In how many pieces the outside's quantity stands at a price depends on how often it has
 * quoted, and with it the number of trades; so trades of one order at one price are taken together.
 */
function facts(reports: readonly ExecutionReport[]): readonly string[] {
  const seen: string[] = [];
  let last = '';
  for (const report of reports) {
    const { account: name, clientOrderId, cumQty, execType, leavesQty, lastPx, liquidity, time } = report;
    const what = `${time} ${name} ${clientOrderId} ${execType} ${String(lastPx)} ${String(liquidity)}`;
    if (execType === 'TRADE' && what === last) seen.pop();
    last = what;
    seen.push(`${what} ${cumQty} ${leavesQty} ${String(report.rejectCode ?? report.expireReason)}`);
  }
  return seen;
}

it('changes nothing that an account sees by leaving out the ticks that meet no order', () => {
  let ticks = 0;
  let seen = 0;
  const property = fc.property(steps, (all) => {
    const conflated = playConflated(all);
    expect(facts(conflated.reports)).toEqual(facts(playAll(all)));
    ticks += all.filter((step) => 'tick' in step).length;
    seen += conflated.seen;
  });
  fc.assert(property, { numRuns: 500 });
  expect(seen).toBeLessThan(ticks);
});
