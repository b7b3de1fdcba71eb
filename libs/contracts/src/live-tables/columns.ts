import { REPORT_SQL_TYPES, type ReportColumnType } from '../report-tables.js';

/** What a column of the live store holds: as in a report, or a yes or no. */
export type LiveColumnType = ReportColumnType | 'boolean';

/** The SQL type that holds every value of a column exactly. */
export const LIVE_SQL_TYPES: Readonly<Record<LiveColumnType, string>> = {
  ...REPORT_SQL_TYPES,
  boolean: 'BOOLEAN',
};

/** What a program holds of a column: decimals as exact texts, times as milliseconds since the epoch. */
interface LiveValues {
  readonly text: string;
  readonly integer: number;
  readonly decimal: string;
  readonly rounded: string;
  readonly seconds: string;
  readonly time: number;
  readonly boolean: boolean;
}

export interface LiveColumn<T extends LiveColumnType = LiveColumnType, Nullable extends boolean = boolean> {
  readonly type: T;
  /** Empty where the type says it all. */
  readonly unit: string;
  readonly nullable: Nullable;
  readonly meaning: string;
}

export type LiveColumns = Readonly<Record<string, LiveColumn>>;

export interface LiveTable<C extends LiveColumns = LiveColumns> {
  readonly meaning: string;
  /** The columns that name a row: one written again replaces the one before. */
  readonly key: readonly string[];
  /** By the name that programs use; in SQL it is the same in snake_case. */
  readonly columns: C;
}

type ValueOf<C> =
  C extends LiveColumn<infer T, infer Nullable>
    ? LiveValues[T] | (Nullable extends true ? null : never)
    : never;

/** A row of a table with these columns. */
export type RowOf<C extends LiveColumns> = { readonly [K in keyof C]: ValueOf<C[K]> };

/** Says what a table is, and keeps its columns' types. */
export function liveTable<const C extends LiveColumns>(
  table: LiveTable<C> & { readonly key: readonly (keyof C)[] },
): LiveTable<C> {
  return table;
}

export function column<T extends LiveColumnType>(
  type: T,
  unit: string,
  meaning: string,
): LiveColumn<T, false> {
  return { type, unit, nullable: false, meaning };
}

/** The same column where it may have no value. */
export function orNull<T extends LiveColumnType>({
  type,
  unit,
  meaning,
}: LiveColumn<T>): LiveColumn<T, true> {
  return { type, unit, nullable: true, meaning };
}

export const text = (meaning: string): LiveColumn<'text', false> => column('text', '', meaning);
export const time = (meaning: string): LiveColumn<'time', false> => column('time', '', meaning);
export const flag = (meaning: string): LiveColumn<'boolean', false> => column('boolean', '', meaning);
export const count = (meaning: string): LiveColumn<'integer', false> => column('integer', '', meaning);
/** An amount, or a price. */
export const amount = (meaning: string): LiveColumn<'decimal', false> =>
  column('decimal', 'quote currency', meaning);
export const quantity = (meaning: string): LiveColumn<'decimal', false> =>
  column('decimal', 'base units', meaning);

export const CLIENT = text('Whose account.');
export const EXCHANGE = text('Where the account is.');
export const SYMBOL = text('Symbol as configured.');
export const STRATEGY = text('Which strategy.');
export const POSITION = text("The strategy's own position.");
export const ORDER = text('The id under which the exchange knows the order.');
export const LEG = text('`e` entry, `t` take profit, `s` stop loss, `x` other exit.');
export const SEQUENCE = count('Numbers the rows in the order in which they first became known.');
/** What was told in a message that has no name of its own. */
export const AUDIT = text('Which entry of which message told it.');
