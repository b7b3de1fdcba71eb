import { LIVE_TABLE_NAMES, type LiveRow, type LiveTableName } from '@bowline/contracts';
import type { Cash, TimeMs } from '@bowline/domain';
import type { DuckDBConnection, DuckDBDecimalValue } from '@duckdb/node-api';
import { asDiskFailure } from '../disk-failure.js';
import { literal } from '../table-sql.js';
import { allRows, stageRows, type RefusedRow, type RowsByTable } from './live-rows.js';
import { insertStaged, stage } from './live-schema.js';
import { openForWriting, type OpenedLive } from './open-live.js';

/** A message that has been dealt with. */
export interface SeenMessage {
  readonly topic: string;
  readonly id: string;
}

/** How often something was ignored or denied. */
export interface CodeCount {
  readonly clientId: string;
  readonly strategyId: string;
  readonly code: string;
  readonly count: number;
}

/** A trade without its prices and its orders. */
export interface TradeOutcome {
  readonly clientId: string;
  readonly strategyId: string;
  readonly side: string;
  readonly closeReason: string;
  readonly entryTime: TimeMs;
  readonly exitTime: TimeMs;
  readonly realizedPnl: Cash;
  readonly fees: Cash;
  readonly funding: Cash;
}

/** Amounts have 18 decimals, as cash has. */
type OutcomeRow = readonly [
  clientId: string,
  strategyId: string,
  side: string,
  closeReason: string,
  entryTime: number,
  exitTime: number,
  realizedPnl: DuckDBDecimalValue,
  fees: DuckDBDecimalValue,
  funding: DuckDBDecimalValue,
];

/** What a read model starts from. Lists are in the order in which things became known. */
export interface LiveHistory {
  /** Of the tables whose rows come to an end: those that have not, and the last of those that have. */
  readonly rows: { readonly [Name in LiveTableName]: readonly LiveRow<Name>[] };
  readonly ignored: readonly CodeCount[];
  readonly denied: readonly CodeCount[];
  /** The highest number that a row has. */
  readonly lastSequence: number;
  readonly seen: readonly SeenMessage[];
}

/** Conditions under which a row has come to its end. */
const ENDED: Readonly<Partial<Record<LiveTableName, string>>> = {
  strategy_positions: "status = 'closed'",
  orders: "order_status IN ('filled', 'canceled', 'rejected', 'expired')",
  trades: 'true',
  fills: 'true',
  signals: 'true',
  denials: 'true',
  alerts: 'true',
  controls: 'true',
};

/** Read whole. The others (bars, funding) are for reports only. */
const WHOLE: readonly LiveTableName[] = ['channels', 'accounts'];

/** Messages that are remembered; redeliveries come much sooner. */
export const REMEMBERED_MESSAGES = 50_000;

/** The live store of one desk. One process writes it; calls are one after the other. */
export class LiveStore {
  private failed = false;
  private copies = 0;

  private constructor(
    readonly path: string,
    private opened: OpenedLive,
    private readonly remembered: number,
    private lastNumber: number,
    private prunedTo: number,
  ) {}

  /**
   * Opens the store, or makes it.
   *
   * @param remembered how many messages it remembers
   * @throws LiveStoreError where the file is in use, is something else, or is of a later version
   */
  static async open(path: string, remembered = REMEMBERED_MESSAGES): Promise<LiveStore> {
    const opened = await openForWriting(path);
    const [[last, first]] = await query(
      opened.connection,
      'SELECT coalesce(max(number), 0)::DOUBLE, coalesce(min(number), 0)::DOUBLE FROM seen_messages',
    );
    return new LiveStore(path, opened, remembered, Number(last), Number(first));
  }

  /**
   * Writes all of it, durably, or nothing. A row replaces the one of its key. Returns the rows that were left out because
   * their table cannot hold them.
   */
  async commit(rows: RowsByTable, seen: readonly SeenMessage[]): Promise<readonly RefusedRow[]> {
    if (this.failed) await this.reopen();
    const names = [...rows.keys()];
    if (names.length === 0 && seen.length === 0) return [];
    const { connection } = this.opened;
    const number = this.lastNumber + seen.length;
    const refused: RefusedRow[] = [];
    try {
      await connection.run(['BEGIN', ...names.map(stage)].join(';\n'));
      for (const [name, own] of rows) refused.push(...(await stageRows(connection, name, own)));
      await this.appendSeen(connection, seen);
      const forgotten = this.forgettable(number);
      await connection.run([...names.map(insertStaged), ...forgotten, 'COMMIT'].join(';\n'));
    } catch (error) {
      // What DuckDB calls a fatal error lasts until the file is opened anew.
      this.failed = true;
      throw asDiskFailure(error, this.path);
    }
    this.lastNumber = number;
    return refused;
  }

  /** What a read model starts from, with the last `keep` rows of what is over. */
  async history(keep: number): Promise<LiveHistory> {
    const { connection } = this.opened;
    const rows: Partial<Record<LiveTableName, readonly object[]>> = {};
    for (const name of LIVE_TABLE_NAMES) {
      const ended = ENDED[name];
      const tail =
        ended === undefined
          ? ''
          : `WHERE NOT (${ended}) OR sequence IN (SELECT sequence FROM ${name} WHERE ${ended} ORDER BY sequence DESC LIMIT ${keep}) ORDER BY sequence`;
      rows[name] = ended === undefined && !WHOLE.includes(name) ? [] : await allRows(connection, name, tail);
    }
    const highest = Object.keys(ENDED).map((name) => `SELECT max(sequence) AS last FROM ${name}`);
    const [[lastSequence]] = await query(
      connection,
      `SELECT coalesce(max(last), 0)::DOUBLE FROM (${highest.join(' UNION ALL ')})`,
    );
    const seen = await query(connection, 'SELECT topic, id FROM seen_messages ORDER BY number');
    return {
      rows: rows as unknown as LiveHistory['rows'],
      ignored: await this.counts("signals WHERE outcome = 'ignored'"),
      denied: await this.counts('denials'),
      lastSequence: Number(lastSequence),
      seen: seen.map(([topic, id]) => ({ topic: String(topic), id: String(id) })),
    };
  }

  /** Every trade, in the order in which they were closed, as far as figures are folded from it. */
  async *outcomes(): AsyncGenerator<TradeOutcome> {
    const result = await this.opened.connection.stream(
      `SELECT client_id, strategy_id, side, close_reason, epoch_ms(entry_time)::DOUBLE, epoch_ms(exit_time)::DOUBLE,
         realized_pnl, fees, funding
       FROM trades ORDER BY sequence`,
    );
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      const rows = chunk.getRows() as unknown as OutcomeRow[];
      for (const [clientId, strategyId, side, closeReason, entryTime, exitTime, ...amounts] of rows) {
        const [realizedPnl, fees, funding] = amounts.map(({ value }) => value);
        yield { clientId, strategyId, side, closeReason, entryTime, exitTime, realizedPnl, fees, funding };
      }
    }
  }

  /** Writes a copy of one moment to a file that is not there yet. Commits may go on meanwhile. */
  async copyTo(path: string): Promise<void> {
    const connection = await this.opened.instance.connect();
    this.copies += 1;
    const copy = `copy_${this.copies}`;
    try {
      const [[name]] = await query(connection, 'SELECT current_database()');
      await connection.run(`ATTACH ${literal(path)} AS ${copy}`);
      try {
        await connection.run(`COPY FROM DATABASE "${String(name).replaceAll('"', '""')}" TO ${copy}`);
      } finally {
        await connection.run(`DETACH ${copy}`);
      }
    } catch (error) {
      throw asDiskFailure(error, path);
    } finally {
      connection.closeSync();
    }
  }

  /** Puts everything into the file itself, and lets it go. */
  async close(): Promise<void> {
    try {
      if (!this.failed) await this.opened.connection.run('CHECKPOINT');
    } catch (error) {
      throw asDiskFailure(error, this.path);
    } finally {
      this.opened.close();
    }
  }

  private async reopen(): Promise<void> {
    this.opened.close();
    this.opened = await openForWriting(this.path);
    this.failed = false;
  }

  private async appendSeen(connection: DuckDBConnection, seen: readonly SeenMessage[]): Promise<void> {
    if (seen.length === 0) return;
    const appender = await connection.createAppender('seen_messages');
    try {
      for (const [i, { id, topic }] of seen.entries()) {
        appender.appendBigInt(BigInt(this.lastNumber + i + 1));
        appender.appendVarchar(topic);
        appender.appendVarchar(id);
        appender.endRow();
      }
    } finally {
      appender.closeSync();
    }
  }

  /** Now and then, what is older than what has to be remembered. */
  private forgettable(number: number): string[] {
    const upTo = number - this.remembered;
    if (upTo - this.prunedTo < this.remembered / 4) return [];
    this.prunedTo = upTo;
    return [`DELETE FROM seen_messages WHERE number <= ${upTo}`];
  }

  private async counts(from: string): Promise<CodeCount[]> {
    const rows = await query(
      this.opened.connection,
      `SELECT client_id, strategy_id, coalesce(code, ''), count(*)::INTEGER FROM ${from} GROUP BY ALL ORDER BY ALL`,
    );
    return rows.map(([clientId, strategyId, code, count]) => ({
      clientId: String(clientId),
      strategyId: String(strategyId),
      code: String(code),
      count: Number(count),
    }));
  }
}

/** Texts and numbers are all that is asked for this way. */
async function query(connection: DuckDBConnection, sql: string): Promise<(string | number)[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson() as (string | number)[][];
}
