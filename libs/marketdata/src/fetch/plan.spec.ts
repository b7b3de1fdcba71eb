import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { archivePath, daysOf, planArchives } from './plan.js';

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const NOW = Date.parse('2021-06-10T12:00:00Z');
const plan = (from: string, to: string): string[] =>
  planArchives(Date.parse(from), Date.parse(to), NOW).archives.map(({ period }) => period);

describe('the archives of a range', () => {
  it.each([
    ['a whole month', '2021-04-01', '2021-05-01', ['2021-04']],
    ['a part of a month', '2021-04-28', '2021-05-01', ['2021-04-28', '2021-04-29', '2021-04-30']],
    ['a month and what lies around it', '2021-03-31', '2021-05-02', ['2021-03-31', '2021-04', '2021-05-01']],
    ['hours', '2021-04-20T10:00Z', '2021-04-21T02:00Z', ['2021-04-20', '2021-04-21']],
    ['a month from its second minute on', '2021-02-01T00:01Z', '2021-02-02', ['2021-02-01']],
    ['this month, which is not over', '2021-06-08', '2021-07-01', ['2021-06-08', '2021-06-09']],
    ['over the turn of a year', '2020-12-31', '2021-02-01', ['2020-12-31', '2021-01']],
  ])('of %s', (_what, from, to, periods) => {
    expect(plan(from, to)).toEqual(periods);
  });

  it('ends where the exchange has not published yet', () => {
    expect(planArchives(day('2021-06-01'), day('2021-06-30'), NOW).unpublishedFromMs).toBe(day('2021-06-10'));
    expect(planArchives(day('2021-06-01'), day('2021-06-10'), NOW).unpublishedFromMs).toBeNull();
    expect(planArchives(day('2021-06-10') + 60_000, day('2021-06-11'), NOW).unpublishedFromMs).toBe(
      day('2021-06-10') + 60_000,
    );
  });

  it('cover it without overlap and without a hole', () => {
    const instant = fc.integer({ min: day('2019-01-01'), max: day('2021-06-09') });
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
        const { archives } = planArchives(from, to, NOW);
        expect(archives[0].fromMs).toBeLessThanOrEqual(from);
        expect(archives.at(-1)?.toMs).toBeGreaterThanOrEqual(to);
        for (let at = 1; at < archives.length; at++) expect(archives[at].fromMs).toBe(archives[at - 1].toMs);
      }),
    );
  });

  it('lie where the exchange has put them', () => {
    const [month] = planArchives(day('2021-04-01'), day('2021-05-01'), NOW).archives;
    expect(archivePath('BTCUSDT', '1m', month)).toBe(
      'data/futures/um/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2021-04.zip',
    );
    const days = daysOf(month);
    expect(days).toHaveLength(30);
    expect(archivePath('BTCUSDT', '1m', days[29])).toBe(
      'data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2021-04-30.zip',
    );
  });
});
