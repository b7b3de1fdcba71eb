import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock, WorkFolder } from '@bowline/testkit';
import { account, instrument } from '../matching/scenario.spec-support.js';
import { ExchangeLogError } from './exchange-log.js';
import { MockScenario, PRICE, START } from './mock-exchange.spec-support.js';
import type { MockExchangeOptions } from './options.js';

function scenarioOf(options: Partial<MockExchangeOptions> = {}, now = START): MockScenario {
  return new MockScenario(new ManualClock(now), options);
}

const work = new WorkFolder('exchange-log');
const opened: MockScenario[] = [];
let folders = 0;

afterEach(async () => {
  for (const scenario of opened.splice(0)) await scenario.exchange.close();
});

function newFolder(): string {
  folders += 1;
  return work.at(`log-${folders}`);
}

function open(folder: string, options: Partial<MockExchangeOptions> = {}, now = START): MockScenario {
  const scenario = scenarioOf({ log: { folder }, ...options }, now);
  opened.push(scenario);
  return scenario;
}

/** A morning at the exchange: entries, a pair, a cancel, a stop that triggers, refusals, ticks that meet orders and ticks that do not. */
function trade(scenario: MockScenario): MockScenario {
  scenario.tick(PRICE);
  scenario.send('ikenna', scenario.place('a'), scenario.place('c', { limitPrice: 9_950 })).settle();
  scenario.send('ikenna', scenario.place('t', { side: 'SELL', limitPrice: 10_200, leg: 't' })).settle();
  scenario.send('ikenna', scenario.place('s', { side: 'SELL', stopPrice: 9_900, leg: 's' })).settle();
  scenario.send('odum', scenario.place('b', { side: 'SELL', limitPrice: 10_100, orderQty: 5 })).settle();
  scenario
    .tick(PRICE + 20)
    .tick(PRICE + 30)
    .settle();
  scenario.send('ikenna', scenario.amend('c', 7), scenario.cancel('nothing')).settle();
  scenario.tick(9_890).settle();
  scenario.send('odum', scenario.cancel('b'), scenario.place('d', { orderQty: 0 })).settle();
  return scenario;
}

describe('an exchange with a log', () => {
  it('stands where it stood when it is opened again', () => {
    const folder = newFolder();
    const before = trade(open(folder));
    const after = open(folder, {}, before.clock.now());
    expect(after.exchange.stateHash()).toBe(before.exchange.stateHash());
    expect(after.exchange.lastTime).toBe(before.exchange.lastTime);
    for (const name of ['ikenna', 'odum']) {
      expect(after.exchange.positions(name)).toEqual(before.exchange.positions(name));
      expect(after.exchange.openOrders(name)).toEqual(before.exchange.openOrders(name));
      expect(after.exchange.balances(name)).toEqual(before.exchange.balances(name));
    }
    // And goes on like the other: the same order has the same effect and the same ids.
    const goOn = (scenario: MockScenario): readonly string[] => {
      scenario.told.length = 0;
      scenario.tick(PRICE);
      scenario.send('odum', scenario.place('e'), scenario.queryPosition()).settle();
      return scenario.told
        .filter(({ report }) => report.id.startsWith('x'))
        .map(({ report }) => `${report.id} ${report.type}`);
    };
    const told = goOn(after);
    expect(told).toHaveLength(2);
    expect(told).toEqual(goOn(trade(scenarioOf())));
  });

  it('answers questions about what happened before', () => {
    const folder = newFolder();
    const before = trade(open(folder));
    const ask = (scenario: MockScenario): readonly string[] => {
      scenario.told.length = 0;
      scenario.send('ikenna', scenario.queryOrder('s'), scenario.queryPosition(), scenario.queryOrder('zzz'));
      return scenario.settle().lines();
    };
    const told = ask(open(folder, {}, before.clock.now()));
    expect(told).toContain('ikenna s is filled 10/10');
    expect(told).toContain('ikenna zzz is absent');
    expect(told).toEqual(ask(before));
  });

  it('loses what is on its way when it dies, and nothing that has arrived', async () => {
    const folder = newFolder();
    const before = open(folder).tick(PRICE);
    before.send('ikenna', before.place('arrived'));
    before.clock.advance(60);
    before.send('ikenna', before.place('travelling'));
    await before.exchange.close();
    expect(before.settle().lines()).toEqual([]);
    const after = open(folder, {}, before.clock.now());
    after.settle();
    expect(after.lines()).toEqual([]);
    after.send('ikenna', after.queryOrder('arrived'), after.queryOrder('travelling')).settle();
    expect(after.lines()).toEqual([
      'ikenna arrived trade 10@10001',
      'ikenna arrived is filled 10/10',
      'ikenna travelling is absent',
    ]);
  });

  it('gives no id twice, though what it says besides trades is not in the log', () => {
    const folder = newFolder();
    const ids: string[] = [];
    let now = START;
    for (let session = 0; session < 3; session += 1) {
      const scenario = open(folder, { rejectProbability: 0.5 }, now).tick(PRICE);
      scenario.send('ikenna', scenario.queryOrder('none'), scenario.queryPosition(999));
      for (let at = 0; at < 10; at += 1) scenario.send('ikenna', scenario.place(`o-${session}-${at}`));
      ids.push(...scenario.settle().told.map(({ report }) => report.id));
      now = scenario.clock.now();
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('opens on whatever the process left behind: it is where it was after the last whole command', async () => {
    const folder = newFolder();
    trade(open(folder));
    const whole = readFileSync(`${folder}/sim.jsonl`);
    const lines = whole.toString('utf8').split('\n').slice(0, -1);
    const openOn = async (content: Uint8Array): Promise<{ hash: string; left: string }> => {
      const torn = newFolder();
      mkdirSync(torn);
      writeFileSync(`${torn}/sim.jsonl`, content);
      const { exchange } = open(torn);
      await exchange.close();
      return { hash: exchange.stateHash(), left: readFileSync(`${torn}/sim.jsonl`, 'utf8') };
    };
    // By how many of its lines are whole.
    const states = [(await openOn(new Uint8Array())).hash];
    for (let count = 1; count <= lines.length; count += 1) {
      const content = Buffer.from(`${lines.slice(0, count).join('\n')}\n`);
      states.push((await openOn(content)).hash);
    }
    expect(states.at(-1)).toBe(opened[0].exchange.stateHash());
    expect(new Set(states).size).toBeGreaterThan(8);
    // Every byte of the tail, and what comes before here and there.
    const tail = whole.length - 500;
    for (let cut = 0; cut <= whole.length; cut += cut < tail ? 13 : 1) {
      const { hash, left } = await openOn(whole.subarray(0, cut));
      const complete = whole.subarray(0, cut).filter((byte) => byte === 0x0a).length;
      expect(hash).toBe(states[complete]);
      // The half line is gone, and what is written next stands on a line of its own.
      const written = left.split('\n').slice(0, -1);
      expect(written.slice(0, complete)).toEqual(lines.slice(0, complete));
      expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({ session: expect.any(Number) });
    }
  });

  it('goes on after a torn line, again and again', () => {
    const folder = newFolder();
    let now = START;
    for (let session = 0; session < 5; session += 1) {
      const scenario = open(folder, {}, now).tick(PRICE);
      scenario.send('ikenna', scenario.place(`o-${session}`)).settle();
      now = scenario.clock.now();
      appendFileSync(`${folder}/sim.jsonl`, '[1000,{"kind":"new","acc');
    }
    expect(open(folder, {}, now).exchange.signedQty('ikenna', 'BTCUSDT')).toBe(50);
  });

  it('keeps what a ratio, a draw or a fault made of the requests, not the draws', () => {
    const folder = newFolder();
    const before = trade(
      open(folder, { fillRatio: 0.3, rejectProbability: 0.2, latencySpreadMs: 20, seed: 4 }),
    );
    expect(open(folder, {}, before.clock.now()).exchange.stateHash()).toBe(before.exchange.stateHash());
  });
});

describe('a log that cannot be used', () => {
  const used = (): string => {
    const folder = newFolder();
    trade(open(folder));
    return folder;
  };
  const replaceLine = (at: number, text: string): string => {
    const folder = used();
    const path = `${folder}/sim.jsonl`;
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[at - 1] = text;
    writeFileSync(path, lines.join('\n'));
    return folder;
  };

  it.each<[string, Partial<MockExchangeOptions>]>([
    ['accounts', { accounts: [account('ikenna'), account('odum', { hedgeMode: true })] }],
    ['instruments', { instruments: [instrument({ tickSize: '0.1' })] }],
    ['rules', { marginCheck: true }],
  ])('says that it was written with other %s', (part, options) => {
    const folder = used();
    const opening = (): unknown => open(folder, options);
    expect(opening).toThrow(ExchangeLogError);
    expect(opening).toThrow(
      `${folder}/sim.jsonl: was written by an exchange with other ${part}; go on with those, or begin anew in an empty folder`,
    );
    expect(open(folder).exchange.lastTime).not.toBeNull();
  });

  it.each([
    ['is no JSON', 5, '[1000050,{"kind":"ne'],
    ['is no command', 5, '7'],
    ['comes before the one that was earlier', 8, '[5,{"kind":"markPrice","symbol":"BTCUSDT","price":7}]'],
    ['is of no symbol that there is', 5, '[1000050,{"kind":"markPrice","symbol":"DOGE","price":7}]'],
    ['is no beginning', 1, '{"format":"something else"}'],
  ])('names a line that %s', (_what, at, text) => {
    const folder = replaceLine(at, text);
    const opening = (): unknown => open(folder);
    expect(opening).toThrow(
      `${folder}/sim.jsonl, line ${at}: is not what the exchange wrote; put a copy of the file in its place, or begin anew in an empty folder`,
    );
  });

  it('names a folder that is a file', () => {
    const folder = work.file('not-a-folder', 'x');
    expect(() => open(folder)).toThrow(/not-a-folder\/sim\.jsonl: cannot be read or written \(\w+\)/);
  });

  it('stops the exchange when a line cannot be written', () => {
    const folder = newFolder();
    const scenario = open(folder).tick(PRICE);
    scenario.send('ikenna', scenario.place('a')).settle();
    closeBehindItsBack(`${folder}/sim.jsonl`);
    opened.length = 0;
    scenario.send('ikenna', scenario.place('b'));
    expect(() => scenario.settle()).toThrow(/cannot be read or written \(EBADF\)/);
    scenario.send('ikenna', scenario.place('c'));
    expect(() => scenario.settle()).toThrow(/an earlier line could not be written/);
    expect(scenario.exchange.signedQty('ikenna', 'BTCUSDT')).toBe(10);
    expect(open(folder).exchange.signedQty('ikenna', 'BTCUSDT')).toBe(10);
  });

  it('is no more written to once it is closed', async () => {
    const folder = newFolder();
    const scenario = open(folder).tick(PRICE);
    await scenario.exchange.close();
    scenario.send('ikenna', scenario.place('a'), scenario.queryOrder('a')).settle();
    expect(scenario.lines()).toEqual([]);
    const waiting = scenario.place('b', { limitPrice: 9_900 });
    const reopened = open(folder, {}, scenario.clock.now()).tick(PRICE).send('ikenna', waiting).settle();
    await reopened.exchange.close();
    expect(() => reopened.tick(9_800)).toThrow(`${folder}/sim.jsonl: is closed`);
  });
});

/** Closes the descriptor that this process has open on a file, as no code of ours would. */
function closeBehindItsBack(path: string): void {
  const { ino } = statSync(path);
  for (let file = 3; file < 1_000; file += 1) if (inodeOf(file) === ino) return closeSync(file);
  throw new Error(`${path} is not open`);
}

function inodeOf(file: number): number | null {
  try {
    return fstatSync(file).ino;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBADF') return null;
    throw error;
  }
}
