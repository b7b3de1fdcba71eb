import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { parseConfig } from '@bowline/contracts';
import { draw } from '@bowline/exchange-simulator';
import type { WorkFolder } from '@bowline/testkit';
import { isOneOutcome, KilledDeskLaws } from '../live/killed-desk-laws.spec-support.js';
import { command, SignalSender, type SentSignal } from '../live/killed-desk.spec-support.js';
import { storeRows } from '../live/started-desk.spec-support.js';
import { booksOf, readStoppedDesk } from './stopped-desk.spec-support.js';
import { settled, UpDesk } from './up-desk.spec-support.js';

const STRATEGIES = ['alpha', 'beta', 'gamma'];
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];

const client = `
    exchanges: { sim: { accountBalance: 1000000 } }
    riskParams: { takeProfitPct: 0.3, stopLossPct: 0.3 }
    orderParams: { sizing: { fixedNotional: 1000 } }`;
const CONFIG = `
environment: local-integration
clients:
  ikenna:${client}
  odum:${client}
instruments:
  BTCUSDT: { tickSize: 0.1, lotSize: 0.001, minNotional: 5 }
  ETHUSDT: { tickSize: 0.01, lotSize: 0.001, minNotional: 5 }
process: { logLevel: WARN }
`;

export interface KillPlan {
  readonly name: string;
  readonly kills: number;
  readonly loadMs: number;
  /** Whose order or fill it is shows in the journals once nothing has moved for so long. */
  readonly restMs: number;
  /** Of the configuration: which bus. */
  readonly messaging: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The bus may fail to hand over what it has taken: then only what is there twice counts, and not what is missing. */
  readonly mayStick?: boolean;
  /** Called once the desk is up. */
  readonly onUp?: () => Promise<void>;
  /** Called once nobody is killed any more, and all roles have died once more. */
  readonly onCalm?: () => Promise<void>;
}

/**
 * Lets a desk of processes trade under load while any of its roles are killed at random, closes everything by command, and
 * compares what the exchange has seen with what the journals and the store say.
 */
export async function killDesk(work: WorkFolder, plan: KillPlan): Promise<void> {
  const { env = {}, kills, loadMs, mayStick = false, messaging, name, onCalm, onUp, restMs } = plan;
  const dir = work.at(name);
  const text = `${CONFIG}${messaging}\n`;
  const path = work.file(`${name}.yaml`, text);
  const config = parseConfig(text, path);
  const args = ['--config', path, '--dir', dir, '--speed', '60', '--seed', '3'];
  const desk = await UpDesk.start(args, env);
  await onUp?.();
  const laws = new KilledDeskLaws(config);
  let draws = 0;
  const random = (): number => draw(11, 'up', (draws += 1));
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let sent = 0;
  const sender = new SignalSender((): SentSignal => ({
    id: `s-${(sent += 1)}`,
    strategyId: oneOf(STRATEGIES),
    symbol: oneOf(SYMBOLS),
    signal: oneOf([1, -1, 1, -1, 0] as const),
  }));
  const over = new AbortController();
  const sending = (async () => {
    while (!over.signal.aborted) {
      await sender.sendTo(desk.signals, over.signal);
      await sleep(20);
    }
  })();

  const roles = desk.roles.sort();
  const started = desk.count;
  const byRole = new Map(roles.map((role) => [role, 0]));
  const began = performance.now();
  let killed = 0;
  while (killed < kills || performance.now() - began < loadMs) {
    await sleep(random() * 2 * (loadMs / kills));
    const role = oneOf(roles);
    if (!desk.kill(role)) continue;
    killed += 1;
    byRole.set(role, byRole.get(role)! + 1);
  }
  over.abort();
  await sending;
  await desk.allUp(started);
  if (onCalm !== undefined) {
    for (const role of roles) if (desk.kill(role)) byRole.set(role, byRole.get(role)! + 1);
    await desk.until(() => desk.count < started);
    await desk.allUp(started);
    await sleep(restMs);
    await onCalm();
  }

  // Nobody sends any more, and the market stands still for nobody: what is open is closed by command.
  const trading = await settled(async () => positionsOf(await desk.truth()), restMs);
  expect(Object.keys(trading)).toEqual(['ikenna', 'odum']);
  for (let round = 0; round < (mayStick ? 1 : 5); round += 1) {
    await heard(desk.url, { type: 'trading_state', state: 'HALTED', all: true });
    await heard(desk.url, { type: 'close', all: true });
    const left = await settled(async () => openOf(await desk.truth()), restMs);
    if (left.every((count) => count === 0)) break;
  }
  // Accounts are compared with their exchanges every minute.
  const truth = (await desk.truth()).exchanges;
  const { stderr } = await desk.stop();

  expect(stderr.split('\n').filter((line) => /\| error /.test(line))).toEqual([]);
  const orders = Object.values(truth['sim']!.accounts).flatMap((account) => Object.entries(account.orders));
  expect(orders.length).toBeGreaterThan(kills);
  expect(orders.filter(([, { accepted, duplicates }]) => accepted > 1 || duplicates > 0)).toEqual([]);

  const read = await readStoppedDesk(dir, config);
  const held = { desk: read, exchanges: booksOf(truth) };
  const broken = mayStick
    ? laws.bookedTwice(held)
    : [...laws.faults(held), ...laws.remains(held), ...laws.misbooked(held)];
  await read.close();
  expect(broken).toEqual([]);

  const decided = await outcomesIn(join(dir, 'analytics', 'desk.duckdb'));
  const lost = [...sender.answered.values()].flatMap(({ clients, sent: { id } }) =>
    clients.flatMap((clientId) => {
      const outcomes = decided.get(`${clientId} ${id}`) ?? [];
      if (isOneOutcome(outcomes) || (mayStick && outcomes.length === 0)) return [];
      return [`${clientId} ${id}: ${outcomes.join()}`];
    }),
  );
  expect(lost).toEqual([]);
  expect(sender.answered.size).toBeGreaterThan(kills);
  expect([...byRole.values()].every((count) => count > 0)).toBe(true);
}

/** Gives a command until somebody is there to take it: who takes them may have been killed last, and still be starting. */
async function heard(url: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const began = performance.now();
  while (!(await command(url, body))) {
    if (performance.now() - began > 60_000) throw new Error('nobody takes commands for a minute');
    await sleep(100);
  }
}

/** What became of the signals, oldest first, by client and signal, as analytics has heard it. */
async function outcomesIn(database: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await storeRows(
    database,
    'select client_id, signal_id, outcome from signals order by sequence',
  );
  const outcomes = new Map<string, string[]>();
  for (const { client_id: client, outcome, signal_id: id } of rows) {
    const key = `${String(client)} ${String(id)}`;
    const said = outcome === 'closing' ? 'close_ordered' : String(outcome);
    outcomes.set(key, [...(outcomes.get(key) ?? []), said]);
  }
  return outcomes;
}

type Truth = Awaited<ReturnType<UpDesk['truth']>>;

function positionsOf({ exchanges }: Truth) {
  return Object.fromEntries(
    Object.entries(exchanges['sim']!.accounts).map(([account, { orders, positions }]) => [
      account,
      { positions, orders: Object.keys(orders).length },
    ]),
  );
}

/** What is open of each account: positions and orders. */
function openOf({ exchanges }: Truth): number[] {
  return Object.values(exchanges['sim']!.accounts).map(
    ({ openOrders, positions }) => openOrders.length + positions.length,
  );
}
