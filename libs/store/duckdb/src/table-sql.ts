import {
  REPORT_SQL_TYPES,
  type ReportColumn,
  type ReportColumnType,
  type ReportTable,
} from '@bowline/contracts';

/** What the CSV reader itself makes of a field; the rest is done in SQL, see {@link value}. */
const READ_AS: Readonly<Record<ReportColumnType, string>> = {
  ...REPORT_SQL_TYPES,
  decimal: 'VARCHAR',
  rounded: 'VARCHAR',
};

export function createTable(table: ReportTable): string {
  const columns = table.columns.map(
    (column) =>
      `${identifier(column.name)} ${REPORT_SQL_TYPES[column.type]}${column.nullable ? '' : ' NOT NULL'}`,
  );
  return `CREATE TABLE ${identifier(table.name)} (${columns.join(', ')})`;
}

export function insertFromCsv(table: ReportTable, csvPath: string): string {
  const columns = table.columns.map((column) => `${literal(column.name)}: ${literal(READ_AS[column.type])}`);
  const options = [
    'header = true',
    'auto_detect = false',
    "delim = ','",
    `quote = '"'`,
    `escape = '"'`,
    "nullstr = ''",
    // A quoted empty field is the empty text, an unquoted one is none.
    'allow_quoted_nulls = false',
    "new_line = '\\n'",
    "timestampformat = '%Y-%m-%dT%H:%M:%S.%gZ'",
    `columns = {${columns.join(', ')}}`,
  ];
  return [
    `INSERT INTO ${identifier(table.name)}`,
    `SELECT ${table.columns.map(value).join(', ')}`,
    `FROM read_csv(${literal(csvPath)}, ${options.join(', ')})`,
  ].join(' ');
}

/** The meaning of the table and of each column, as comments that `duckdb_columns()` shows. */
export function describeTable(table: ReportTable): string[] {
  const name = identifier(table.name);
  return [
    `COMMENT ON TABLE ${name} IS ${literal(table.meaning)}`,
    ...table.columns.map(
      (column) => `COMMENT ON COLUMN ${name}.${identifier(column.name)} IS ${literal(comment(column))}`,
    ),
  ];
}

/**
 * A field as a value of its column. Text to a 128-bit decimal costs a hundred times what a 64-bit one costs, so that
 * what fits the small one without rounding takes the way over it.
 */
function value(column: ReportColumn): string {
  const name = identifier(column.name);
  if (READ_AS[column.type] === REPORT_SQL_TYPES[column.type]) return name;
  const type = REPORT_SQL_TYPES[column.type];
  const point = `instr(${name}, '.')`;
  const fitsSmall = `${point} = 0 AND strlen(${name}) <= 10 OR ${point} BETWEEN 1 AND 11 AND strlen(${name}) - ${point} <= 8`;
  return `CASE WHEN ${fitsSmall} THEN ${name}::DECIMAL(18,8)::${type} ELSE ${name}::${type} END`;
}

function comment({ meaning, unit }: ReportColumn): string {
  return unit === '' ? meaning : `${meaning} [${unit}]`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
