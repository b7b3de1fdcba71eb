import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogFields } from '@bowline/ports';
import { WorkFolder } from '@bowline/testkit';
import type { ExchangeSimulator } from './exchange-simulator.js';
import {
  clientOf,
  HELD,
  moving,
  openSim,
  post,
  PRICE,
  requests,
  SILENT,
  SIM,
  Told,
  truthOf,
} from './simulator.spec-support.js';
import type { MarketPlan } from './options.js';
import type { AccountTruth } from './truth.js';

const opened: { close(): Promise<unknown> }[] = [];
let simulator: ExchangeSimulator;
let url: string;

beforeEach(async () => {
  simulator = await openSim(newFolder());
  ({ url } = simulator);
});

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await simulator.close();
});

const work = new WorkFolder('exchange-simulator');
let folders = 0;

function newFolder(): string {
  folders += 1;
  return work.at(`sim-${folders}`);
}

async function connect(account: string, options: Parameters<typeof clientOf>[2] = {}): Promise<Told> {
  const client = clientOf(url, account, options);
  opened.push(client);
  return Told.connect(client);
}

async function accountTruth(account: string): Promise<AccountTruth> {
  return (await truthOf(url)).exchanges['sim']!.accounts[account]!;
}

/** What was told about orders, shortly. */
function linesOf(reports: Told['reports']): readonly string[] {
  return reports.flatMap((report) => {
    if (report.type === 'order') return [`${report.clientOrderId} ${report.execType}`];
    if (report.type === 'trade') return [`${report.clientOrderId} trade ${report.lastQty}`];
    if (report.type === 'order_status') return [`${report.clientOrderId} is ${report.orderStatus}`];
    if (report.type === 'request_unknown') return [`${report.clientOrderId} ${report.request} unknown`];
    return report.type === 'reconnected' ? ['reconnected'] : [];
  });
}

describe('an account', () => {
  it('that several are on the line for is heard by all of them, and answers the one who has asked', async () => {
    const one = await connect('ikenna');
    const two = await connect('ikenna');
    const other = await connect('odum');
    await one.ask(requests.place('a'));
    two.client.send(requests.place('b', PRICE - 100));
    expect(two.client.unanswered).toBe(1);
    await one.until(() => linesOf(one.reports).includes('b accept'));
    await two.until(() => two.client.unanswered === 0);
    expect(linesOf(one.reports)).toEqual(['a accept', 'a trade 10', 'b accept']);
    expect(two.reports).toEqual(one.reports);
    expect(other.reports).toEqual([]);
  });

  it.each<[string, Parameters<typeof clientOf>[2], string]>([
    [
      'the wrong token',
      { token: 'guess' },
      '401: the token for account ikenna at sim is wrong, or there is no such account',
    ],
    [
      'no name of an account',
      { account: 'nobody' },
      '401: the token for account nobody at sim is wrong, or there is no such account',
    ],
    ['no name of an exchange', { exchange: 'okx' }, '404: there is no exchange okx: there is sim'],
  ])('is not to be had with %s', async (_what, options, message) => {
    await expect(connect('ikenna', options)).rejects.toThrow(message);
  });

  it('ends with what it holds, what it has ordered, and what that has come to', async () => {
    const told = await connect('ikenna');
    await told.ask(requests.place('a'));
    await told.ask(requests.place('b', PRICE - 100));
    await told.ask(requests.place('b', PRICE - 100));
    // The exchange forgets an id once its order is over: whoever sends it again doubles it.
    await told.ask(requests.place('a'));
    await told.ask({ ...requests.place('c'), symbol: 'XRPUSDT' });
    const truth = await accountTruth('ikenna');
    const counts = Object.entries(truth.orders).map(
      ([id, { accepted, cumQty, duplicates, orderStatus, rejected, trades }]) =>
        `${id} ${orderStatus} ${cumQty}: accepted ${accepted}, rejected ${rejected}, duplicates ${duplicates}, trades ${trades}`,
    );
    expect(counts).toEqual([
      'a FILLED 10: accepted 2, rejected 0, duplicates 0, trades 2',
      'b NEW 0: accepted 1, rejected 0, duplicates 1, trades 0',
      'c REJECTED 0: accepted 0, rejected 1, duplicates 0, trades 0',
    ]);
    expect(truth).toMatchObject({
      connections: 1,
      sequence: told.client.lastSequence,
      // Twice ten thousandths of a bitcoin at 100.01, and 5 basis points of that.
      balances: { USDT: '99999.9989999' },
      positions: [
        { symbol: 'BTCUSDT', positionSide: 'BOTH', quantity: 20, entryPrice: '100.01', fees: '0.0010001' },
      ],
      openOrders: [{ clientOrderId: 'b', price: PRICE - 100, leavesQty: 10 }],
    });
    expect(
      truth.trades.map(({ clientOrderId, lastPx, tradeId }) => [tradeId, clientOrderId, lastPx]),
    ).toEqual([
      [1, 'a', 10_001],
      [2, 'a', 10_001],
    ]);
  });
});

describe('a fault', () => {
  it.each<[string, readonly string[], number]>([
    ['request_lost', ['a place unknown'], 0],
    ['reply_lost', ['a place unknown'], 1],
    ['timed_out', ['a accept', 'a trade 10', 'a place unknown'], 1],
  ])('%s ends the wait, and tells %j, with the order there %i times', async (fault, lines, accepted) => {
    const told = await connect('ikenna', { timeoutMs: 50 });
    expect(await post(url, '/faults', { fault, account: 'ikenna', request: 'place' })).toEqual({
      status: 200,
    });
    await told.ask(requests.place('a'));
    expect(linesOf(told.reports)).toEqual(lines);
    const { orders } = await accountTruth('ikenna');
    expect(orders['a']?.accepted ?? 0).toBe(accepted);
    await told.ask(requests.place('b'));
    expect(linesOf(told.reports).slice(lines.length)).toEqual(['b accept', 'b trade 10']);
  });

  it('late lets others overtake', async () => {
    const told = await connect('ikenna');
    await post(url, '/faults', { fault: 'late', clientOrderId: 'a', lateMs: 40 });
    await told.ask(requests.place('a'), requests.place('b'));
    expect(linesOf(told.reports)).toEqual(['b accept', 'b trade 10', 'a accept', 'a trade 10']);
  });

  it('duplicate tells the same report again', async () => {
    const told = await connect('ikenna');
    await post(url, '/faults', { fault: 'duplicate', count: 2 });
    await told.ask(requests.place('a'));
    await truthOf(url);
    await told.until(() => told.reports.length === 6);
    expect(linesOf(told.reports)).toEqual(['a accept', 'a accept', 'a trade 10', 'a trade 10']);
    expect(told.reports[1]).toEqual(told.reports[0]);
  });

  it('disconnect breaks the lines of one account, and lets nobody in for a while', async () => {
    let onRefused: () => void = () => undefined;
    const refused = new Promise<void>((resolve) => {
      onRefused = resolve;
    });
    const warn = ({ reason }: LogFields): void => {
      if (reason === '503: account ikenna at sim is disconnected for a while') onRefused();
    };
    const logger = { ...SILENT, warn };
    const told = await connect('ikenna', { firstPauseMs: 5, longestPauseMs: 5, logger });
    const other = await connect('odum');
    await post(url, '/faults', { fault: 'disconnect', account: 'ikenna', forMs: 3_600_000 });
    await refused;
    expect(told.reports).toEqual([]);
    await fetch(`${url}/faults`, { method: 'DELETE' });
    await told.until(() => linesOf(told.reports).includes('reconnected'));
    await told.ask(requests.place('a'));
    expect(linesOf(told.reports)).toEqual(['reconnected', 'a accept', 'a trade 10']);
    await other.ask(requests.place('a'));
    expect(linesOf(other.reports)).toEqual(['a accept', 'a trade 10']);
  });

  it('that has not happened yet is listed, and can be taken back', async () => {
    await post(url, '/faults', { fault: 'late', lateMs: 5, count: 3 });
    const list = async (method: string) => (await fetch(`${url}/faults`, { method })).json();
    expect(await list('GET')).toEqual({ pending: [{ fault: 'late', lateMs: 5, count: 3 }] });
    expect(await list('DELETE')).toEqual({ pending: [] });
  });
});

describe('a price', () => {
  it('that is moved fills what waits for it, and stays where it is over a restart', async () => {
    const folder = newFolder();
    await simulator.close();
    simulator = await openSim(folder);
    ({ url } = simulator);
    const told = await connect('ikenna');
    await told.ask(requests.place('a', PRICE - 100));
    expect(await post(url, '/market', { exchange: 'sim', symbol: 'BTCUSDT', price: '98.5' })).toEqual({
      status: 200,
    });
    await told.until(() => linesOf(told.reports).includes('a trade 10'));
    await simulator.close();
    simulator = await openSim(folder);
    ({ url } = simulator);
    const again = await connect('ikenna');
    const trades = await again.ask(requests.place('b'));
    expect(trades).toContainEqual(
      expect.objectContaining({ type: 'trade', clientOrderId: 'b', lastPx: 9_851 }),
    );
  });

  it('that moves by itself is not moved by hand', async () => {
    await simulator.close();
    simulator = await openSim(newFolder(), { marketOf: () => moving(1) });
    ({ url } = simulator);
    expect(await post(url, '/market', { exchange: 'sim', symbol: 'BTCUSDT', price: '98.5' })).toEqual({
      status: 409,
      detail: 'the market of sim moves by itself: start it with --hold',
    });
  });
});

describe('exchanges that are started again', () => {
  it('stand where they stood, tell queries so, and never use an id twice', async () => {
    const folder = newFolder();
    await simulator.close();
    simulator = await openSim(folder);
    ({ url } = simulator);
    const port = Number(new URL(url).port);
    const told = await connect('ikenna', { firstPauseMs: 5 });
    await told.ask(requests.place('a'), requests.place('b', PRICE - 100), requests.queryPosition());
    const before = await truthOf(url);
    await simulator.close();
    simulator = await openSim(folder, { port });
    const after = await truthOf(url);
    expect(after.exchanges['sim']!.stateHash).toBe(before.exchanges['sim']!.stateHash);
    const { orders, positions, trades } = before.exchanges['sim']!.accounts['ikenna']!;
    expect(after.exchanges['sim']!.accounts['ikenna']).toMatchObject({ orders, positions, trades });
    await told.until(() => linesOf(told.reports).includes('reconnected'));
    await told.ask(requests.queryOrder('b'), requests.queryPosition());
    expect(linesOf(told.reports)).toContain('b is new');
    const facts = new Map(told.reports.map((report) => [report.id, report]));
    for (const report of told.reports) expect(report).toEqual(facts.get(report.id));
  });

  it('are refused where another process holds the folder', async () => {
    const folder = newFolder();
    const first = await openSim(folder);
    opened.push(first);
    await expect(openSim(folder)).rejects.toMatchObject({ kind: 'locked' });
  });

  it('are refused where the accounts are others', async () => {
    const folder = newFolder();
    await (await openSim(folder)).close();
    const exchanges = [{ ...SIM, accounts: SIM.accounts.slice(1) }];
    await expect(openSim(folder, { exchanges })).rejects.toThrow(
      'was written by an exchange with other accounts',
    );
    // And hold nothing then.
    await (await openSim(folder)).close();
  });

  it('are refused where the port is taken', async () => {
    const port = Number(new URL(url).port);
    await expect(openSim(newFolder(), { port })).rejects.toThrow(`port ${port} is taken`);
  });
});

describe('exchanges that cannot go on', () => {
  it('answer nothing any more, and tell', async () => {
    const failures: Error[] = [];
    let broken = false;
    const market: MarketPlan = {
      kind: 'held',
      open: (sink, from) => {
        const source = HELD.open(sink, from);
        const step = source.step.bind(source);
        return Object.assign(source, {
          step: () => {
            if (broken) throw new Error('the log is full');
            step();
          },
        });
      },
    };
    await simulator.close();
    simulator = await openSim(newFolder(), { marketOf: () => market }, (error) => failures.push(error));
    ({ url } = simulator);
    const told = await connect('ikenna', { timeoutMs: 50 });
    await told.ask(requests.place('a'));
    broken = true;
    await post(url, '/market', { exchange: 'sim', symbol: 'BTCUSDT', price: '98.5' });
    expect(failures).toEqual([new Error('the log is full')]);
    await told.ask(requests.place('b'));
    expect(linesOf(told.reports)).toEqual(['a accept', 'a trade 10', 'b place unknown']);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({
      status: 503,
      detail: 'the log is full',
    });
    expect((await truthOf(url)).exchanges['sim']!.accounts['ikenna']!.orders).not.toHaveProperty('b');
  });
});
