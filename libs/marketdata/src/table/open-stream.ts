import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '@bowline/contracts';
import { readValues } from './read-columns.js';
import { quoteText } from './sql.js';
import type { Table } from './table.js';

const LISTED_PROBLEMS = 10;
/** Far longer than any message: the whole book of a busy market is some 50 kB. */
const LONGEST_LINE = 1 << 24;

/**
 * Opens a recording of an exchange's streams, one message a line, `<when it came> {"stream":...,"data":{...}}`: its
 * trades are the rows, with the columns time, price, and quantity. What else was recorded is passed over.
 * Throws an InputError where a line is no message, or where trades of several symbols are in it.
 */
export async function openStream(connection: DuckDBConnection, path: string, label: string): Promise<Table> {
  const lines = `read_csv(${quoteText(path)}, auto_detect = false, header = false, delim = '\u0001', quote = '', escape = '',
    columns = {line: 'VARCHAR'}, max_line_size = ${LONGEST_LINE}, strict_mode = false)`;
  // Numbered in the order of the file, which an unordered window keeps.
  const messages = `(SELECT row_number() OVER () AS number, substr(line, instr(line, ' ') + 1) AS message FROM ${lines})`;
  const field = (name: string): string => `json_extract_string(message, '$.data.${name}')`;
  // Liquidations by the exchange itself come by the same stream, at prices that no market has made.
  const trades = `(SELECT number, ${field('s')} AS symbol, ${field('T')} AS time, ${field('p')} AS price, ${field('q')} AS quantity
    FROM ${messages} WHERE ${field('e')} = 'trade' AND coalesce(${field('X')}, 'MARKET') = 'MARKET')`;
  const table: Table = {
    label,
    connection,
    columns: ['time', 'price', 'quantity'].map((name) => ({ name, type: 'VARCHAR' })),
    from: trades,
    rows: null,
    epochUnit: 'milliseconds',
    placesOf: (rows) => linesOf(table, rows),
  };
  await refuseDamaged({ ...table, from: messages });
  await refuseMixed(table);
  return table;
}

/** A line that the recorder did not finish, most often the last one. */
async function refuseDamaged(messages: Table): Promise<void> {
  const damaged = 'WHERE NOT json_valid(message)';
  const [[total = 0] = []] = await readValues(messages, ['count(*)::DOUBLE'], damaged);
  if (total === 0) return;
  const [numbers = []] = await readValues(
    messages,
    ['number::DOUBLE'],
    `${damaged} LIMIT ${LISTED_PROBLEMS}`,
  );
  const { label } = messages;
  const problems = numbers.map(
    (number) => `${label}, line ${Number(number)}: is no whole message of a stream; remove the line`,
  );
  const more = Number(total) - problems.length;
  if (more > 0) problems.push(`${label}: and ${more} more lines like these`);
  throw new InputError(problems);
}

async function refuseMixed(trades: Table): Promise<void> {
  const [symbols = []] = await readValues(trades, ['symbol'], 'GROUP BY symbol ORDER BY symbol');
  if (symbols.length < 2) return;
  throw new InputError([
    `${trades.label}: holds trades of ${symbols.join(', ')}; give a file for each symbol`,
  ]);
}

async function linesOf({ from, ...table }: Table, rows: readonly number[]): Promise<readonly string[]> {
  const numbered = `(SELECT row_number() OVER () - 1 AS row, number FROM ${from})`;
  const [at = [], numbers = []] = await readValues(
    { ...table, from: numbered },
    ['row::DOUBLE', 'number::DOUBLE'],
    `WHERE row IN (${rows.join(', ')})`,
  );
  const lines = new Map(at.map((row, i) => [Number(row), `line ${Number(numbers[i])}`]));
  return rows.map((row) => lines.get(row) ?? `trade ${row + 1}`);
}
