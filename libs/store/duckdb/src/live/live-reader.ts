import type { LiveRow, LiveTableName } from '@bowline/contracts';
import type { DuckDBValue } from '@duckdb/node-api';
import { allRows } from './live-rows.js';
import { openForReading, type OpenedLive } from './open-live.js';

/** Candles of one symbol, one column a field: times in milliseconds, prices as doubles. */
export interface LiveCandles {
  readonly length: number;
  readonly intervalMs: number;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

const MINUTE_MS = 60_000;

/** A live store as reports read it: for reading only, while no desk has it open. */
export class LiveReader {
  private constructor(private readonly opened: OpenedLive) {}

  /** @throws LiveStoreError where there is no such file, a desk is running on it, or it is something else */
  static async open(path: string): Promise<LiveReader> {
    return new LiveReader(await openForReading(path));
  }

  /** Rows of a table in the order in which they became known, of one client where it is named. */
  async rows<Name extends Exclude<LiveTableName, 'bars'>>(
    name: Name,
    clientId: string | null,
  ): Promise<LiveRow<Name>[]> {
    const order = ORDERED[name] ?? 'client_id, exchange';
    const condition = clientId === null ? '' : 'WHERE client_id = $1';
    const values: DuckDBValue[] = clientId === null ? [] : [clientId];
    return allRows(this.opened.connection, name, `${condition} ORDER BY ${order}`, values);
  }

  /**
   * The candles of a symbol, ascending in time. An interval of which no candle tells, and in which the desk had fills
   * (of any client), gets one of these fills: every fill then lies in a candle.
   */
  async candles(exchange: string, symbol: string): Promise<LiveCandles> {
    const { connection } = this.opened;
    const market = [exchange, symbol];
    const usual = await connection.runAndReadAll(
      'SELECT mode(interval_ms)::DOUBLE FROM bars WHERE exchange = $1 AND symbol = $2',
      market,
    );
    const intervalMs = (usual.getRowsJS()[0][0] as number | null) ?? MINUTE_MS;
    const result = await connection.runAndReadAll(CANDLES, [...market, BigInt(intervalMs)]);
    const [openTime, open, high, low, close] = result.getColumnsJS() as number[][];
    return {
      length: result.currentRowCount,
      intervalMs,
      openTime: Float64Array.from(openTime ?? []),
      open: Float64Array.from(open ?? []),
      high: Float64Array.from(high ?? []),
      low: Float64Array.from(low ?? []),
      close: Float64Array.from(close ?? []),
    };
  }

  close(): void {
    this.opened.close();
  }
}

/** Tables whose rows are numbered. */
const ORDERED: Readonly<Partial<Record<LiveTableName, string>>> = {
  strategy_positions: 'sequence',
  trades: 'sequence',
  orders: 'sequence',
  fills: 'sequence',
  signals: 'sequence',
  denials: 'sequence',
  alerts: 'sequence',
  controls: 'sequence',
  funding: 'time, client_id, exchange, symbol, strategy_position_id',
  channels: 'client_id, exchange, symbol',
  accounts: 'client_id, exchange, asset',
};

const CANDLES = `
  WITH told AS (
    SELECT epoch_ms(open_time) AS begins, open, high, low, close FROM bars WHERE exchange = $1 AND symbol = $2
  ), filled AS (
    SELECT
      epoch_ms(time) // $3 * $3 AS begins,
      arg_min(last_px, sequence) AS open, max(last_px) AS high, min(last_px) AS low, arg_max(last_px, sequence) AS close
    FROM fills WHERE exchange = $1 AND symbol = $2 GROUP BY 1
  )
  SELECT begins::DOUBLE, open::DOUBLE, high::DOUBLE, low::DOUBLE, close::DOUBLE FROM (
    FROM told UNION ALL FROM filled WHERE begins NOT IN (SELECT begins FROM told)
  ) ORDER BY begins`;
