import { InputError } from '@bowline/contracts';
import { parseDecimal } from '@bowline/domain';
import type { FundingRow } from '@bowline/ports';
import { withTable } from '../table/open-table.js';
import { readValues } from '../table/read-columns.js';
import { quoteName, timeSql, type TableColumn } from '../table/sql.js';
import { pickColumns, type Wanted } from '../table/table.js';
import { RowProblems, shown, TIME_HELP } from './problems.js';

/** The exchange's own archive calls them calc_time and last_funding_rate. */
const WANTED: Wanted<'time' | 'rate'> = {
  time: { names: ['time', 'timestamp', 'date', 'fundingTime', 'calcTime'], required: true },
  rate: { names: ['rate', 'fundingRate', 'lastFundingRate'], required: true },
};

/**
 * Reads funding rates from CSV or Parquet (plain, .gz, .zip) with the columns time and rate; others are left alone.
 * A rate is a fraction: 0.0001 is 0.01 %. Rows come back in the order of time.
 *
 * Throws an InputError with every bad row: no time, a time that is there twice, no rate, a rate of 100 % or more.
 */
export async function readFunding(path: string): Promise<FundingRow[]> {
  return withTable(path, { repair: false, json: false, exampleHeader: 'time,rate' }, async (table) => {
    const columns = pickColumns(table, WANTED);
    const timeColumn = columns.time as TableColumn;
    const rateColumn = columns.rate as TableColumn;
    const timeAsMs = timeSql(timeColumn, table.epochUnit);
    if (timeAsMs === null) {
      throw new InputError([
        `${path}: the column ${timeColumn.name} is of type ${timeColumn.type}, which holds no times`,
      ]);
    }
    const texts = [timeColumn, rateColumn].map(({ name }) => `${quoteName(name)}::VARCHAR`);
    const [times = [], timeTexts = [], rates = []] = await readValues(table, [timeAsMs, ...texts]);
    const problems = new RowProblems(table);
    const seen = new Set<number>();
    const funding: FundingRow[] = [];
    for (let row = 0; row < times.length; row++) {
      const time = Number(times[row]);
      const rate = String(rates[row] ?? '').trim();
      const timeText = String(timeTexts[row] ?? '').trim();
      if (!Number.isFinite(time)) {
        problems.add(
          row,
          timeText === '' ? 'time is empty' : `time ${shown(timeText)} is not a time (${TIME_HELP})`,
        );
      } else if (seen.has(time)) problems.add(row, `time ${timeText} is there twice; remove one of the two`);
      const wrong = rateProblem(rate);
      if (wrong !== null) problems.add(row, wrong);
      seen.add(time);
      funding.push({ time, rate });
    }
    await problems.throwIfAny();
    return funding.sort((a, b) => a.time - b.time);
  });
}

function rateProblem(text: string): string | null {
  if (text === '') return 'rate is empty';
  if (parseDecimal(text) === null) return `rate ${shown(text)} is not a number`;
  if (Math.abs(Number(text)) < 1) return null;
  return `rate ${text} is 100 % or more; a rate is a fraction: 0.0001 is 0.01 %`;
}
