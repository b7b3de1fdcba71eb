import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InputError } from '@bowline/contracts';
import fc from 'fast-check';
import { readBars } from './read-bars.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bowline-spec-'));
});
afterAll(() => rm(folder, { recursive: true }));

const HEADER = 'time,open,high,low,close,volume';
const MINUTE = 60_000;
const row = (minute: number, ...fields: (number | string)[]): string =>
  [minute * MINUTE + 1e12, ...fields].join(',');

async function fileOf(rows: readonly string[]): Promise<string> {
  const path = join(folder, 'bars.csv');
  await writeFile(path, [HEADER, ...rows].join('\n'));
  return path;
}

async function repaired(...rows: string[]) {
  const path = await fileOf(rows);
  const read = await readBars(path, { repair: true });
  const { columns, notes } = read;
  const bars = Array.from({ length: columns.length }, (_, at) =>
    [
      (columns.openTime[at] - 1e12) / MINUTE,
      columns.open[at],
      columns.high[at],
      columns.low[at],
      columns.close[at],
      columns.volume[at],
    ].join(','),
  );
  return {
    bars,
    notes: notes.map((note) => note.replace(`${path}: `, '')),
    warnings: read.warnings.map((text) => text.replace(`${path}: `, '')),
  };
}

describe('repair', () => {
  it('does nothing to sound bars, and says nothing', async () => {
    expect(await repaired(row(0, 1, 2, 1, 2, 5), row(1, 2, 3, 1, 1, 0))).toEqual({
      bars: ['0,1,2,1,2,5', '1,2,3,1,1,0'],
      notes: [],
      warnings: [],
    });
  });

  it('sorts by time', async () => {
    const { bars, notes } = await repaired(
      row(2, 1, 1, 1, 1, 1),
      row(0, 2, 2, 2, 2, 1),
      row(1, 3, 3, 3, 3, 1),
    );
    expect(bars).toEqual(['0,2,2,2,2,1', '1,3,3,3,3,1', '2,1,1,1,1,1']);
    expect(notes).toEqual(['sorted by time: 2 rows stood after a later one']);
  });

  it('keeps the first of several rows with one time, and says which differed', async () => {
    const { bars, notes } = await repaired(
      row(0, 1, 1, 1, 1, 1),
      row(0, 1, 1, 1, 1, 1),
      row(1, 2, 2, 2, 2, 1),
      row(0, 9, 9, 9, 9, 1),
    );
    expect(bars).toEqual(['0,1,1,1,1,1', '1,2,2,2,2,1']);
    expect(notes).toEqual([
      'sorted by time: 1 row stood after a later one',
      'dropped 2 rows whose time was there already (1 of them with other values), keeping the first',
    ]);
  });

  it.each([
    ['an empty field', row(1, 1, 2, '', 1, 1)],
    ['NaN', row(1, 'NaN', 2, 1, 1, 1)],
    ['no time', ',1,2,1,1,1'],
    ['a price of 0', row(1, 1, 2, 0, 1, 1)],
    ['infinity', row(1, 1, 'inf', 1, 1, 1)],
    ['high below low', row(1, 1.5, 1, 2, 1.5, 1)],
    ['a negative volume', row(1, 1, 2, 1, 1, -1)],
    ['too few fields', '1000000060000,1,2'],
    ['too many fields', row(1, 1, 2, 1, 1, 1, 7)],
    ['a quote that is not closed', row(1, '"1', 2, 1, 1, 1)],
  ])('drops a row with %s and invents none', async (_what, bad) => {
    const { bars, notes, warnings } = await repaired(
      row(0, 1, 2, 1, 2, 5),
      bad,
      row(2, 2, 3, 1, 1, 0),
      row(3, 2, 3, 1, 1, 0),
    );
    expect(bars).toEqual(['0,1,2,1,2,5', '2,2,3,1,1,0', '3,2,3,1,1,0']);
    expect(notes).toEqual(['dropped 1 row with an unusable field']);
    expect(warnings).toEqual([
      'gap of 2 minutes from 2001-09-09T01:46:40.000Z to 2001-09-09T01:48:40.000Z, before line 4 (1 bar is missing)',
    ]);
  });

  it('widens high and low to hold open and close', async () => {
    const { bars, notes } = await repaired(
      row(0, 5, 4, 2, 3, 1),
      row(1, 3, 4, 2, 1, 1),
      row(2, 3, 4, 2, 3, 1),
    );
    expect(bars).toEqual(['0,5,5,2,3,1', '1,3,4,1,1,1', '2,3,4,2,3,1']);
    expect(notes).toEqual(['widened high or low of 2 rows to hold open and close']);
  });

  it('refuses where not enough is left', async () => {
    const path = await fileOf([row(0, 1, 1, 1, 1, 1), row(0, 1, 1, 1, 1, 1)]);
    await expect(readBars(path, { repair: true })).rejects.toThrow(
      new InputError([`${path}: there is one usable bar; at least two are needed to tell the interval`]),
    );
  });

  it('gives a valid series back from any shuffled and partly doubled copy of it', async () => {
    const price = fc.integer({ min: 1, max: 10_000_000 }).map((cents) => cents / 100);
    const bar = fc
      .record({
        prices: fc.array(price, { minLength: 4, maxLength: 4 }),
        step: fc.constantFrom(1, 1, 1, 3),
        volume: fc.nat(1000),
      })
      .map(({ prices: [a, b, c, d], step, volume }) => ({
        step,
        fields: [a, Math.max(a, b, c, d), Math.min(a, b, c, d), b, volume],
      }));
    const series = fc.array(bar, { minLength: 2, maxLength: 30 }).chain((bars) => {
      let minute = 0;
      const rows = bars.map(({ step, fields }) => row((minute += step), ...fields));
      const copies = fc
        .subarray(rows)
        .chain((doubled) =>
          fc.shuffledSubarray([...rows, ...doubled], { minLength: rows.length + doubled.length }),
        );
      return fc.record({ rows: fc.constant(rows), copies });
    });
    await fc.assert(
      fc.asyncProperty(series, async ({ rows, copies }) => {
        const wanted = await readBars(await fileOf(rows));
        const { columns, priceScale, warnings } = await readBars(await fileOf(copies), { repair: true });
        expect(columns).toEqual(wanted.columns);
        expect(priceScale).toBe(wanted.priceScale);
        expect(warnings).toHaveLength(wanted.warnings.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the rhythm of bars', () => {
  it('takes the most frequent step for the interval, and warns of gaps and of bars that are too close', async () => {
    const path = await fileOf([0, 5, 10, 15, 45, 50, 52].map((minute) => row(minute, 1, 1, 1, 1, 1)));
    const { columns, warnings } = await readBars(path);
    expect(columns.intervalMs).toBe(5 * MINUTE);
    expect(warnings).toEqual([
      `${path}: gap of 30 minutes from 2001-09-09T02:01:40.000Z to 2001-09-09T02:31:40.000Z, before line 6 (5 bars are missing)`,
      `${path}: 1 bar follows sooner than the interval of 5 minutes`,
    ]);
  });

  it('lists five gaps and counts the rest', async () => {
    const minutes = Array.from({ length: 40 }, (_, at) => at + Math.floor(at / 4));
    const { warnings } = await readBars(await fileOf(minutes.map((minute) => row(minute, 1, 1, 1, 1, 1))));
    expect(warnings).toHaveLength(6);
    expect(warnings[5]).toMatch(/: and 4 more gaps$/);
  });

  it('takes the shorter of two steps that are as frequent', async () => {
    const { columns } = await readBars(await fileOf([0, 2, 3].map((minute) => row(minute, 1, 1, 1, 1, 1))));
    expect(columns.intervalMs).toBe(MINUTE);
  });
});

it('leaves no unpacked copy behind, neither on success nor on failure', async () => {
  await readBars(await fileOf([row(0, 1, 1, 1, 1, 1), row(1, 1, 1, 1, 1, 1)]));
  await expect(readBars(await fileOf(['x']))).rejects.toThrow(InputError);
  const names = await readdir(tmpdir());
  expect(names.filter((name) => name.startsWith(`bowline-${process.pid}-`))).toEqual([]);
});
