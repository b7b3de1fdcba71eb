import {
  REPORT_SQL_TYPES,
  REPORT_TABLES,
  type ReportColumn,
  type ReportColumnType,
  type ReportTable,
} from '@bowline/contracts';

/** The page docs/reference/files.md: every file of a report with its columns, made from the table that writes them. */
export function filesReference(): string {
  return [
    '# The files of a report',
    '',
    'Made from the code by `node tools/docs.mjs`; do not edit.',
    '',
    '`bowline backtest --out DIR` writes these files into DIR, and so do `bowline simulate`, and `bowline report` with what a',
    'desk did. They appear together once all are written; a run that fails leaves DIR as it was. The same command writes the',
    'same bytes, whatever `--workers` says; only `elapsedMs` and `barsPerSecond` in summary.json differ, and bowline.duckdb is',
    'the same in what it holds.',
    '',
    '| file | what |',
    '| --- | --- |',
    ...Object.values(REPORT_TABLES).map(
      (table) => `| [${table.file}](#${anchor(table.file)}) | ${table.meaning} |`,
    ),
    '| summary.json | What `--json` prints: totals and figures; its [schema](backtest-summary.schema.json). |',
    '| bowline.duckdb | The same tables as a DuckDB database, filled from the CSV files; meanings are column comments. |',
    '| report.html | Charts and tables in one file that needs no network. |',
    '',
    'CSV files are UTF-8, comma-separated, quoted by RFC 4180, with a header and a line feed after each row. An empty',
    'field means that there is none; an empty text is `""`. Columns keep their place: new ones come last.',
    '',
    '| type | written as | in bowline.duckdb |',
    '| --- | --- | --- |',
    ...Object.entries(WRITTEN_AS).map(
      ([type, how]) => `| ${type} | ${how} | ${REPORT_SQL_TYPES[type as ReportColumnType]} |`,
    ),
    ...Object.values(REPORT_TABLES).flatMap(section),
    '',
  ].join('\n');
}

const WRITTEN_AS: Readonly<Record<ReportColumnType, string>> = {
  text: 'as it is',
  integer: 'a whole number',
  decimal: 'an exact decimal, the shortest text of it: `45000`, `-0.25`',
  rounded: 'rounded half-even to 4 decimals: `6.6667`',
  seconds: 'seconds, with milliseconds where there are any: `120`, `0.25`',
  time: 'UTC with milliseconds: `2021-05-19T12:00:00.000Z`',
};

function section({ file, meaning, columns }: ReportTable): string[] {
  return [
    '',
    `## ${file}`,
    '',
    meaning,
    '',
    '| column | type | unit | may be empty | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...columns.map(row),
  ];
}

function row({ name, type, unit, nullable, meaning }: ReportColumn): string {
  return `| ${name} | ${type} | ${unit} | ${nullable ? 'yes' : ''} | ${meaning} |`;
}

/** The anchor that a heading of this text gets on GitHub. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
