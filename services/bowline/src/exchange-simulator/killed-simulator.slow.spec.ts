import { describe, expect, it } from '@jest/globals';
import type { ExchangeReport } from '@bowline/ports';
import { WorkFolder } from '@bowline/testkit';
import {
  clientOf,
  configOf,
  placeBelow,
  queryOrder,
  SimulatorProcess,
  Told,
} from './simulator-process.spec-support.js';

const KILLS = 6;
/** Orders between two kills, more or less. */
const ORDERS = 400;
const IN_FLIGHT = 20;

describe('an exchange simulator that is killed while it is traded at', () => {
  it('answers every request, has every order once, and forgets none that it has told of', async () => {
    const config = work.file('bowline.yaml', configOf(1));
    let simulator = await SimulatorProcess.start(config, work.at('data'));
    const client = clientOf(simulator.url, 'c1', { firstPauseMs: 5, longestPauseMs: 50, timeoutMs: 2_000 });
    const told = new Told();
    await client.connect((report) => told.push(report));
    const placed: string[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const last = placed.length + ORDERS + kill * 13;
      let answered = 0;
      while (placed.length < last) {
        const id = `order-${placed.length}`;
        placed.push(id);
        client.send(placeBelow(id));
        while (client.unanswered >= IN_FLIGHT) await told.next();
        answered += 1;
        if (answered === ORDERS / 2) simulator.child.kill('SIGKILL');
      }
      await simulator.kill();
      const { port } = simulator;
      const reconnected = told.reports.filter(isReconnected).length;
      simulator = await SimulatorProcess.start(config, work.at('data'), port);
      while (told.reports.filter(isReconnected).length === reconnected) await told.next();
    }
    while (client.unanswered > 0) await told.next();
    const answers = new Map(told.reports.flatMap((report) => answerTo(report)));
    expect(placed.filter((id) => !answers.has(id))).toEqual([]);
    const { orders } = (await simulator.truth()).accounts['c1']!;
    expect(Object.values(orders).filter(({ accepted }) => accepted !== 1)).toEqual([]);
    const lost = placed.filter((id) => answers.get(id) === 'accept' && orders[id] === undefined);
    expect(lost).toEqual([]);
    const doubtful = placed.filter((id) => answers.get(id) === 'unknown');
    expect(doubtful.length).toBeGreaterThan(0);
    told.reports.length = 0;
    for (const id of doubtful) client.send(queryOrder(id));
    while (client.unanswered > 0) await told.next();
    const known = told.reports.flatMap((report) =>
      report.type === 'order_status' ? [report.clientOrderId] : [],
    );
    expect(known).toEqual(doubtful.filter((id) => orders[id] !== undefined));
    await client.close();
    await simulator.kill('SIGTERM');
    expect(simulator.child.exitCode).toBe(0);
  }, 120_000);
});

const work = new WorkFolder('killed-simulator');

function isReconnected({ type }: ExchangeReport): boolean {
  return type === 'reconnected';
}

/** Which place request a report answers, and how. */
function answerTo(report: ExchangeReport): [string, 'accept' | 'unknown'][] {
  if (report.type === 'order' && report.execType === 'accept') return [[report.clientOrderId, 'accept']];
  if (report.type === 'request_unknown' && report.clientOrderId !== null)
    return [[report.clientOrderId, 'unknown']];
  return [];
}
