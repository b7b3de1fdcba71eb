import { LIVE_SQL_TYPES, type LiveTable } from './columns.js';
import { columnName, LIVE_TABLE_NAMES, LIVE_TABLES } from './index.js';

/** The page docs/reference/store.md: every table of the live store with its columns. */
export function storeReference(): string {
  return [
    '# The live store',
    '',
    'Made from the code by `node tools/docs.mjs`; do not edit.',
    '',
    'What analytics keeps of a running desk, as a DuckDB database (default: `bowline-data/desk.duckdb`). Rows are written',
    'in batches, about once a second, and a message is acknowledged once its batch is durable: what was told again changes',
    'nothing. Amounts are exact, times are UTC. The meaning of every table and column is its comment in the database.',
    '',
    'DuckDB lets one process write a file, and no other read it meanwhile. Of a running desk, `bowline report --url URL` and',
    '`GET /v1/database` give a copy; once the desk has stopped, the file can be read by anything that reads DuckDB.',
    '',
    'Besides, `store_info` says which version of these tables the file has, and `seen_messages` which messages are in it.',
    '',
    '| table | what |',
    '| --- | --- |',
    ...LIVE_TABLE_NAMES.map((name) => `| [${name}](#${name}) | ${LIVE_TABLES[name].meaning} |`),
    ...LIVE_TABLE_NAMES.flatMap((name) => section(name, LIVE_TABLES[name])),
    '',
  ].join('\n');
}

function section(name: string, { columns, key, meaning }: LiveTable): string[] {
  const rows = Object.entries(columns).map(([field, { meaning: says, nullable, type, unit }]) => {
    const named = columnName(field);
    const cells = [
      key.includes(field) ? `**${named}**` : named,
      LIVE_SQL_TYPES[type],
      unit,
      nullable ? 'yes' : '',
      says,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '',
    `## ${name}`,
    '',
    `${meaning} The columns in bold name a row.`,
    '',
    '| column | type | unit | may be null | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
}
