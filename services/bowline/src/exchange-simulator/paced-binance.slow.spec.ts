import { expect, it } from '@jest/globals';
import { PacedClient, SystemClock } from '@bowline/engine';
import type { ExchangeReport } from '@bowline/ports';
import { WorkFolder } from '@bowline/testkit';
import { about, BinanceBench, limitAt, place, PRICE } from './binance-usdm.spec-support.js';

const work = new WorkFolder('paced-binance');
/** Orders that the exchange takes in ten seconds, and how many are wanted at once. */
const BUDGET = 10;
const WANTED = 30;

it('sends no more orders than the exchange takes, and cancels do not wait behind entries', async () => {
  const bench = await BinanceBench.open(work.at('exchange'), false, { ordersPer10Seconds: BUDGET });
  const paced = new PacedClient(bench.client, new SystemClock(), { idPrefix: 'spec' });
  const told: ExchangeReport[] = [];
  let look: () => void = () => undefined;
  await paced.connect((report) => {
    told.push(report);
    look();
  });
  const accepted = (): string[] =>
    told.flatMap((report) =>
      report.type === 'order' && report.execType === 'accept' ? [report.clientOrderId] : [],
    );
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (isSo()) resolve();
      };
      look();
    });
  const names = Array.from({ length: WANTED }, (_, at) => `entry-${at}`);
  for (const name of names) paced.send(place(name, limitAt(PRICE - 1_000)));
  await until(() => accepted().length > 0);
  // Most of the entries still wait: what closes goes before them.
  paced.send(about('cancel', 'entry-0'));
  await until(() => told.some((report) => report.type === 'order' && report.execType === 'cancel'));
  expect(accepted().length).toBeLessThan(WANTED / 2);
  expect(paced.queued().open).toBeGreaterThan(WANTED / 2);

  await until(() => accepted().length === WANTED);
  expect(accepted()).toEqual(names);
  expect(told.filter(({ type }) => type === 'request_unknown' || type === 'request_refused')).toEqual([]);
  expect(told.filter((report) => report.type === 'order' && report.execType === 'reject')).toEqual([]);
  const { orders } = await bench.truth();
  expect(Object.values(orders).map(({ accepted: count }) => count)).toEqual(names.map(() => 1));
  await paced.close();
  await bench.close();
}, 180_000);
