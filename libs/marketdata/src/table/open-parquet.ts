import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '@bowline/contracts';
import { quoteText } from './sql.js';
import { queryTable, UnreadableTable, type Table } from './table.js';

/** Opens a Parquet file. Throws an InputError where its footer cannot be read. */
export async function openParquet(connection: DuckDBConnection, path: string, label: string): Promise<Table> {
  const from = `read_parquet(${quoteText(path)})`;
  try {
    const described = await queryTable(() => connection.run(`DESCRIBE SELECT * FROM ${from}`));
    const columns = (await described.getRows()).map(([name, type]) => ({
      name: String(name),
      type: String(type),
    }));
    const counted = await queryTable(() =>
      connection.run(`SELECT num_rows::DOUBLE FROM parquet_file_metadata(${quoteText(path)})`),
    );
    const [[rows] = []] = await counted.getRows();
    return {
      label,
      connection,
      columns,
      from,
      rows: Number(rows),
      epochUnit: 'seconds',
      placesOf: (places) => Promise.resolve(places.map((row) => `row ${row + 1}`)),
    };
  } catch (cause) {
    if (cause instanceof UnreadableTable) throw unreadableParquet(label, cause.message);
    throw cause;
  }
}

export function unreadableParquet(label: string, reason: string): InputError {
  return new InputError([
    `${label}: the Parquet file is cut off or damaged (${reason}); copy or write it again`,
  ]);
}
